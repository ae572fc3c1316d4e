//! A function's rights in the template are those that its requests need, and reach no table that they do not use.

use std::collections::{BTreeMap, BTreeSet};

use contract::{Ask, Place, World, operations, prepare, undo};
use embedded::faults::Call;
use journeys::Portal;
use serde_json::json;

use crate::template::{Function, functions, is_write, names};

const WRITES: [&str; 3] = ["PutItem", "UpdateItem", "DeleteItem"];

/// Rights that the requests of this test do not need: a session's last use is written once it is 5 minutes old, and a key's once a
/// minute.
const SELDOM: [(&str, &str, &str); 7] = [
    ("audit", "UpdateItem", "platform"),
    ("credential-leases", "UpdateItem", "platform"),
    ("imports", "UpdateItem", "platform"),
    ("models", "UpdateItem", "platform"),
    ("provider-tests", "UpdateItem", "platform"),
    ("quota-check", "UpdateItem", "platform"),
    ("statements", "UpdateItem", "platform"),
];

/// What is asked of a dedicated organization as well, so that each function reaches both kinds of tables.
const ELSEWHERE: [&str; 11] = [
    "projects",
    "providers",
    "providers/{id}/test",
    "mcp-servers",
    "mcp-servers/{id}/discover",
    "invitations",
    "service-accounts",
    "top-ups",
    "statements",
    "usage",
    "models",
];

#[tokio::test(flavor = "multi_thread")]
async fn each_function_may_do_to_each_table_what_its_requests_do_and_names_no_other_table() {
    let mut world = World::on(Portal::measured().await).await;
    let functions = functions();
    let mut used: BTreeMap<&str, BTreeSet<(String, String)>> = BTreeMap::new();
    let owner: BTreeMap<(String, String), &'static str> = world
        .portal
        .stack()
        .declared()
        .into_iter()
        .map(|(function, route)| ((route.method.to_string(), route.path.to_owned()), function))
        .collect();
    let asked = json!({ "name": "Apart", "placement": "dedicated" });
    let _ = world.portal.stack().proxy().unwrap().take_log();
    let apart = world.ops.post("/v1/organizations", asked).await.expect_status(201);
    let _ = world.ops.get("/v1/organizations?status=active").await.expect_status(200);
    let calls = world.portal.stack().proxy().unwrap().take_log();
    note(&functions["organizations"], "a dedicated organization, and a list by status", &calls, &mut used);
    for operation in operations() {
        let function = &functions[owner[&(operation.method.to_string(), operation.path.clone())]];
        let place = world.acme.clone();
        let name = if contract::is_runtimes(&operation.path) { "runtime" } else { "superadmin" };
        let ask = prepare(&world, &operation, &place, world.actor(name)).await;
        let proxy = || world.portal.stack().proxy().unwrap();
        let _ = proxy().take_log();
        let answer = ask.send(&operation, &world.actor(name).client).await;
        let path = operation.path.strip_prefix("/v1/organizations/{org}/").unwrap_or_default();
        if ELSEWHERE.contains(&path) {
            let _ = ask.at("org", &apart.text("id")).send(&operation, &world.ops).await;
        }
        if contract::is_runtimes(&operation.path) {
            let _ = elsewhere(&ask, &apart.text("id")).send(&operation, &world.actor(name).client).await;
        }
        if operation.path == "/v1/users" {
            let _ = world.ops.get("/v1/users?name_prefix=a").await;
        }
        if operation.to_string() == "POST /v1/organizations/{org}/top-ups" {
            person_topped_up(&world, &place).await;
        }
        note(function, &operation.to_string(), &proxy().take_log(), &mut used);
        undo(&mut world, &operation, &place, "superadmin", &ask, answer.status() < 300).await;
    }
    for (name, used) in used {
        no_more_than(&functions[name], &used);
    }
}

/// A function has no right that its requests did not need.
fn no_more_than(function: &Function, used: &BTreeSet<(String, String)>) {
    let name = function.name.as_str();
    let tables: BTreeSet<&str> = used.iter().map(|(_, table)| table.split('/').next().unwrap()).collect();
    for named in function.tables() {
        let reached = tables.iter().any(|table| names(&format!(":table/${{TablePrefix}}{named}"), table));
        assert!(reached, "{name} has rights to {named} and does not use it");
    }
    let mut idle: BTreeSet<(String, String)> =
        function.rights().into_iter().filter(|right| !used.iter().any(|used| covers(right, used))).collect();
    for (_, action, table) in SELDOM.iter().filter(|(function, _, _)| *function == name) {
        assert!(idle.remove(&((*action).to_owned(), (*table).to_owned())), "{name}: {action} on {table} is used");
    }
    assert!(idle.is_empty(), "{name} has rights that no request needs: {idle:?}");
}

/// The same request about another organization, which stands in its body.
fn elsewhere(ask: &Ask, organization: &str) -> Ask {
    let mut ask = ask.clone();
    ask.body.as_mut().unwrap()["organization_id"] = json!(organization);
    ask
}

/// Of a person it is the platform's table that says whether they are there; a key is remembered there too.
async fn person_topped_up(world: &World, place: &Place) {
    let at = format!("/v1/organizations/{}", place.org);
    let limits = format!("{at}/quotas/user/{}", place.bystander);
    let _ = world.ops.edit(&limits, json!({ "weekly": 1_000_000 })).await.expect_status(200);
    let scope = json!({ "kind": "user", "id": place.bystander });
    let asked = json!({ "scope": scope, "period": "weekly", "tokens": 1, "reason": "why" });
    let _ = world.ops.with("idempotency-key", "once").post(&format!("{at}/top-ups"), asked).await.expect_status(201);
    contract::without_limits(world, &limits).await;
}

/// Every right that calls needed is one that the function has.
fn note<'a>(
    function: &'a Function,
    what: &str,
    calls: &[Call],
    used: &mut BTreeMap<&'a str, BTreeSet<(String, String)>>,
) {
    for right in calls.iter().flat_map(|call| &call.rights) {
        let (action, table) = right.split_once(" local-").unwrap();
        assert!(function.may(action, table), "{what}: {} may not {action} on {table}", function.name);
        used.entry(&function.name).or_default().insert((action.to_owned(), table.to_owned()));
    }
}

/// Whether a right is that which was used. Dedicated tables and the pooled one are asked in the same ways.
fn covers((action, resource): &(String, String), (used, table): &(String, String)) -> bool {
    let kind = |table: &str| if table.starts_with("tenant") { "tenant".to_owned() } else { table.to_owned() };
    action == used && kind(resource) == kind(table)
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
    assert!(WRITES.iter().all(|action| is_write(action)));
}
