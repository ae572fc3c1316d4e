//! Who may be invited, by whom, to what.

use journeys::Row;
use serde_json::json;

use crate::place::Place;

#[tokio::test(flavor = "multi_thread")]
async fn nobody_invites_above_the_own_role() {
    let place = Place::start().await;
    let owner = json!({ "email": "new@acme.example", "role": "owner" });
    assert_eq!(place.admin.post(&place.list(), owner.clone()).await.expect_status(403).code(), "permission.denied");
    let member = json!({ "email": "new@acme.example", "role": "member" });
    assert_eq!(place.member.post(&place.list(), member).await.expect_status(403).code(), "permission.denied");
    let id = place.owner.post(&place.list(), owner).await.expect_status(201).text("id");
    // Nor does anybody act on an invitation to a higher role.
    for step in ["resend", "revoke", "link"] {
        place.admin.act(&format!("{}/{step}", place.at(&id))).await.expect_status(403);
    }
    place.accept(&place.token(&id, 1).await).await.expect_status(200);
    let members = place.members().await;
    let joined = members.as_array().unwrap().iter().find(|member| member["email"] == "new@acme.example").unwrap();
    assert_eq!(joined["role"], "owner");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_is_the_organizations_own_in_use_and_not_the_default_one() {
    let place = Place::start().await;
    let beta = place.portal.organization("Beta").await;
    let made = async |org: &str| {
        let made = place.ops.post(&format!("/v1/organizations/{org}/projects"), json!({ "name": "Team" })).await;
        made.expect_status(201).text("id")
    };
    let (own, foreign) = (made(&place.org).await, made(&beta).await);
    let at = format!("/v1/organizations/{}", place.org);
    let default = place.ops.get(&at).await.json()["default_project_id"].as_str().unwrap().to_owned();
    let invite = async |project: &str, role: &str| {
        let asked =
            json!({ "email": "new@acme.example", "role": "member", "projects": { (project.to_owned()): role } });
        place.admin.post(&place.list(), asked).await
    };
    let unknown = "prj_00000000000000000000000001";
    let (foreign, unknown) = (invite(&foreign, "viewer").await, invite(unknown, "viewer").await);
    assert_eq!((foreign.expect_status(404).text("detail"), 404), (unknown.expect_status(404).text("detail"), 404));
    assert_eq!(invite(&default, "viewer").await.expect_status(409).code(), "project.is-default");
    assert!([400, 422].contains(&invite(&own, "emperor").await.status()));
    place.ops.edit(&format!("{at}/projects/{own}"), json!({ "archived": true })).await.expect_status(200);
    assert_eq!(invite(&own, "viewer").await.expect_status(409).code(), "project.archived");
    place.ops.edit(&format!("{at}/projects/{own}"), json!({ "archived": false })).await.expect_status(200);
    invite(&own, "admin").await.expect_status(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_and_suspended_people_are_not_invited() {
    let place = Place::start().await;
    let beta = place.portal.organization("Beta").await;
    let email = "sue@beta.example";
    let people = place.portal.people(&[Row { org: &beta, email, role: "member", ..Row::default() }]).await;
    let member = json!({ "email": "MEMBER@acme.example", "role": "member" });
    assert_eq!(place.admin.post(&place.list(), member).await.expect_status(409).code(), "member.already");
    let id = place.invite(email).await;
    place.ops.act(&format!("/v1/users/{}/suspend", people[email].0)).await.expect_status(200);
    // A session that ended is none.
    let refused = place.accept_as(&people[email].1, &place.token(&id, 1).await).await.expect_status(401);
    assert_eq!(refused.code(), "invitation.sign-in");
    place.admin.act(&format!("{}/revoke", place.at(&id))).await.expect_status(200);
    let asked = json!({ "email": email, "role": "member" });
    assert_eq!(place.admin.post(&place.list(), asked).await.expect_status(409).code(), "user.suspended");
    assert_eq!(place.counts(email).await, (0, 3, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_invitations_of_one_e_mail_at_once_leave_one() {
    let place = Place::start().await;
    let asked = json!({ "email": "new@acme.example", "role": "member" });
    let list = place.list();
    let answers = futures::future::join_all((0..16).map(|_| place.admin.post(&list, asked.clone()))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status() == 201).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.json()["code"] == "invitation.pending").count(), 15);
}
