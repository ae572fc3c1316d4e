//! The last owner stays one.

use domain::OrgRole;
use futures::future::join_all;
use serde_json::json;

use crate::people::Person;
use crate::portal::{Answer, Portal};

async fn owners(portal: &Portal, members: &str, token: &str) -> usize {
    let list = portal.get(token, &format!("{members}?limit=100")).await.expect(200).json();
    list["items"].as_array().unwrap().iter().filter(|member| member["role"] == "owner").count()
}

#[tokio::test]
async fn the_last_owner_is_neither_demoted_nor_removed_nor_leaves() {
    let portal = Portal::start().await;
    let acme = portal.organization("Acme").await;
    let olga = portal.person(&acme, "olga", OrgRole::Owner).await;
    let root = portal.superadmin().await;
    let members = format!("/v1/organizations/{}/members", acme.id);
    let her = format!("{members}/{}", olga.id);
    for who in [&olga, &root] {
        portal.patch(&who.token, &her, 1, json!({"role": "admin"})).await.problem(409, "member.last-owner");
        portal.delete(&who.token, &her).await.problem(409, "member.last-owner");
    }
    let otto = portal.person(&acme, "otto", OrgRole::Owner).await;
    portal.delete(&otto.token, &her).await.expect(204);
    assert_eq!(owners(&portal, &members, &otto.token).await, 1);
}

#[tokio::test]
async fn of_many_owners_who_demote_and_remove_each_other_at_once_exactly_one_stays() {
    let portal = Portal::start().await;
    let acme = portal.organization("Acme").await;
    let mut people = vec![];
    for number in 0..8 {
        people.push(portal.person(&acme, &format!("o{number}"), OrgRole::Owner).await);
    }
    let members = format!("/v1/organizations/{}/members", acme.id);
    let go = async |index: usize, person: &Person| -> Answer {
        let path = format!("{members}/{}", person.id);
        match index % 2 {
            0 => portal.patch(&person.token, &path, 1, json!({"role": "member"})).await,
            _ => portal.delete(&person.token, &path).await,
        }
    };
    // Whoever meets somebody else's change tries again; in the end everybody is gone but one.
    let mut left: Vec<(usize, &Person)> = people.iter().enumerate().collect();
    while left.len() > 1 {
        let answers = join_all(left.iter().map(|(index, person)| go(*index, person))).await;
        let refused = left.iter().zip(&answers).filter(|(_, answer)| !answer.is(200) && !answer.is(204));
        left = refused.map(|(asked, _)| *asked).collect();
    }
    let root = portal.superadmin().await;
    assert_eq!(owners(&portal, &members, &root.token).await, 1);
}

#[tokio::test]
async fn nobody_grants_above_the_own_role_or_acts_on_a_higher_one() {
    let portal = Portal::start().await;
    let acme = portal.organization("Acme").await;
    let olga = portal.person(&acme, "olga", OrgRole::Owner).await;
    let adam = portal.person(&acme, "adam", OrgRole::Admin).await;
    let mia = portal.person(&acme, "mia", OrgRole::Member).await;
    let path = |person: &Person| format!("/v1/organizations/{}/members/{}", acme.id, person.id);
    for (who, whom, role) in
        [(&adam, &adam, "owner"), (&adam, &mia, "owner"), (&mia, &mia, "admin"), (&adam, &olga, "member")]
    {
        portal.patch(&who.token, &path(whom), 1, json!({"role": role})).await.problem(403, "permission.denied");
    }
    portal.delete(&adam.token, &path(&olga)).await.problem(403, "permission.denied");
    portal.patch(&adam.token, &path(&mia), 1, json!({"role": "admin"})).await.expect(200);
}
