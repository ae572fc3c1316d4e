//! What stands still and what is over: the regular work.

use std::time::Duration;

use domain::Timestamp;
use domain::import::{State, folder};
use embedded::faults::Fault;

use crate::made::workbook;
use crate::rules::reason;
use crate::stack::{Stack, now, once};

impl Stack {
    pub(crate) async fn sweep_at(&self, clock: fn() -> Timestamp) {
        let app = import_worker::App { clock, ..self.app.clone() };
        import_worker::sweep(&app).await.unwrap();
        self.store.idle().await;
    }
}

pub(crate) fn in_an_hour() -> Timestamp {
    now().plus(Duration::from_secs(3600))
}

fn in_two_days() -> Timestamp {
    now().plus(Duration::from_secs(48 * 3600))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_stands_still_is_moved_on_by_the_sweep() {
    let stack = Stack::start().await;
    let org = stack.organization("A").await.id.to_string();
    stack.deliver(|_, _| async { Ok(()) });
    let job = stack.request(false).await;
    stack.put(&job.source, workbook(&[[&org, "ann@x.example", "Ann", "", ""]])).await;
    stack.store.idle().await;
    stack.sweep_at(now).await;
    assert_eq!(stack.job_by_id(job.id).await.state, State::Queued, "five minutes are not over");
    stack.sweep_at(in_an_hour).await;
    stack.sweep_at(in_two_hours).await;
    stack.sweep_at(in_three_hours).await;
    let job = stack.job_by_id(job.id).await;
    assert_eq!((job.state.as_str(), job.counts.created), ("completed", 1));
}

fn in_two_hours() -> Timestamp {
    now().plus(Duration::from_secs(2 * 3600))
}

fn in_three_hours() -> Timestamp {
    now().plus(Duration::from_secs(3 * 3600))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_cannot_be_done_ends_after_a_day_with_what_there_is() {
    let stack = Stack::start().await;
    let org = stack.organization("A").await.id.to_string();
    stack.deliver(|app, event| async move {
        let is_chunk = event["Records"][0]["s3"]["object"]["key"].as_str().unwrap().contains("/chunks/");
        if is_chunk { Err("always".to_owned()) } else { once(app, event).await }
    });
    let job =
        stack.import("stuck", workbook(&[[&org, "ann@x.example", "Ann", "", ""], ["", "", "nobody", "", ""]])).await;
    assert_eq!(job.state.as_str(), "running");
    stack.sweep_at(in_two_days).await;
    let job = stack.job_by_id(job.id).await;
    assert_eq!((job.state.as_str(), job.counts.created, job.counts.errors), ("completed", 0, 2));
    assert_eq!(stack.outcome(&job).await.errors[&2]["reason"], "internal");
}

/// From now on runs are killed when they have applied a chunk, before they write down what became of its rows.
fn lose_results(stack: &Stack) {
    let objects = std::sync::Arc::clone(&stack.objects);
    stack.deliver(move |app, event| {
        let objects = std::sync::Arc::clone(&objects);
        async move {
            let is_chunk = event["Records"][0]["s3"]["object"]["key"].as_str().unwrap().contains("/chunks/");
            // It looks for results, and reads the chunk.
            objects.script(move |seen| if is_chunk && seen.number > 2 { Fault::DropBefore } else { Fault::Pass });
            once(app, event).await
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_were_applied_before_a_job_was_given_up_are_shown_as_what_they_became() {
    let stack = Stack::start().await;
    let (a, b) = (stack.organization("A").await.id.to_string(), stack.organization("B").await.id.to_string());
    stack.import("earlier", workbook(&[[&a, "eve@x.example", "Eve", "", ""]])).await;
    lose_results(&stack);
    let rows = [
        [&a, "ann@x.example", "Ann", "", ""],
        [&b, "ANN@x.example", "Ann", "", ""],
        [&b, "eve@x.example", "Eve", "", ""],
    ];
    let job = stack.import("lost", workbook(&rows)).await;
    assert_eq!(job.state.as_str(), "running");
    stack.objects.clear();
    stack.deliver(|_, _| async { Ok(()) });
    stack.sweep_at(in_two_days).await;
    let job = stack.job_by_id(job.id).await;
    assert_eq!((job.state.as_str(), job.counts.created, job.counts.added, job.counts.errors), ("completed", 1, 2, 0));
    let outcome = stack.outcome(&job).await;
    assert!(stack.opens("ann@x.example", &outcome.created[&2]["password"]).await);
    assert_eq!(outcome.added.keys().copied().collect::<Vec<_>>(), [3, 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_objects_are_gone_ends_and_is_cleaned_up() {
    let stack = Stack::start().await;
    let org = stack.organization("A").await.id.to_string();
    lose_results(&stack);
    let job = stack.import("gone", workbook(&[[&org, "ann@x.example", "Ann", "", ""]])).await;
    stack.objects.clear();
    stack.blobs.delete_under(&folder(job.id)).await.unwrap();
    // A message that comes late is no fault.
    let events = stack.events.lock().unwrap().clone();
    for event in events {
        once(stack.app.clone(), event).await.unwrap();
    }
    stack.sweep_at(in_two_days).await;
    let job = stack.job_by_id(job.id).await;
    assert_eq!(reason(&job), "interrupted");
    assert!(stack.app.vault.read_secret(&format!("platform/imports/{}", job.id)).await.unwrap().is_some());
    stack.sweep_at(in_four_days).await;
    assert!(stack.app.vault.read_secret(&format!("platform/imports/{}", job.id)).await.unwrap().is_none());
}

fn in_four_days() -> Timestamp {
    now().plus(Duration::from_secs(96 * 3600))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sweep_imports_no_workbook_under_the_job_of_the_one_that_it_replaced() {
    let stack = Stack::start().await;
    let org = stack.organization("A").await.id.to_string();
    // The arrival makes the job, and is killed before it reads the workbook.
    stack.objects.script(|_| Fault::DropBefore);
    stack.put("drops/a.xlsx", workbook(&[[&org, "ann@x.example", "", "", ""]])).await;
    stack.store.idle().await;
    let first = stack.job("drops/a.xlsx").await;
    assert_eq!(first.state, State::Queued);
    stack.objects.clear();
    stack.deliver(|_, _| async { Ok(()) });
    stack.put("drops/a.xlsx", workbook(&[[&org, "bob@x.example", "", "", ""]])).await;
    stack.sweep_at(in_an_hour).await;
    assert_eq!(reason(&stack.job_by_id(first.id).await), "replaced");
    assert!(stack.blobs.head("drops/a.xlsx").await.unwrap().is_some(), "the newer workbook waits for its own job");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chunk_that_fails_keeps_no_later_one_from_the_sweep() {
    let stack = Stack::start().await;
    let org = stack.organization("A").await.id.to_string();
    stack.deliver(|app, event| async move {
        let is_chunk = event["Records"][0]["s3"]["object"]["key"].as_str().unwrap().contains("/chunks/");
        if is_chunk { Ok(()) } else { once(app, event).await }
    });
    let emails: Vec<String> = (0..501).map(|n| format!("p{n}@x.example")).collect();
    let rows: Vec<[&str; 5]> = emails.iter().map(|email| [org.as_str(), email, "", "", ""]).collect();
    let job = stack.import("two-chunks", workbook(&rows)).await;
    stack.put(&format!("{}chunks/0001.jsonl", folder(job.id)), b"nonsense".to_vec()).await;
    stack.sweep_at(in_an_hour).await;
    let job = stack.job_by_id(job.id).await;
    assert_eq!((job.state.as_str(), job.chunks_done, job.counts.created), ("running", 1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_dropped_again_outlives_the_cleaning_of_the_earlier_one() {
    let stack = Stack::start().await;
    let org = stack.organization("A").await.id.to_string();
    stack.import("daily", workbook(&[[&org, "ann@x.example", "Ann", "", ""]])).await;
    stack.deliver(|_, _| async { Err("later".to_owned()) });
    stack.put("drops/daily.xlsx", workbook(&[[&org, "bob@x.example", "Bob", "", ""]])).await;
    stack.sweep_at(in_two_days).await;
    assert!(stack.blobs.head("drops/daily.xlsx").await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_but_the_entry_of_a_job_is_gone_a_day_after_its_end() {
    let stack = Stack::start().await;
    let org = stack.organization("A").await.id.to_string();
    let done = stack.import("done", workbook(&[[&org, "ann@x.example", "Ann", "", ""]])).await;
    let failed = stack.import("failed", b"no workbook".to_vec()).await;
    let unused = stack.request(false).await;
    stack.sweep_at(in_an_hour).await;
    assert!(!stack.blobs.list(&folder(done.id)).await.unwrap().is_empty());
    assert!(stack.app.vault.read_secret(&format!("platform/imports/{}", done.id)).await.unwrap().is_some());
    stack.sweep_at(in_two_days).await;
    assert!(stack.blobs.list("imports/").await.unwrap().is_empty());
    assert!(stack.app.vault.read_secret(&format!("platform/imports/{}", done.id)).await.unwrap().is_none());
    assert_eq!(reason(&stack.job_by_id(failed.id).await), "not_xlsx");
    assert_eq!(reason(&stack.job_by_id(unused.id).await), "not_uploaded");
    let left = stack.app.store.imports_to_clean(&stack.importer(), in_two_days()).await.unwrap();
    assert!(left.is_empty(), "{left:?}");
}
