//! A function's rights in the template are those that its requests need, and reach no table that they do not use.

use std::collections::{BTreeMap, BTreeSet};

use contract::{World, operations, prepare, undo};
use journeys::Portal;
use serde_json::json;

use crate::template::{functions, is_write, names};

const WRITES: [&str; 4] = ["PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"];

#[tokio::test(flavor = "multi_thread")]
async fn each_function_may_do_to_each_table_what_its_requests_do_and_names_no_other_table() {
    let mut world = World::on(Portal::measured().await).await;
    let functions = functions();
    let mut used: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let owner: BTreeMap<(String, String), &'static str> = world
        .portal
        .stack()
        .declared()
        .into_iter()
        .map(|(function, route)| ((route.method.to_string(), route.path.to_owned()), function))
        .collect();
    let asked = json!({ "name": "Apart", "placement": "dedicated" });
    let apart = world.ops.post("/v1/organizations", asked).await.expect_status(201);
    for operation in operations() {
        let function = &functions[owner[&(operation.method.to_string(), operation.path.clone())]];
        let place = world.acme.clone();
        let ask = prepare(&world, &operation, &place, world.actor("superadmin")).await;
        let proxy = || world.portal.stack().proxy().unwrap();
        let _ = proxy().take_log();
        let answer = ask.send(&operation, &world.ops).await;
        if operation.path == "/v1/organizations/{org}/projects" {
            let _ = ask.at("org", &apart.text("id")).send(&operation, &world.ops).await;
        }
        for call in proxy().take_log() {
            for table in call.tables.iter().map(|table| table.strip_prefix("local-").unwrap()) {
                let wanted: &[&str] = if call.operation == "TransactWriteItems" { &WRITES } else { &[&call.operation] };
                let may = wanted.iter().any(|action| function.may(action, table));
                assert!(may, "{operation}: {} may not {} on {table}", function.name, call.operation);
                used.entry(&function.name).or_default().insert(table.to_owned());
            }
        }
        undo(&mut world, &operation, &place, "superadmin", &ask, answer.status() < 300).await;
    }
    for (name, tables) in used {
        for named in functions[name].tables() {
            let reached = tables.iter().any(|table| names(&format!(":table/${{TablePrefix}}{named}"), table));
            assert!(reached, "{name} has rights to {named} and does not use it");
        }
    }
}

#[test]
fn who_only_reads_a_table_may_not_write_to_it() {
    // The log of events is read by one function and added to by all; nobody changes or takes away what is in it.
    for (name, function) in functions() {
        for action in ["UpdateItem", "DeleteItem", "BatchWriteItem"] {
            assert!(!function.may(action, "events"), "{name} may {action} on events");
        }
        assert_eq!(function.may("Query", "events"), name == "audit", "{name}: reading events");
    }
    assert!(WRITES.iter().take(3).all(|action| is_write(action)));
}
