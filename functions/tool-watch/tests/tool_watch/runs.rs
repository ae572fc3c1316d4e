//! What runs look at, what they leave, and what holds them up.

use std::time::Duration;

use embedded::faults::{Fault, nth};
use futures::future::{Either, join, join_all, select};
use journeys::ToolServer;
use serde_json::json;
use tokio::net::TcpListener;
use tool_watch::{App, Done};

use crate::place::{PAST, Place, hurried, list, pass};

/// An address at which everybody is taken in and nobody answered.
async fn silent() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut held = vec![];
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    url
}

const DEAD: &str = "http://127.0.0.1:9/mcp";

#[tokio::test(flavor = "multi_thread")]
async fn a_run_looks_at_each_enabled_server_once_and_not_again_before_it_is_due() {
    let place = Place::start().await;
    let (acme, beta) = (place.portal.organization("Acme").await, place.portal.organization("Beta").await);
    let tools = ToolServer::start(&[("add", "Adds.")]).await;
    let global = place.server("/v1/mcp-servers", "Global", tools.url()).await;
    let own = place.server(&list(&acme), "Own", tools.url()).await;
    let dead = place.server(&list(&beta), "Dead", DEAD).await;
    let off = place.server(&list(&beta), "Off", tools.url()).await;
    let _ = place.ops.edit(&off, json!({ "enabled": false })).await.expect_status(200);
    let app = place.app();
    let done = app.run().await.unwrap();
    assert_eq!(done, Done { homes: 3, reachable: 2, unreachable: 1, skipped: 0, failed: 0 });
    assert_eq!(tools.authorizations(), ["Bearer key", "Bearer key"]);
    for path in [&global, &own] {
        let seen = place.seen(path).await;
        assert_eq!((&seen["reachable"], &seen["tools"]), (&json!(true), &json!(1)));
    }
    let seen = place.seen(&dead).await;
    assert_eq!((&seen["reachable"], &seen["why"]), (&json!(false), &json!("refused")));
    assert_eq!(place.seen(&off).await, json!(null));
    // Nobody is called again before it is time.
    assert_eq!(app.run().await.unwrap(), Done { homes: 3, ..Done::default() });
    pass(Duration::from_secs(601));
    assert_eq!(app.run().await.unwrap().reachable, 2);
    assert_eq!(tools.authorizations().len(), 4);
    assert_eq!(place.recorded(&acme, "mcp-server.reachability-changed").await, 1);
    assert_eq!(place.recorded(&acme, "mcp-server.tools-changed").await, 1);
    assert_eq!(place.recorded(&acme, "mcp-server.discovered").await, 0, "nobody asked for it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_answer_is_looked_at_ever_less_often_and_at_once_with_new_headers() {
    let place = Place::start().await;
    let acme = place.portal.organization("Acme").await;
    let tools = ToolServer::start(&[("add", "Adds.")]).await;
    let path = place.server(&list(&acme), "Own", tools.url()).await;
    tools.refuse(Some(401));
    // Headers are stored at the present.
    pass(PAST);
    let app = place.app();
    let mut looked = vec![];
    for run in 0..13 {
        if app.run().await.unwrap().unreachable == 1 {
            looked.push(run * 10);
        }
        pass(Duration::from_secs(600));
    }
    assert_eq!(looked, [0, 10, 30, 70], "minutes; the next look is after 80 more");
    tools.refuse(None);
    assert_eq!(app.run().await.unwrap().reachable, 0, "it is not due");
    let headers = json!({ "headers": { "Authorization": "Bearer other" } });
    let tag = place.ops.get(&path).await.header("etag").to_owned();
    let ops = place.ops.with("if-match", &tag);
    let _ = ops.put(&format!("{path}/credential"), headers).await.expect_status(200);
    assert_eq!(app.run().await.unwrap().reachable, 1);
    assert_eq!(tools.authorizations().last().unwrap(), "Bearer other");
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_never_answer_hold_up_their_own_organization_and_no_other_one() {
    let place = Place::start().await;
    let silent = silent().await;
    // By its name it comes before all others.
    let slow = place.portal.organization("AAA").await;
    for number in 0..12 {
        let _ = place.server(&list(&slow), &format!("Slow {number}"), &silent).await;
    }
    let tools = ToolServer::start(&[("add", "Adds.")]).await;
    for number in 0..10 {
        let org = place.portal.organization(&format!("Quick {number}")).await;
        let _ = place.server(&list(&org), "Own", tools.url()).await;
    }
    let app = place.app();
    let all = async {
        while tools.authorizations().len() < 10 {
            tools.called().await;
        }
    };
    let (run, all) = (Box::pin(app.run()), Box::pin(all));
    match select(run, all).await {
        Either::Right(_) => {}
        Either::Left((done, _)) => panic!("the run waited for servers that never answer: {done:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_time_is_over_is_gone_on_with_by_the_next_one_until_all_were_looked_at() {
    let place = Place::start().await;
    let tools = ToolServer::start(&[("add", "Adds.")]).await;
    for number in 0..20 {
        let asked = json!({ "name": format!("Org {number}"), "placement": "pooled" });
        let org = place.ops.post("/v1/organizations", asked).await.expect_status(201).text("id");
        place.portal.stack().idle().await;
        let _ = place.server(&list(&org), "Own", tools.url()).await;
    }
    let app = App { clock: hurried, budget: Duration::from_secs(15), ..place.app() };
    let (mut runs, mut looked) = (0, 0);
    while looked < 20 {
        looked += app.run().await.unwrap().reachable;
        runs += 1;
        assert!(runs < 30, "{looked} of 20 were looked at");
    }
    assert!(runs > 1, "one run was enough, so that none went on");
    assert_eq!(tools.authorizations().len(), 20, "none was looked at twice while others waited");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_runs_at_the_same_time_one_records_what_changed() {
    let place = Place::start().await;
    let acme = place.portal.organization("Acme").await;
    let tools = ToolServer::start(&[("add", "Adds.")]).await;
    let path = place.server(&list(&acme), "Own", tools.url()).await;
    let app = place.app();
    let (one, other) = join(app.run(), app.run()).await;
    assert!(one.unwrap().failed == 0 && other.unwrap().failed == 0);
    pass(Duration::from_secs(601));
    tools.offer(&[("add", "Adds. Then mails.")]);
    let all = join_all((0..4).map(|_| app.run())).await;
    assert!(all.into_iter().all(|done| done.unwrap().failed == 0));
    assert_eq!(place.seen(&path).await["reachable"], true);
    assert_eq!(place.recorded(&acme, "mcp-server.reachability-changed").await, 1);
    assert_eq!(place.recorded(&acme, "mcp-server.tools-changed").await, 2, "the first ones, and the changed one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_cut_off_anywhere_leaves_what_the_next_one_goes_on_with() {
    let place = Place::start().await;
    let acme = place.portal.organization("Acme").await;
    let tools = ToolServer::start(&[("add", "Adds.")]).await;
    let path = place.server(&list(&acme), "Own", tools.url()).await;
    let global = place.server("/v1/mcp-servers", "Global", tools.url()).await;
    let (app, proxy) = (place.app(), place.portal.stack().proxy().unwrap());
    let mut changes = 0;
    for kind in [Fault::KillBefore, Fault::KillAfter] {
        for call in 1..30 {
            changes += 1;
            tools.offer(&[("add", &format!("Adds {changes}."))]);
            pass(Duration::from_secs(601));
            let _ = proxy.take_log();
            proxy.script(nth(call, kind));
            let _ = app.run().await;
            let struck = proxy.take_log().iter().any(|call| call.fault != Fault::Pass);
            proxy.clear();
            // Whatever was cut off, the next one finds it.
            pass(Duration::from_secs(601));
            assert_eq!(app.run().await.unwrap().failed, 0);
            for path in [&path, &global] {
                let listed = place.ops.get(&format!("{path}/tools")).await.expect_status(200).json();
                assert_eq!(listed["items"][0]["description"], format!("Adds {changes}."), "{kind:?} {call}");
            }
            if !struck {
                assert!(call > 4, "only {call} calls were cut off");
                break;
            }
        }
    }
    let told = place.recorded(&acme, "mcp-server.tools-changed").await;
    assert_eq!(told, changes, "each change has one record");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_vault_does_not_answer_nothing_is_said_of_servers_with_headers() {
    let place = Place::start().await;
    let acme = place.portal.organization("Acme").await;
    let tools = ToolServer::start(&[("add", "Adds.")]).await;
    let with = place.server(&list(&acme), "With", tools.url()).await;
    let open = json!({ "name": "Without", "url": tools.url() });
    let without = place.ops.post(&list(&acme), open).await.expect_status(201).text("id");
    let done = place.app_with("http://127.0.0.1:9").run().await.unwrap();
    assert_eq!((done.reachable, done.skipped, done.failed), (1, 1, 0));
    assert_eq!(place.seen(&with).await, json!(null));
    assert_eq!(place.seen(&format!("{}/{without}", list(&acme))).await["reachable"], true);
    assert_eq!(place.app().run().await.unwrap().reachable, 1, "it is still due");
}
