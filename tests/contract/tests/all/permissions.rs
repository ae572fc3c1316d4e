//! Every operation × every actor, as one table.

use std::fmt::Write;

use contract::{Actor, Ask, Operation, Place, World, operations, prepare, undo};
use journeys::Answer;
use serde_json::{Value, json};

use crate::variants::{Variant, variants};

const LEGEND: &str = "\
# Every operation × who asks; the cell is the status.
#
# superadmin   the platform's
# owner admin member   of the organization that is asked about
# p-admin p-builder p-operator p-viewer   members of it with that role in the team project that is asked about
# other        the owner of another organization
# suspended    an owner of the organization whose account is suspended
# archived     the owner of an archived organization, who asks about that one
# svc-admin    a service account of the organization, with the role admin
# runtime      a service account of the platform
# nobody       no token
#
# Requests are valid: whoever has the right gets 2xx or 409. A line behind | asks for something special.
# 401 no session · 403 may know of it, may not do it · 404 may not know of it
# Rewritten by: UPDATE_SNAPSHOTS=1 cargo nextest run -p contract permissions. Check every line against the contract then.
";

const FOREIGN: &str = "\
# The own organization, but an id of another tenant in one place of the path; the cell is the status.
#
# The answer is the same, word for word, as for an id that nobody has.
# Where the role alone refuses (403), the id is not looked at.
";

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_answers_every_actor_as_the_table_says() {
    let mut world = World::start().await;
    let names: Vec<&str> = world.actors.iter().map(|actor| actor.name).collect();
    let width = 96;
    let mut table = format!("{LEGEND}\n{:width$}", "");
    for name in &names {
        write!(table, "{name:>11}").unwrap();
    }
    table.push('\n');
    for operation in operations() {
        for variant in variants(&operation) {
            let mut line = format!("{:width$}", format!("{operation}{}", variant.words()));
            for name in &names {
                write!(line, "{:>11}", cell(&mut world, &operation, variant, name).await).unwrap();
            }
            writeln!(table, "{line}").unwrap();
        }
    }
    contract::snapshot("permissions.txt", &table);
}

async fn cell(world: &mut World, operation: &Operation, variant: Variant, name: &str) -> u16 {
    let (actor, place) = (world.actor(name), world.place_of(world.actor(name)).clone());
    let ask = variant.apply(world, &place, actor, prepare(world, operation, &place, actor).await).await;
    let answer = ask.send(operation, &actor.client).await;
    let status = answer.status();
    let reason = format!("{name}: {answer:?}");
    check(operation, actor, status, &answer.code(), &reason);
    undo(world, operation, &place, name, &ask, status < 300).await;
    status
}

