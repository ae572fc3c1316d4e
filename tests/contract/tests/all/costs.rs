//! What each accepted request asks of the database: round trips and capacity units.

use std::collections::BTreeMap;

use contract::{Operation, World, operations, prepare, undo};
use embedded::faults::Call;
use journeys::Portal;

use crate::template::is_write;

const LEGEND: &str = "\
# What an accepted request of each operation costs: rounds of calls that wait for each other, read and write units, all calls.
#
# One round authorizes, one more acts; what needs more says why. Where a list's size decides, the units are those of the small
# world of the tests. The events of an organization lie in 8 shards, each read on its own.
# Rewritten by: UPDATE_SNAPSHOTS=1 cargo nextest run -p contract costs. Read every line that grew.
";

const REACH: &str = "that a superadmin reached into a tenant is recorded behind it";

/// More than two rounds, with the reason.
const MORE: [(&str, usize, &str); 102] = [
    ("PATCH /v1/organizations/{org}/encryption-key", 3, "the record holds the values before"),
    ("POST /v1/organizations/{org}/encryption-key/rotations", 3, "it is seen whether the key is turning already"),
    ("PATCH /v1/quota-defaults", 3, "the record holds the values before"),
    ("PATCH /v1/organizations/{org}/quota-defaults", 3, "the record holds the values before"),
    ("GET /v1/organizations/{org}/quotas", 3, "the list leads to the limits"),
    (
        "PUT /v1/organizations/{org}/quotas/{kind}/{id}",
        5,
        "the values before; a lowered limit is brought to its counter",
    ),
    (
        "PATCH /v1/organizations/{org}/quotas/{kind}/{id}",
        5,
        "the values before; a lowered limit is brought to its counter",
    ),
    ("POST /v1/organizations/{org}/top-ups", 3, "what was added before, and whether the thing is there"),
    (
        "POST /v1/organizations/{org}/top-ups/{id}/revoke",
        6,
        "of what it is says who may; what is left follows before the answer",
    ),
    ("POST /v1/organizations/{org}/quota-requests", 3, "whether so much is used"),
    (
        "POST /v1/organizations/{org}/quota-requests/{id}/approve",
        6,
        "of what it is says who may; a lowered limit is brought to its counter",
    ),
    ("POST /v1/organizations/{org}/quota-requests/{id}/deny", 4, "of what it is says who may"),
    ("POST /v1/organizations/{org}/quota-requests/{id}/cancel", 3, "whose it is says who may"),
    ("GET /v1/imports/{import}/result", 3, "the record of the look names the job"),
    (
        "POST /v1/invitations/accept",
        4,
        "a link leads to the organization, that to the invitation, that to who answers for it",
    ),
    (
        "POST /v1/invitations/look-up",
        3,
        "a link leads to the organization, that to the invitation, that to the account",
    ),
    ("PATCH /v1/me/notification-preferences", 3, "the record holds the values before"),
    ("POST /v1/me/notifications/read-all", 3, "it marks what was there, and no more"),
    ("POST /v1/me/notifications/{notification}/read", 3, "it is seen whether it was read before"),
    ("PATCH /v1/notification-defaults", 3, "the record holds the values before"),
    ("PATCH /v1/organizations/{org}/notification-defaults", 3, "the record holds the values before"),
    ("GET /v1/organizations/{org}/invitations", 3, "the mails of the page, and who answers for them"),
    ("POST /v1/organizations/{org}/invitations", 3, "whether the e-mail has an account, and mails of the day"),
    ("GET /v1/organizations/{org}/invitations/{id}", 3, "its mail, and who answers for it"),
    ("POST /v1/organizations/{org}/invitations/{id}/link", 3, "the invitation as it is"),
    ("POST /v1/organizations/{org}/invitations/{id}/resend", 3, "the invitation as it is"),
    ("POST /v1/organizations/{org}/invitations/{id}/revoke", 3, "the invitation as it is"),
    ("DELETE /v1/mail-suppressions/{suppression}", 3, "the record names the address"),
    ("GET /v1/organizations/{org}/members", 3, "which projects of the page are there"),
    ("GET /v1/organizations/{org}/members/{user}", 3, "which projects are there"),
    ("DELETE /v1/organizations/{org}/members/{user}", 3, "whether they are invited"),
    ("GET /v1/organizations/{org}/service-accounts", 3, "which projects of the page are there"),
    ("GET /v1/organizations/{org}/service-accounts/{id}", 3, "which projects are there"),
    ("PATCH /v1/settings/authentication", 3, "the record holds the values before"),
    ("POST /v1/email-changes/confirm", 3, "the account leads to the credential that moves"),
    ("POST /v1/email-verifications", 3, "an e-mail leads to an id, the id to the account"),
    ("POST /v1/me/email", 5, "the present password is proved first; then it is seen which links were sent"),
    ("POST /v1/password-resets", 3, "an e-mail leads to an id, the id to the account"),
    ("POST /v1/users/{user}/verify", 3, "the record holds the values before"),
    ("GET /v1/users/{user}/memberships", 4, "each organization gets a record of the look; which projects are there"),
    ("POST /v1/me/password", 3, "the present password is proved first"),
    ("POST /v1/organizations", 3, "it is acknowledged before what it stands on is made"),
    ("POST /v1/organizations/{org}/archive", 3, REACH),
    ("POST /v1/organizations/{org}/restore", 3, REACH),
    ("POST /v1/organizations/{org}/members", 4, "whom it is about, and whether they are invited, is read first"),
    (
        "DELETE /v1/organizations/{org}/projects/{project}",
        6,
        "the values before; then every member and program loses the role",
    ),
    ("PATCH /v1/organizations/{org}/projects/{project}", 3, "the record holds the values before"),
    ("PATCH /v1/organizations/{org}/projects/{project}/agents/{id}", 3, "the record holds the values before"),
    ("PATCH /v1/organizations/{org}/projects/{project}/use-cases/{id}", 3, "the record holds the values before"),
    ("PATCH /v1/organizations/{org}/service-accounts/{id}", 3, "the record holds the values before"),
    ("DELETE /v1/organizations/{org}/service-accounts/{id}", 3, "the record holds the values before"),
    ("POST /v1/organizations/{org}/service-accounts/{id}/tokens", 3, "its tokens are read first"),
    ("DELETE /v1/organizations/{org}/service-accounts/{id}/tokens/{token}", 3, "its tokens are read first"),
    ("PATCH /v1/service-accounts/{id}", 3, "the record holds the values before"),
    ("DELETE /v1/service-accounts/{id}", 3, "the record holds the values before"),
    ("POST /v1/service-accounts/{id}/tokens", 3, "its tokens are read first"),
    ("DELETE /v1/service-accounts/{id}/tokens/{token}", 3, "its tokens are read first"),
    ("POST /v1/quota-reservations/{id}/settle", 3, "the ledger is written before what the call held is charged"),
    ("POST /v1/token-leases/{id}/return", 4, "its lines, then its end, are written before what it held is charged"),
    ("PATCH /v1/organizations/{org}/providers/{id}", 3, "the record holds the values before"),
    ("DELETE /v1/organizations/{org}/providers/{id}", 3, "the record holds the values before"),
    ("PUT /v1/organizations/{org}/providers/{id}/credential", 3, "the vault is asked between reading and naming it"),
    ("DELETE /v1/organizations/{org}/providers/{id}/credential", 3, "which version it was"),
    ("PATCH /v1/model-catalogue", 3, "the record holds the values before"),
    ("PATCH /v1/organizations/{org}/model-choices", 3, "the record holds the values before"),
    ("PUT /v1/organizations/{org}/providers/{id}/parameters", 3, "they are sealed between reading and storing"),
    ("PUT /v1/providers/{id}/parameters", 3, "the version that was read is seen before they are stored"),
    (
        "PUT /v1/providers/{id}/organizations/{org}",
        4,
        "the record names the provider; the look at the organization is one too",
    ),
    (
        "DELETE /v1/providers/{id}/organizations/{org}",
        4,
        "the record names the provider; the look at the organization is one too",
    ),
    (
        "POST /v1/credential-leases",
        3,
        "who serves is read once the reservation was seen; it is recorded before it is answered",
    ),
    ("POST /v1/organizations/{org}/providers/{id}/test", 3, "what came of the call is recorded"),
    ("POST /v1/providers/{id}/test", 3, "what came of the call is recorded"),
    ("PATCH /v1/providers/{id}", 3, "the record holds the values before"),
    ("DELETE /v1/providers/{id}", 3, "the record holds the values before"),
    ("PUT /v1/providers/{id}/credential", 3, "the vault is asked between reading and naming it"),
    ("DELETE /v1/providers/{id}/credential", 3, "which version it was"),
    ("PATCH /v1/organizations/{org}/mcp-servers/{id}", 3, "the record holds the values before"),
    ("DELETE /v1/organizations/{org}/mcp-servers/{id}", 3, "the record holds the values before"),
    ("PUT /v1/organizations/{org}/mcp-servers/{id}/credential", 3, "the vault is asked between reading and naming it"),
    ("DELETE /v1/organizations/{org}/mcp-servers/{id}/credential", 3, "which version it was"),
    ("POST /v1/organizations/{org}/mcp-servers/{id}/discover", 3, "what came of the call is recorded"),
    ("PATCH /v1/mcp-servers/{id}", 3, "the record holds the values before"),
    ("DELETE /v1/mcp-servers/{id}", 3, "the record holds the values before"),
    ("PUT /v1/mcp-servers/{id}/credential", 3, "the vault is asked between reading and naming it"),
    ("DELETE /v1/mcp-servers/{id}/credential", 3, "which version it was"),
    ("POST /v1/mcp-servers/{id}/discover", 3, "what came of the call is recorded"),
    ("PATCH /v1/organizations/{org}/oauth-clients/{id}", 3, "the record holds the values before"),
    ("DELETE /v1/organizations/{org}/oauth-clients/{id}", 3, "the record holds the values before"),
    (
        "PUT /v1/organizations/{org}/oauth-clients/{id}/credential",
        3,
        "the vault is asked between reading and naming it",
    ),
    ("DELETE /v1/organizations/{org}/oauth-clients/{id}/credential", 3, "which version it was"),
    ("POST /v1/mcp-server-leases", 3, "it is recorded before it is answered"),
    ("POST /v1/oauth-client-leases", 3, "it is recorded before it is answered"),
    ("POST /v1/organizations/{org}/providers/{id}/rotations", 3, "the vault is asked between reading and naming it"),
    ("POST /v1/organizations/{org}/providers/{id}/rotation/cancel", 3, "how far it is"),
    ("PUT /v1/organizations/{org}/providers/{id}/rotation-schedule", 3, "the record holds the values before"),
    ("DELETE /v1/organizations/{org}/providers/{id}/rotation-schedule", 3, "the record holds the values before"),
    ("POST /v1/providers/{id}/rotations", 3, "the vault is asked between reading and naming it"),
    ("POST /v1/providers/{id}/rotation/cancel", 3, "how far it is"),
    ("PUT /v1/providers/{id}/rotation-schedule", 3, "the record holds the values before"),
    ("DELETE /v1/providers/{id}/rotation-schedule", 3, "the record holds the values before"),
    ("POST /v1/sessions", 3, "nobody is known before the proof; the answer shows the account"),
    ("POST /v1/users/{user}/suspend", 3, "the record holds the values before"),
];

