//! Streams over restarts and faults: where a delivery goes on, and what a kill repeats.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use embedded::faults::{self, Fault, Proxy};
use embedded::streams::{Options, Streams};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

use crate::database::TABLE;
use crate::streams::{Bench, TARGET, Told, collect, keys};
use crate::support::soon;

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_goes_on_behind_the_checkpoint() {
    let bench = Bench::start().await;
    bench.write(&["a", "b"]).await;
    assert_eq!(bench.delivered().await, ["a", "b"]);
    bench.write(&["c"]).await;
    assert_eq!(bench.delivered().await, ["c"]);
    assert!(bench.delivered().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_under_way_at_a_stop_comes_again() {
    let bench = Bench::start().await;
    bench.write(&["a"]).await;
    let streams = bench.streams();
    let (begun, seen) = tokio::sync::watch::channel(false);
    let hang = move |_| {
        begun.send_replace(true);
        std::future::pending()
    };
    streams.on(TABLE, TARGET, hang).unwrap();
    soon(seen.clone().wait_for(|begun| *begun)).await.unwrap();
    soon(streams.stop()).await;
    assert_eq!(bench.delivered().await, ["a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn targets_have_checkpoints_of_their_own_and_begin_with_the_oldest_record() {
    let bench = Bench::start().await;
    bench.write(&["a"]).await;
    assert_eq!(bench.delivered().await, ["a"]);
    let streams = bench.streams();
    let other = Told::default();
    let kept = other.clone();
    let handler = move |event: Value| {
        kept.note(&event);
        async { Ok(Value::Null) }
    };
    streams.on(TABLE, "others", handler).unwrap();
    let told = collect(&streams);
    bench.write(&["b"]).await;
    soon(streams.idle()).await;
    assert_eq!((told.keys(), other.keys()), (vec!["b".to_owned()], vec!["a".to_owned(), "b".to_owned()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_that_the_stream_does_not_know_is_no_obstacle() {
    let bench = Bench::start().await;
    bench.write(&["a"]).await;
    assert_eq!(bench.delivered().await, ["a"]);
    let good: Value = serde_json::from_slice(&std::fs::read(bench.checkpoint()).unwrap()).unwrap();
    let with = |field: &str, value: &str| {
        let mut changed = good.clone();
        changed[field] = value.into();
        changed.to_string()
    };
    let never_given_out = with("sequence_number", "999999999999999999999999999999");
    let of_another_table_of_that_name = with("stream_arn", "arn:aws:dynamodb:x:0:table/things/stream/1");
    for unknown in
        ["half a fi".to_owned(), with("sequence_number", "5"), never_given_out, of_another_table_of_that_name]
    {
        std::fs::write(bench.checkpoint(), unknown).unwrap();
        assert_eq!(bench.delivered().await, ["a"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_out_of_reach_loses_no_record_and_repeats_none() {
    let bench = Bench::start().await;
    let proxy = Proxy::start(faults::Options::before(bench.database.endpoint())).await.unwrap();
    let mut reads = 0;
    let mut found = HashSet::new();
    proxy.script(move |seen| match seen.operation.as_str() {
        "GetRecords" => {
            reads += 1;
            if reads % 2 == 1 { Fault::DropAfter } else { Fault::Pass }
        }
        operation if found.insert(operation.to_owned()) => Fault::Throttle,
        _ => Fault::Pass,
    });
    let endpoint = proxy.endpoint().to_owned();
    let window = Duration::from_millis(1);
    let streams = Streams::start(Options { endpoint, window, ..bench.options() }).unwrap();
    let told = collect(&streams);
    bench.write(&["a", "b", "c", "d", "e", "f"]).await;
    soon(streams.idle()).await;
    assert_eq!(told.keys(), ["a", "b", "c", "d", "e", "f"]);
    let refused = proxy.take_log().into_iter().filter(|call| call.fault != Fault::Pass).count();
    assert!(refused >= 5, "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_serves_one_process_at_a_time() {
    let bench = Bench::start().await;
    let streams = bench.streams();
    assert!(Streams::start(bench.options()).is_err());
    streams.stop().await;
    bench.streams().stop().await;
}

const ENDPOINT: &str = "EMBEDDED_TEST_ENDPOINT";
const FOLDER: &str = "EMBEDDED_TEST_FOLDER";

/// Handles one record after the other: writes it down, then says so. Hangs at `b` the first time, to be killed there.
#[tokio::test]
#[ignore = "the other process of the test below"]
async fn child() {
    let folder = PathBuf::from(std::env::var(FOLDER).unwrap());
    let usual = Options::new(&std::env::var(ENDPOINT).unwrap(), folder.join("streams"));
    let streams = Streams::start(Options { batch_max: 1, ..usual }).unwrap();
    let handler = move |event: Value| {
        let file = folder.join("told");
        async move {
            let told = std::fs::read_to_string(&file).unwrap_or_default() + &keys(&event)[0];
            std::fs::write(&file, &told).unwrap();
            println!("\ntold {told}");
            if told == "ab" { std::future::pending().await } else { Ok(Value::Null) }
        }
    };
    streams.on(TABLE, TARGET, handler).unwrap();
    streams.idle().await;
}

type Lines = tokio::io::Lines<BufReader<ChildStdout>>;

fn run_child(bench: &Bench) -> (Child, Lines) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "stream_restarts::child", "--nocapture"])
        .env(FOLDER, bench.folder.path())
        .env(ENDPOINT, bench.database.endpoint())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    (child, lines)
}

fn told_in(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("told")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sigkill_between_handling_and_checkpoint_repeats_that_batch_and_nothing_else() {
    let bench = Bench::start().await;
    bench.write(&["a", "b", "c"]).await;
    let (mut child, mut lines) = run_child(&bench);
    while soon(lines.next_line()).await.unwrap().expect("the child ended") != "told ab" {}
    child.kill().await.unwrap();
    assert_eq!(told_in(bench.folder.path()), "ab");
    let (mut child, mut lines) = run_child(&bench);
    while soon(lines.next_line()).await.unwrap().is_some() {}
    assert!(soon(child.wait()).await.unwrap().success());
    assert_eq!(told_in(bench.folder.path()), "abbc");
    assert!(bench.delivered().await.is_empty());
}