/// A refusal has the one reason that it should have.
fn check(operation: &Operation, actor: &Actor, status: u16, code: &str, answer: &str) {
    let in_organization =
        operation.path.starts_with("/v1/organizations/{org}") || contract::is_runtimes(&operation.path);
    let wanted: &[&str] = match (status, actor.name) {
        (401, _) if operation.to_string() == "POST /v1/sessions" => &["session.refused"],
        (401, _) if operation.path == "/v1/invitations/accept" => &["invitation.sign-in"],
        (401, _) => &["session.required"],
        (403, "suspended") => &["account.suspended"],
        (403, "archived") if in_organization => &["organization.not-active"],
        (403, _) if operation.path.ends_with("/restore") || operation.path.ends_with("/cancel-deletion") => {
            &["permission.denied", "organization.not-active"]
        }
        (403, _) => &["permission.denied"],
        (404, _) => &["resource.not-found", "member.unknown"],
        (409, _) if operation.path == "/v1/invitations/accept" => &["invitation.of-another"],
        (409, _) if operation.path.ends_with("/encryption-key/rotations") => &["encryption-key.rotating"],
        (409, _) => &["project.is-default"],
        (422, "superadmin") => &["request.invalid"],
        (200..300, _) => return,
        _ => &[],
    };
    assert!(wanted.contains(&code), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_of_another_tenant_is_unknown_wherever_it_stands() {
    let world = World::start().await;
    let mut table = format!("{FOREIGN}\n");
    let names =
        ["superadmin", "owner", "admin", "member", "p-admin", "p-builder", "p-operator", "p-viewer", "svc-admin"];
    write!(table, "{:108}", "").unwrap();
    for name in names {
        write!(table, "{name:>11}").unwrap();
    }
    table.push('\n');
    for operation in operations().iter().filter(|operation| operation.path.contains("{org}/")) {
        for place in operation.places().into_iter().filter(|place| !["org", "kind", "month"].contains(place)) {
            let mut line = format!("{:108}", format!("{operation} | {place}"));
            for name in names {
                write!(line, "{:>11}", foreign(&world, operation, place, name).await).unwrap();
            }
            writeln!(table, "{line}").unwrap();
        }
    }
    contract::snapshot("foreign_ids.txt", &table);
}

async fn foreign(world: &World, operation: &Operation, place: &str, name: &str) -> u16 {
    let (actor, other) = (world.actor(name), &world.beta);
    let ask: Ask = prepare(world, operation, &world.acme, actor).await;
    let invitation = contract::foreign_invitation(world, other).await;
    let (top_up, request) =
        (contract::foreign_top_up(world, other).await, contract::foreign_request(world, other).await);
    let id = match place {
        "id" if operation.path.contains("/quotas/") => &other.team,
        "id" if operation.path.contains("/top-ups/") => &top_up,
        "id" if operation.path.contains("/quota-requests/") => &request,
        "project" => &other.team,
        "user" => &other.bystander,
        "id" if operation.path.contains("/invitations/") => &invitation,
        "id" if operation.path.contains("/use-cases/") => &other.use_case,
        "id" if operation.path.contains("/service-accounts/") => &other.service_account,
        "token" => &other.api_token,
        "id" => &other.agent,
        _ => panic!("{operation}: nothing foreign is known for {place}"),
    };
    let answer = ask.at(place, id).send(operation, &actor.client).await;
    assert!(matches!(answer.status(), 403 | 404), "{name}: {answer:?}");
    let nobodys = format!("{}_00000000000000000000000001", id.split('_').next().unwrap());
    let unknown = ask.at(place, &nobodys).send(operation, &actor.client).await;
    assert_eq!(without_request(&answer), without_request(&unknown), "{name}: {operation}");
    answer.status()
}

fn without_request(answer: &Answer) -> Value {
    let mut problem = answer.json();
    problem.as_object_mut().unwrap().remove("request_id");
    problem
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_another_tenant_is_in_any_list() {
    let world = World::start().await;
    let marks = |place: &Place| {
        [&place.org, &place.team, &place.use_case, &place.agent, &place.bystander, &place.service_account]
            .map(Clone::clone)
    };
    for operation in operations().iter().filter(|operation| !operation.changes()) {
        for actor in world.actors.iter().filter(|actor| actor.name != "superadmin") {
            let place = world.place_of(actor);
            let ask = prepare(&world, operation, place, actor).await;
            let answer = ask.send(operation, &actor.client).await;
            let own = if actor.name == "other" { &world.beta } else { place };
            for foreign in [&world.acme, &world.beta, &world.old].into_iter().filter(|foreign| foreign.org != own.org) {
                for mark in marks(foreign) {
                    let text = String::from_utf8_lossy(answer.bytes()).into_owned();
                    assert!(!text.contains(&mark), "{} sees {mark} in {operation}: {text}", actor.name);
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_operation_lets_a_temporary_password_in_but_what_the_caller_needs_to_change_it() {
    let world = World::start().await;
    let ops = &world.ops;
    let book = journeys::workbook(&[journeys::Row {
        org: &world.acme.org,
        email: "new@acme.example",
        role: "owner",
        ..journeys::Row::default()
    }]);
    let password = world.portal.import(&book).await.result.unwrap().password("new@acme.example");
    let started = world.portal.visitor().try_sign_in("new@acme.example", &password).await.expect_status(201);
    let client = world.portal.visitor().with_token(&started.text("token"));
    let user = started.json()["user"]["id"].as_str().unwrap().to_owned();
    let new = Actor { name: "new", email: "new@acme.example".to_owned(), user, client };
    let mut allowed = Vec::new();
    for operation in operations().iter().filter(|operation| !operation.is_open()) {
        let mut ask = prepare(&world, operation, &world.acme, &new).await;
        if operation.to_string() == "POST /v1/me/password" {
            ask.body = Some(json!({ "current_password": password, "new_password": "short" }));
        }
        let answer = ask.send(operation, &new.client).await;
        match answer.code().as_str() {
            "password.change-required" => assert_eq!(answer.status(), 403),
            _ => allowed.push(operation.to_string()),
        }
        let _ = ops.act(&format!("/v1/organizations/{}/restore", world.acme.org)).await;
        let _ = ops.act(&format!("/v1/organizations/{}/cancel-deletion", world.acme.org)).await;
    }
    let wanted = [
        "GET /v1/me",
        "GET /v1/me/organizations",
        "POST /v1/me/password",
        "DELETE /v1/sessions/{session}",
        "GET /v1/whoami",
    ];
    assert_eq!(allowed, wanted);
}