/// Read units at most, where it is left to chance how many events lie in one shard: some units more than the log of the tests'
/// world took in dozens of runs (15 to 17 of everybody's, 16 to 20 of an organization's).
const CHANCE: [(&str, f64); 3] = [
    ("GET /v1/organizations/{org}/activity", 24.0),
    ("GET /v1/audit-events", 20.0),
    ("GET /v1/organizations/{org}/audit-events", 24.0),
];

/// Reads as many invitations as there are.
const INVITATIONS: &str = "GET /v1/organizations/{org}/invitations";

/// Calls that are made at once may still come one after the other; they do not do so every time.
const TRIES: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_request_takes_one_round_to_authorize_and_one_to_act_and_the_units_of_the_table() {
    let mut world = World::on(Portal::measured().await).await;
    let (mut lines, mut all) = (BTreeMap::new(), operations());
    let place: BTreeMap<String, usize> =
        all.iter().enumerate().map(|(at, operation)| (operation.to_string(), at)).collect();
    // What reads the log, or invitations, comes before what the others leave there: how much that is depends on how often they are
    // asked.
    let reads = |name: String| CHANCE.iter().any(|(read, _)| *read == name) || name == INVITATIONS;
    all.sort_by_key(|operation| !reads(operation.to_string()));
    for operation in all {
        let name = operation.to_string();
        let known = MORE.iter().find(|(operation, _, _)| *operation == name);
        let most = known.map_or(2, |(_, most, _)| *most);
        if name == INVITATIONS {
            let path = format!("/v1/organizations/{}/invitations", world.acme.org);
            let asked = serde_json::json!({ "email": "listed@acme.example", "role": "member" });
            let _ = world.ops.post(&path, asked).await.expect_status(201);
        }
        let mut calls = calls(&mut world, &operation).await;
        // When a credential was used last is written once a minute: whoever asks again within it shows what a lease costs.
        if name.ends_with("credential-leases") || name.ends_with("server-leases") || name.ends_with("client-leases") {
            calls = self::calls(&mut world, &operation).await;
        }
        for _ in 1..TRIES {
            if rounds(&calls) > most {
                calls = self::calls(&mut world, &operation).await;
            }
        }
        assert!(rounds(&calls) <= most, "{name} takes more than {most} rounds: {}", told(&calls));
        let chance = CHANCE.iter().find(|(operation, _)| *operation == name);
        let read = units(&calls, false);
        let read = match chance {
            Some((_, most)) => {
                assert!(read <= *most, "{name} reads {read} units");
                format!("<={most}")
            }
            None => read.to_string(),
        };
        let why = known.map(|(_, _, why)| format!("  ({why})")).unwrap_or_default();
        let rounds = most.min(calls.len());
        let line = format!("{name:86} {rounds:6} {read:>6} {:6}  {}{why}\n", units(&calls, true), told(&calls));
        lines.insert(place[&name], line);
    }
    let head = format!("{LEGEND}\n{:86} rounds   read  write  calls\n", "");
    contract::snapshot("costs.txt", &lines.values().fold(head, |table, line| table + line));
}

