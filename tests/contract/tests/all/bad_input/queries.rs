//! Query parameters and cursors.

use contract::{Operation, operations};

use super::Bench;

/// What each parameter does not take.
fn refused(name: &str) -> Vec<String> {
    let values: &[&str] = match name {
        "limit" => &["", "0", "101", "-1", "abc", "1.5", "1e1", "99999999999999999999", "%2B5", "%00", "0x10"],
        "cursor" => &["", "x", "AAAA", "%00", "..", "e30", "bnVsbA", "eyJrIjoxfQ"],
        "unread" => &["", "1", "yes", "TRUE", "%00"],
        "project" | "use_case" | "user" => &["", "x", "evt_00000000000000000000000001", "prj_1", "%00"],
        "organization" => &["", "x", "usr_00000000000000000000000001", "org_1", "%00"],
        "status" | "state" => &["", "ACTIVE", "PENDING", "1", "%00"],
        "from" | "to" => &["", "yesterday", "2026-11-24", "1", "2026-13-45T00:00:00.000Z", "%00", "99999999999999"],
        "first_day" | "last_day" => {
            &["", "yesterday", "2026-11", "2026-W48", "2026-11-31", "1", "2026-11-30T00:00:00Z", "%00"]
        }
        "of" => &["", "USER", "everything", "1", "%00"],
        "model" => &["", "with%20space", "%00", "m%C3%B6del"],
        "by" => &["", "PROJECT", "everything", "1", "%00"],
        "format" => &["", "CSV", "pdf", "1", "%00"],
        "category" => &["", "SECURITY", "1", "%00"],
        "outcome" => &["", "SUCCESS", "ok", "%00"],
        "request" => &["", "x", "evt_00000000000000000000000001", "%00"],
        "action" => &["", "nothing.happened", "%00", "ORGANIZATION.CREATED"],
        "email" | "email_prefix" | "name_prefix" | "name" | "actor" | "target" => &[],
        other => panic!("nothing is known against a parameter {other}"),
    };
    let mut all: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
    if !values.is_empty() {
        all.push("x".repeat(10_000));
    }
    all
}

fn with(query: &str, more: &str) -> String {
    if query.is_empty() { more.to_owned() } else { format!("{query}&{more}") }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_that_a_route_does_not_know_is_refused_by_every_operation() {
    let mut bench = Bench::start().await;
    for operation in operations().iter().filter(|operation| !stays_open(operation)) {
        let target = bench.target(operation).await;
        for more in ["surprise=1", "Limit=5", "%FF=1", "=", "limit[]=1", "surprise"] {
            let mut ask = target.ask.clone();
            ask.query = with(&ask.query, more);
            let answer = ask.send(operation, &target.client).await;
            bench.check(&format!("{operation}: ?{more}"), &[400], &answer);
        }
        bench.done(&target).await;
    }
    bench.conclude();
}

/// Answers from memory, whatever is asked beside the path: caches and monitors add parameters of their own.
fn stays_open(operation: &Operation) -> bool {
    ["/v1/health", "/v1/openapi.json"].contains(&operation.path.as_str())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_out_of_its_bounds_or_given_twice_is_refused_by_every_operation() {
    let mut bench = Bench::start().await;
    for operation in operations() {
        let target = bench.target(&operation).await;
        for name in operation.parameters("query") {
            let mut asked: Vec<String> = refused(&name).into_iter().map(|value| format!("{name}={value}")).collect();
            asked.push(format!("{name}=1&{name}=2"));
            asked.push(format!("{name}=%FF%FE"));
            asked.push(format!("{name}=a%00b"));
            for more in asked {
                let mut ask = target.ask.clone();
                ask.query = if operation.path == "/v1/users" { more.clone() } else { with(&ask.query, &more) };
                let answer = ask.send(&operation, &target.client).await;
                let told: String = more.chars().take(60).collect();
                bench.check(&format!("{operation}: ?{told}"), &[400], &answer);
            }
        }
        bench.done(&target).await;
    }
    bench.conclude();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cursor_of_one_list_is_refused_by_every_other_one() {
    let mut bench = Bench::start().await;
    let lists: Vec<Operation> = operations()
        .into_iter()
        .filter(|operation| operation.parameters("query").contains(&"cursor".to_owned()))
        .collect();
    let mut cursors = vec![];
    for operation in &lists {
        let mut target = bench.target(operation).await;
        target.ask.query = "limit=1".to_owned();
        let page = target.ask.send(operation, &target.client).await.expect_status(200).json();
        if let Some(next) = page["next"].as_str() {
            cursors.push((operation.to_string(), next.to_owned()));
        }
    }
    assert!(cursors.len() >= 4, "{cursors:?}");
    for operation in &lists {
        let target = bench.target(operation).await;
        for (of, cursor) in cursors.iter().filter(|(of, _)| *of != operation.to_string()) {
            let mut ask = target.ask.clone();
            ask.query = format!("cursor={cursor}");
            let answer = ask.send(operation, &target.client).await;
            bench.check(&format!("{operation} with the cursor of {of}"), &[400], &answer);
        }
    }
    bench.conclude();
}
