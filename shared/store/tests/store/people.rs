//! Sessions, names and roles of people, where something comes between.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::member::{ChangeRole, Membership};
use domain::name::DisplayName;
use domain::scope::{Own, Platform};
use domain::session::{ListSessions, Session};
use domain::user::{EditMe, ReadUsers, User};
use domain::{Code, EventKind, OrgRole, Result, Timestamp};
use embedded::faults::Fault;
use store::{EventFilter, SignIn};

use crate::bench::{Bench, actor, granted, mint, mint_at, now, superadmin};

const HOUR: Duration = Duration::from_secs(3600);

impl Bench {
    async fn session(&self, person: &Membership, at: Timestamp) -> Session {
        let login = self.store.login(&person.email).await.unwrap().unwrap();
        let asked = SignIn { email: person.email.clone(), login, secret: String::new(), address: String::new() };
        self.store.sign_in(&actor(person.user, false), asked, &mut mint_at(at)).await.unwrap()
    }

    async fn account(&self, person: &Membership) -> User {
        let granted = actor(domain::id::UserId::from_parts(1, 1), true).grant(ReadUsers, Platform).unwrap();
        self.store.read_user(&granted, person.user).await.unwrap()
    }

    /// The pages of the sessions that hold.
    async fn sessions(&self, person: &Membership, at: Timestamp, limit: u32) -> Vec<Vec<domain::id::SessionId>> {
        let (granted, user) = (actor(person.user, false).grant(ListSessions, Own).unwrap(), self.account(person).await);
        let (mut pages, mut cursor) = (vec![], None);
        loop {
            let page = self.store.list_sessions(&granted, &user, at, cursor.as_ref(), limit).await.unwrap();
            pages.push(page.items.into_iter().map(|session| session.id).collect());
            cursor = page.next;
            if cursor.is_none() {
                return pages;
            }
        }
    }

    async fn rename(&self, read: &User, name: &str) -> Result<User> {
        let display_name = DisplayName::try_from(name.to_owned()).unwrap();
        let asked = EditMe { version: read.version, display_name };
        let granted = actor(read.id, false).grant(asked, Own).unwrap();
        self.store.edit_me(&granted, read, &mut mint()).await
    }
}

#[tokio::test]
async fn a_session_that_holds_is_listed_behind_any_number_that_do_not() {
    let bench = Bench::start().await;
    let acme = bench.organization("Acme").await;
    let ann = bench.people(&acme, "ann", 1, OrgRole::Member).await.remove(0);
    let kept = bench.session(&ann, now()).await;
    bench.store.touch_session(&kept, now().plus(11 * HOUR)).await.unwrap();
    for _ in 0..110 {
        bench.session(&ann, now().plus(HOUR)).await;
    }
    assert_eq!(bench.sessions(&ann, now().plus(14 * HOUR), 2).await, [[kept.id]]);
    let (one, two) =
        (bench.session(&ann, now().plus(12 * HOUR)).await, bench.session(&ann, now().plus(13 * HOUR)).await);
    let expected = [vec![two.id, one.id], vec![kept.id]];
    assert_eq!(bench.sessions(&ann, now().plus(14 * HOUR), 2).await, expected);
}

#[tokio::test]
async fn a_name_reaches_every_list_of_more_organizations_than_one_transaction_carries_also_when_it_was_cut_off() {
    let bench = Bench::start().await;
    let acme = bench.organization("Acme").await;
    let ann = bench.people(&acme, "ann", 1, OrgRole::Member).await.remove(0);
    let pk = format!("USER#{}", ann.user);
    let like = bench.item(pk.clone(), format!("ORG#{}", acme.id)).await.unwrap();
    let places: Vec<String> = (0..200).map(|_| mint().id::<domain::id::Organization>().to_string()).collect();
    let copy = |place: &String| {
        let mut item = like.clone();
        for (name, value) in [
            ("sk", format!("ORG#{place}")),
            ("gsi1pk", format!("ORG#{place}#MEMBERS")),
            ("organization", place.clone()),
        ] {
            item.insert(name.to_owned(), AttributeValue::S(value));
        }
        item
    };
    bench.put("platform", places.iter().map(copy).collect()).await;
    let mut person = bench.item(pk.clone(), "USER".to_owned()).await.unwrap();
    let all = places.iter().cloned().chain([acme.id.to_string()]).collect();
    person.insert("organizations".to_owned(), AttributeValue::Ss(all));
    bench.put("platform", vec![person]).await;
    let names = async || {
        let mut seen = std::collections::BTreeMap::<String, usize>::new();
        for place in &places {
            let item = bench.item(pk.clone(), format!("ORG#{place}")).await.unwrap();
            *seen.entry(item["display_name"].as_s().unwrap().clone()).or_default() += 1;
        }
        seen.into_iter().collect::<Vec<_>>()
    };

    let mut transactions = 0;
    bench.proxy.script(move |seen| {
        transactions += u32::from(seen.operation == "TransactWriteItems");
        if transactions > 1 { Fault::DropBefore } else { Fault::Pass }
    });
    assert_eq!(bench.rename(&bench.account(&ann).await, "Anna").await.unwrap_err().code(), Code::Unavailable);
    bench.proxy.clear();
    assert_eq!(names().await.len(), 2, "some have the old name");
    // Who reads again finds the new name, and says it once more.
    let read = bench.account(&ann).await;
    assert_eq!(read.display_name.as_str(), "Anna");
    assert_eq!(bench.rename(&read, "Anna").await.unwrap().version, read.version);
    assert_eq!(names().await, [("Anna".to_owned(), 200)]);
    bench.rename(&read, "Annika").await.unwrap();
    assert_eq!(names().await, [("Annika".to_owned(), 200)]);
    // Who says the old name once more, and is late, takes nothing back.
    bench.rename(&read, "Anna").await.unwrap();
    assert_eq!(names().await, [("Annika".to_owned(), 200)]);
    assert_eq!(bench.rename(&read, "Ann").await.unwrap_err().code(), Code::PreconditionFailed);
}

#[tokio::test]
async fn of_two_changes_of_one_role_the_later_is_told_that_it_read_an_old_version() {
    let bench = Bench::start().await;
    let acme = bench.organization("Acme").await;
    let mia = bench.people(&acme, "mia", 1, OrgRole::Member).await.remove(0);
    let change = async |role: OrgRole| {
        let asked = ChangeRole { user: mia.user, role, version: mia.version };
        bench.store.change_role(&granted(&superadmin(&acme), &acme, asked), &mia, &mut mint()).await
    };
    change(OrgRole::Admin).await.unwrap();
    assert_eq!(change(OrgRole::Owner).await.unwrap_err().code(), Code::PreconditionFailed);
    let filter = EventFilter { action: Some(EventKind::MemberRoleChanged), ..EventFilter::default() };
    assert_eq!(bench.log(&acme, &filter, None, 10).await.items.len(), 1);
}