/// What one accepted request asks of the database.
async fn calls(world: &mut World, operation: &Operation) -> Vec<Call> {
    let (actor, place) = (permitted(&operation.path), world.acme.clone());
    let ask = prepare(world, operation, &place, world.actor(actor)).await;
    // What was prepared may be mailed, and some lists read their mails.
    world.portal.stack().idle().await;
    let proxy = world.portal.stack().proxy().unwrap();
    let _ = proxy.take_log();
    let answer = ask.send(operation, &world.actor(actor).client).await;
    let calls = proxy.take_log();
    assert!(answer.status() < 300, "{answer:?}");
    undo(world, operation, &place, actor, &ask, true).await;
    calls
}

/// A superadmin's look into a tenant costs a record more, so the owner asks where that is enough.
fn permitted(path: &str) -> &'static str {
    if contract::is_runtimes(path) {
        return "runtime";
    }
    let by_platform = path.ends_with("/archive") || path.ends_with("/restore");
    if path.starts_with("/v1/organizations/{org}") && !by_platform { "owner" } else { "superadmin" }
}

fn units(calls: &[Call], write: bool) -> f64 {
    let of_kind = calls.iter().filter(|call| is_write(&call.operation) == write);
    of_kind.fold(0.0, |sum, call| sum + call.capacity_units)
}

/// Calls that came before any of their round had ended belong together.
fn rounds(calls: &[Call]) -> usize {
    let mut by_arrival: Vec<&Call> = calls.iter().collect();
    by_arrival.sort_by_key(|call| call.number);
    let (mut rounds, mut before) = (0, 0);
    for (arrived, call) in by_arrival.into_iter().enumerate() {
        if arrived == 0 || call.ended_before > before {
            (rounds, before) = (rounds + 1, arrived);
        }
    }
    rounds
}

/// Each kind of call with how often it was made, reads first.
fn told(calls: &[Call]) -> String {
    let order = ["BatchGetItem", "GetItem", "Query"];
    let mut names: Vec<&str> = calls.iter().map(|call| call.operation.as_str()).collect();
    names.sort_by_key(|name| (order.iter().position(|known| known == name).unwrap_or(order.len()), *name));
    let groups = names.chunk_by(|one, other| one == other);
    let group = |group: &[&str]| match group {
        [one] => (*one).to_owned(),
        many => format!("{}×{}", many[0], many.len()),
    };
    groups.map(group).collect::<Vec<_>>().join(" ")
}
