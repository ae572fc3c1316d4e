//! What happens to an import while something else happens at the same time.

use std::collections::BTreeMap;

use domain::import::ApplyRow;
use domain::import_row::Reason;
use domain::organization::MoveOrganization;
use domain::{Actor, OrgRole, Origin, Principal};
use store::{Joiner, NewPerson, PlannedJoin, RowOutcome};

use crate::made::workbook;
use crate::stack::{Stack, mint, once};
use crate::superadmin::superadmin;

fn key_of(event: &serde_json::Value) -> String {
    event["Records"][0]["s3"]["object"]["key"].as_str().unwrap().to_owned()
}

impl Stack {
    /// From now on nothing is handled but by [`Stack::handle`].
    fn hold(&self) {
        self.deliver(|_, _| async { Ok(()) });
    }

    /// Handles the held events of these keys, in their order, and those that they lead to.
    async fn handle(&self, wanted: impl Fn(&str) -> bool) {
        let mut handled = 0;
        loop {
            self.store.idle().await;
            let events: Vec<_> =
                self.events.lock().unwrap().iter().filter(|event| wanted(&key_of(event))).cloned().collect();
            let Some(event) = events.get(handled) else { return };
            once(self.app.clone(), event.clone()).await.unwrap();
            handled += 1;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_was_sent_twice_is_imported_as_it_was_sent_last() {
    let stack = Stack::start().await;
    let org = stack.organization("A").await.id.to_string();
    stack.hold();
    let job = stack.request(false).await;
    for name in ["ann", "bob"] {
        let email = format!("{name}@x.example");
        stack.put(&job.source, workbook(&[[&org, &email, "", "", ""]])).await;
    }
    stack.handle(|_| true).await;
    let job = stack.job_by_id(job.id).await;
    assert_eq!((job.state.as_str(), job.counts.created), ("completed", 1));
    assert_eq!(stack.outcome(&job).await.created[&2]["email"], "bob@x.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_shown_only_for_an_account_that_has_it() {
    let stack = Stack::start().await;
    let (a, b) = (stack.organization("A").await.id.to_string(), stack.organization("B").await.id.to_string());
    stack.hold();
    let ann = "ann@x.example";
    stack.put("drops/slow.xlsx", workbook(&[[&a, ann, "", "", ""], [&b, ann, "", "", ""]])).await;
    stack.handle(|key| key == "drops/slow.xlsx").await;
    let slow = stack.job("drops/slow.xlsx").await;
    stack.put("drops/quick.xlsx", workbook(&[[&a, ann, "", "", ""]])).await;
    stack.handle(|key| key == "drops/quick.xlsx").await;
    let quick = stack.job("drops/quick.xlsx").await;
    let of = |job: &domain::import::Job| {
        let id = job.id.to_string();
        move |key: &str| key.contains(&id)
    };
    stack.handle(of(&quick)).await;
    stack.handle(of(&slow)).await;
    let password = &stack.outcome(&quick).await.created[&2]["password"];
    assert!(stack.opens(ann, password).await);
    let slow = stack.outcome(&stack.job_by_id(slow.id).await).await;
    assert!(slow.created.is_empty(), "{slow:?}");
    assert_eq!(slow.errors[&2]["reason"], "already_member");
    assert_eq!(slow.added[&3]["email"], ann);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_that_closes_during_an_import_leaves_no_account_without_a_password() {
    let stack = Stack::start().await;
    let organization = stack.organization("A").await;
    let part = domain::actor::SystemPart::Importer;
    let principal = Principal::System { part, on_behalf_of: None };
    let standing = Some(organization.standing(None, BTreeMap::new()));
    let importer = Actor { principal, standing, origin: Origin::default() };
    let granted = importer.grant(ApplyRow { role: OrgRole::Member }, organization.id).unwrap();
    let archive = superadmin(Some(&organization)).grant(MoveOrganization::Archive, organization.id).unwrap();
    stack.app.store.move_organization(&archive, &organization, &mut mint()).await.unwrap();
    let person = |row: u32, made_here| {
        let email = format!("p{row}@x.example").parse().unwrap();
        let display_name = domain::name::DisplayName::default();
        let id = domain::Id::from_parts(1, u128::from(row));
        let password = "$locked$".to_owned();
        let person =
            Box::new(NewPerson { id, email, display_name, password, password_until: None, must_confirm: false });
        let joiner = Joiner::New { person, made_here };
        PlannedJoin { row, mark: format!("import#{row}"), role: OrgRole::Member, joiner }
    };
    let joins: Vec<_> = (2..40).map(|row| person(row, row % 3 > 0)).collect();
    let outcomes = stack.app.store.apply_rows(&granted, &joins, &mut mint()).await.unwrap();
    assert!(outcomes.iter().all(|outcome| *outcome == RowOutcome::Refused(Reason::OrgNotActive)), "{outcomes:?}");
    let left: Vec<_> = stack.dump("platform").await.into_keys().filter(|(pk, _)| pk.contains("p2@x.example")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_made_whatever_the_order_in_which_gates_and_rows_come() {
    let stack = Stack::start().await;
    let org = stack.organization("A").await.id.to_string();
    let emails: Vec<String> = (0..300).map(|n| format!("p{n}@x.example")).collect();
    let rows: Vec<[&str; 5]> = (0..)
        .zip(&emails)
        .map(|(n, email)| [org.as_str(), email, "", if n % 9 == 0 { "owner" } else { "" }, ""])
        .collect();
    let job = stack.import("many", workbook(&rows)).await;
    assert_eq!((job.counts.created, job.counts.errors), (300, 0));
    let outcome = stack.outcome(&job).await;
    for (row, email) in (2..).zip(&emails) {
        assert_eq!(outcome.created[&row]["email"], *email);
    }
    assert!(stack.opens(&emails[77], &outcome.created[&79]["password"]).await);
    let tallies = stack.dump("platform").await.into_iter().filter(|((_, sk), _)| sk.contains("TALLY#"));
    let members: u64 = tallies
        .map(|(_, item)| item["members"].replace(|c: char| !c.is_ascii_digit(), "").parse::<u64>().unwrap())
        .sum();
    assert_eq!(members, 300);
}
