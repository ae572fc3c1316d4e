//! What the import does beyond the rows: jobs, drops, duplicates.

use domain::import::{Job, RequestImport, State, result_key, upload_key};
use domain::scope::Platform;

use crate::made::workbook;
use crate::stack::{Stack, mint, once};
use crate::superadmin::superadmin;
use crate::sweep::in_an_hour;

impl Stack {
    /// Asks for a job as a superadmin does.
    pub(crate) async fn request(&self, dry_run: bool) -> Job {
        let granted = superadmin(None).grant(RequestImport { dry_run }, Platform).unwrap();
        let mut mint = mint();
        let id = mint.id();
        match self.app.store.request_import(&granted, id, upload_key(id), None, &mut mint).await.unwrap() {
            store::Made::Now(job) => job,
            store::Made::Before(_) => panic!("asked before"),
        }
    }
}

pub(crate) fn reason(job: &Job) -> &str {
    match &job.state {
        State::Failed { reason, .. } => reason,
        other => panic!("the job is {}", other.as_str()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drop_is_a_job_of_its_own_in_the_name_of_whoever_dropped_it() {
    let stack = Stack::start().await;
    let org = stack.organization("A").await.id.to_string();
    let first = stack.import("a b+ü", workbook(&[[&org, "ann@x.example", "Ann", "", ""]])).await;
    assert_eq!(
        (first.created_by.kind.as_str(), first.created_by.id.as_deref()),
        ("object-store", Some("AWS:operator"))
    );
    assert_eq!((first.counts.rows, first.counts.created), (1, 1));
    let second = stack.import("a b+ü", workbook(&[[&org, "ann@x.example", "Ann", "", ""]])).await;
    assert_ne!(first.id, second.id, "the same name dropped again is another job");
    assert_eq!(stack.outcome(&second).await.errors[&2]["reason"], "already_member");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_told_again_in_any_order_changes_nothing() {
    let stack = Stack::start().await;
    let org = stack.organization("A").await.id.to_string();
    stack.deliver(|app, event| async move {
        let (one, other) = futures::join!(once(app.clone(), event.clone()), once(app, event));
        one.and(other)
    });
    let rows = [
        [&org, "ann@x.example", "Ann", "owner", ""],
        [&org, "bob@x.example", "Bob", "", "velvet-Orchard-31"],
        [&org, "ANN@x.example", "Ann", "", ""],
    ];
    let job = stack.import("twice", workbook(&rows)).await;
    let outcome = stack.outcome(&job).await;
    assert_eq!((job.counts.created, job.counts.errors, outcome.created.len()), (2, 1, 2));
    assert!(stack.opens("ann@x.example", &outcome.created[&2]["password"]).await);
    assert!(stack.opens("bob@x.example", "velvet-Orchard-31").await);
    let before = (stack.dump("platform").await, stack.dump("events").await);
    let mut events = stack.events.lock().unwrap().clone();
    events.reverse();
    for event in events {
        once(stack.app.clone(), event).await.unwrap();
    }
    stack.store.idle().await;
    assert_eq!(before, (stack.dump("platform").await, stack.dump("events").await));
    assert_eq!(outcome, stack.outcome(&job).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drop_that_was_replaced_before_it_was_read_fails_and_the_new_one_is_imported() {
    let stack = Stack::start().await;
    let org = stack.organization("A").await.id.to_string();
    stack.deliver(|_, _| async { Ok(()) });
    stack.put("drops/a.xlsx", workbook(&[[&org, "ann@x.example", "Ann", "", ""]])).await;
    stack.put("drops/a.xlsx", workbook(&[[&org, "bob@x.example", "Bob", "", ""]])).await;
    stack.store.idle().await;
    let mut events = stack.events.lock().unwrap().clone();
    events.sort_by_key(|event| event["Records"][0]["s3"]["object"]["sequencer"].to_string());
    stack.deliver(once);
    once(stack.app.clone(), events[0].clone()).await.unwrap();
    assert_eq!(reason(&stack.job("drops/a.xlsx").await), "replaced");
    once(stack.app.clone(), events[1].clone()).await.unwrap();
    stack.store.idle().await;
    let jobs = stack.dump("platform").await;
    assert!(jobs.keys().any(|(pk, _)| pk.contains("LOGIN#bob@x.example")));
    assert!(!jobs.keys().any(|(pk, _)| pk.contains("LOGIN#ann@x.example")));
}

#[tokio::test(flavor = "multi_thread")]
async fn other_objects_are_left_alone() {
    let stack = Stack::start().await;
    let before = stack.dump("platform").await;
    let unknown = domain::id::ImportId::from_parts(1, 1);
    for key in ["drops/notes.txt", "drops/", "imports/x/upload.xlsx", &upload_key(unknown), &result_key(unknown)] {
        stack.put(key, b"x".to_vec()).await;
    }
    stack.store.idle().await;
    assert!(stack.store.dead_letters().unwrap().is_empty());
    assert_eq!(before, stack.dump("platform").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asked_is_named_in_the_audit_log_of_every_row() {
    let stack = Stack::start().await;
    let org = stack.organization("A").await.id.to_string();
    let job = stack.request(false).await;
    stack.put(&job.source, workbook(&[[&org, "ann@x.example", "Ann", "", ""]])).await;
    stack.store.idle().await;
    let events = stack.dump("events").await;
    let of = |action: &str| events.values().filter(|event| event["action"].contains(action)).collect::<Vec<_>>();
    assert_eq!(of("member.added").len(), 1);
    assert!(of("member.added")[0]["actor"].contains(job.created_by.id.as_deref().unwrap()));
    assert_eq!((of("import.started").len(), of("import.completed").len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_of_two_organizations_is_created_once_and_then_added() {
    let stack = Stack::start().await;
    let (a, b) = (stack.organization("A").await.id.to_string(), stack.organization("B").await.id.to_string());
    let rows: Vec<[String; 5]> = (0..700)
        .flat_map(|n| {
            let email = format!("p{}@x.example", n % 350);
            let org = if n < 350 { &a } else { &b };
            [[
                org.clone(),
                email,
                "P".into(),
                "".into(),
                if n % 50 == 0 { "velvet-Orchard-31".into() } else { "".into() },
            ]]
        })
        .collect();
    let rows: Vec<[&str; 5]> =
        rows.iter().map(|row| [&row[0], &row[1], &row[2], &row[3], &row[4]].map(|t| t.as_str())).collect();
    let job = stack.import("two", workbook(&rows)).await;
    assert_eq!((job.counts.created, job.counts.added, job.counts.errors), (350, 350, 0));
    let outcome = stack.outcome(&job).await;
    assert!(outcome.created.keys().all(|row| *row < 352) && outcome.added.keys().all(|row| *row >= 352));
    assert!(stack.opens("p1@x.example", &outcome.created[&3]["password"]).await);
    assert!(stack.opens("p50@x.example", "velvet-Orchard-31").await);
    let named = |row: &std::collections::BTreeMap<String, String>, name: &str| row["organization"] == name;
    assert!(outcome.created.values().all(|row| named(row, "A")) && outcome.added.values().all(|row| named(row, "B")));
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_and_progress_hold_refused_rows_from_the_start() {
    let stack = Stack::start().await;
    let org = stack.organization("A").await.id.to_string();
    stack.deliver(|app, event| async move {
        let is_chunk = event["Records"][0]["s3"]["object"]["key"].as_str().unwrap().contains("/chunks/");
        if is_chunk { Ok(()) } else { once(app, event).await }
    });
    let rows = [[&org, "ann@x.example", "", "", ""], ["", "", "nobody", "", ""], [&org, "no address", "", "", ""]];
    let job = stack.import("refused", workbook(&rows)).await;
    assert_eq!(job.state, State::Running { rows: 3, chunks: 1 });
    assert_eq!((job.counts.rows, job.counts.created, job.counts.errors), (3, 0, 2));
    stack.deliver(once);
    stack.sweep_at(in_an_hour).await;
    let job = stack.job_by_id(job.id).await;
    assert_eq!((job.counts.rows, job.counts.created, job.counts.errors), (3, 1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_of_somebody_who_may_not_import_any_more_changes_nothing() {
    let stack = Stack::start().await;
    let org = stack.organization("A").await.id.to_string();
    let root = superadmin(None).user().unwrap().to_string();
    stack.set_status(&root, "suspended").await;
    let job = stack.request(false).await;
    stack.put(&job.source, workbook(&[[&org, "ann@x.example", "Ann", "", ""]])).await;
    stack.store.idle().await;
    assert_eq!(reason(&stack.job_by_id(job.id).await), "not_allowed");
    assert!(!stack.dump("platform").await.keys().any(|(pk, _)| pk.contains("ann@x.example")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drop_is_removed_once_it_is_read_or_refused() {
    let stack = Stack::start().await;
    let org = stack.organization("A").await.id.to_string();
    stack.import("good", workbook(&[[&org, "ann@x.example", "Ann", "", "velvet-Orchard-31"]])).await;
    stack.import("bad", b"no workbook".to_vec()).await;
    assert!(stack.blobs.list("drops/").await.unwrap().is_empty());
    let events = stack.events.lock().unwrap().clone();
    for event in events {
        once(stack.app.clone(), event).await.unwrap();
    }
    assert_eq!(stack.job("drops/good.xlsx").await.state.as_str(), "completed");
    assert_eq!(reason(&stack.job("drops/bad.xlsx").await), "not_xlsx");
}
