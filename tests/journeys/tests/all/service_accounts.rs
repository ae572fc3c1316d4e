//! Programs at work: in their organization, in none, and in one that is put aside.

use embedded::faults::{Fault, Seen};
use journeys::{Client, Portal, Row};
use serde_json::{Value, json};

/// A service account of that list, with a client that shows its token.
async fn program(portal: &Portal, list: &str, body: Value) -> Client {
    let ops = portal.superadmin().await;
    let id = ops.post(list, body).await.expect_status(201).text("id");
    let made = ops.post(&format!("{list}/{id}/tokens"), json!({ "name": "Key" })).await.expect_status(201);
    portal.visitor().with_token(&made.text("token"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_works_like_a_member_of_its_role_and_is_recorded_as_what_it_is() {
    let portal = Portal::start().await;
    let org = portal.organization("Acme").await;
    let at = format!("/v1/organizations/{org}");
    let robot = program(&portal, &format!("{at}/service-accounts"), json!({ "name": "Robot", "role": "admin" })).await;
    let team = robot.post(&format!("{at}/projects"), json!({ "name": "Team" })).await.expect_status(201).text("id");
    let project = format!("{at}/projects/{team}");
    // Who makes a project is its admin; an admin of the organization without that role could not register in it.
    robot.post(&format!("{project}/use-cases"), json!({ "name": "Answering" })).await.expect_status(201);
    assert_eq!(robot.get("/v1/whoami").await.json()["projects"][&team], "admin");
    robot.get(&format!("{at}/members")).await.expect_status(200);
    robot.get(&format!("{at}/service-accounts")).await.expect_status(403);
    robot.delete(&at).await.expect_status(405);
    let events = portal.events(&org).await;
    let made = events.iter().find(|event| event["action"] == "project.created").unwrap();
    assert_eq!((&made["actor"]["kind"], &made["actor"]["name"]), (&json!("service_account"), &json!("Robot")));
    let by = made["actor"]["id"].as_str().unwrap();
    let own = robot.get(&format!("{at}/audit-events?actor={by}")).await.expect_status(200).json();
    assert!(own["items"].as_array().unwrap().iter().all(|event| event["actor"]["id"] == by), "{own}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_of_an_archived_organization_is_refused_until_it_is_restored() {
    let portal = Portal::start().await;
    let (ops, org) = (portal.superadmin().await, portal.organization("Acme").await);
    let at = format!("/v1/organizations/{org}");
    let list = format!("{at}/service-accounts");
    let robot = program(&portal, &list, json!({ "name": "Robot", "role": "owner" })).await;
    let runtime = program(&portal, "/v1/service-accounts", json!({ "name": "Runtime" })).await;
    let default = ops.get(&at).await.expect_status(200).text("default_project_id");
    let register = format!("{at}/projects/{default}/agents");
    for (step, status) in [("archive", 403), ("restore", 200)] {
        ops.act(&format!("{at}/{step}")).await.expect_status(200);
        for path in [&at, &list, &"/v1/whoami".to_owned()] {
            let answer = robot.get(path).await.expect_status(status);
            assert!(status == 200 || answer.code() == "organization.not-active", "{answer:?}");
        }
        let registered = runtime.post(&register, json!({ "name": step })).await;
        assert_eq!(registered.status(), if status == 200 { 201 } else { 403 }, "{registered:?}");
    }
    ops.act(&format!("{at}/archive")).await.expect_status(200);
    let late = ops.post(&list, json!({ "name": "Late", "role": "member" })).await.expect_status(403);
    assert_eq!(late.code(), "organization.not-active");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_runtime_registers_in_every_organization_and_sees_nothing_of_it() {
    let portal = Portal::start().await;
    let ops = portal.superadmin().await;
    let runtime = program(&portal, "/v1/service-accounts", json!({ "name": "Runtime" })).await;
    for name in ["Acme", "Beta"] {
        let at = format!("/v1/organizations/{}", portal.organization(name).await);
        let project = ops.get(&at).await.expect_status(200).text("default_project_id");
        for kind in ["use-cases", "agents"] {
            let list = format!("{at}/projects/{project}/{kind}");
            let made = runtime.post(&list, json!({ "name": "Answering" })).await.expect_status(201);
            let one = format!("{list}/{}", made.text("id"));
            let renamed = runtime.with("if-match", made.header("etag")).patch(&one, json!({ "name": "Asking" })).await;
            renamed.expect_status(200);
            runtime.get(&list).await.expect_status(403);
            runtime.get(&one).await.expect_status(403);
        }
        for path in ["", "/members", "/projects", "/audit-events", "/service-accounts"] {
            runtime.get(&format!("{at}{path}")).await.expect_status(403);
        }
        runtime.post(&format!("{at}/projects"), json!({ "name": "Own" })).await.expect_status(403);
    }
    for path in
        ["/v1/organizations", "/v1/users?email=a%40b.co", "/v1/imports", "/v1/audit-events", "/v1/service-accounts"]
    {
        runtime.get(path).await.expect_status(403);
    }
    runtime.get("/v1/organizations/org_00000000000000000000000001").await.expect_status(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_of_a_program_in_projects_are_given_taken_and_checked() {
    let portal = Portal::start().await;
    let ops = portal.superadmin().await;
    let at = format!("/v1/organizations/{}", portal.organization("Acme").await);
    let project = async |name: &str| {
        ops.post(&format!("{at}/projects"), json!({ "name": name })).await.expect_status(201).text("id")
    };
    let (team, old) = (project("Team").await, project("Old").await);
    ops.edit(&format!("{at}/projects/{old}"), json!({ "archived": true })).await.expect_status(200);
    let list = format!("{at}/service-accounts");
    let body = json!({ "name": "Robot", "role": "member", "projects": { team.clone(): "builder" } });
    let account = ops.post(&list, body).await.expect_status(201).text("id");
    let one = format!("{list}/{account}");
    let token = ops.post(&format!("{one}/tokens"), json!({ "name": "Key" })).await.expect_status(201).text("token");
    let robot = portal.visitor().with_token(&token);
    let agents = format!("{at}/projects/{team}/agents");
    robot.post(&agents, json!({ "name": "Clerk" })).await.expect_status(201);
    ops.edit(&one, json!({ "projects": { team.clone(): "viewer" } })).await.expect_status(200);
    robot.post(&agents, json!({ "name": "Late" })).await.expect_status(403);
    robot.get(&agents).await.expect_status(200);
    let refused = ops.edit(&one, json!({ "projects": { old: "viewer" } })).await.expect_status(409);
    assert_eq!(refused.code(), "project.archived");
    ops.edit(&one, json!({ "projects": { team: null } })).await.expect_status(200);
    robot.get(&agents).await.expect_status(403);
}

/// Takes every request to the database away from the second transaction on.
fn cut_behind_the_first_transaction() -> impl FnMut(&Seen) -> Fault + Send {
    let mut transactions = 0;
    move |seen| {
        transactions += u32::from(seen.operation == "TransactWriteItems");
        if transactions == 2 { Fault::KillBefore } else { Fault::Pass }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_in_a_project_that_is_gone_are_not_shown_even_where_their_own_end_was_cut_off() {
    let portal = Portal::measured().await;
    let (ops, org) = (portal.superadmin().await, portal.organization("Acme").await);
    let people = portal.people(&[Row { org: &org, email: "ann@acme.example", role: "owner", ..Row::default() }]).await;
    let (id, ann) = &people["ann@acme.example"];
    let at = format!("/v1/organizations/{org}");
    let team = ann.post(&format!("{at}/projects"), json!({ "name": "Team" })).await.expect_status(201).text("id");
    let project = format!("{at}/projects/{team}");
    let asked = json!({ "name": "Robot", "role": "member", "projects": { (team.clone()): "viewer" } });
    let list = format!("{at}/service-accounts");
    let robot = ann.post(&list, asked).await.expect_status(201).text("id");
    let key = ann.post(&format!("{list}/{robot}/tokens"), json!({ "name": "Key" })).await.expect_status(201);
    let program = portal.visitor().with_token(&key.text("token"));
    let shown = async || {
        let mut roles = vec![];
        for path in [format!("{at}/members/{id}"), format!("{list}/{robot}")] {
            roles.push(ann.get(&path).await.expect_status(200).json()["projects"][&team].clone());
        }
        for path in [format!("{at}/members"), list.clone()] {
            let items = ann.get(&path).await.expect_status(200).json()["items"].clone();
            roles.extend(items.as_array().unwrap().iter().map(|one| one["projects"][&team].clone()));
        }
        roles.push(program.get("/v1/whoami").await.expect_status(200).json()["projects"][&team].clone());
        let places = ops.get(&format!("/v1/users/{id}/memberships")).await.expect_status(200).json();
        roles.push(places["items"][0]["projects"][0]["role"].clone());
        roles
    };
    assert_eq!(shown().await, ["admin", "viewer", "admin", "viewer", "viewer", "admin"]);
    let proxy = portal.stack().proxy().unwrap();
    proxy.script(cut_behind_the_first_transaction());
    assert!(ann.delete(&project).await.status() >= 500);
    proxy.clear();
    assert_eq!(shown().await, [(); 6].map(|()| Value::Null));
    let recorded = async |action: &str| {
        let events = portal.events(&org).await;
        events.iter().filter(|event| event["action"] == action).count()
    };
    assert_eq!((recorded("project.deleted").await, recorded("service-account.edited").await), (1, 0));
    // Repeating it ends what was cut off.
    ops.delete(&project).await.expect_status(404);
    assert_eq!((recorded("project.member-removed").await, recorded("service-account.edited").await), (1, 1));
    assert_eq!(ann.get(&format!("{list}/{robot}")).await.expect_status(200).header("etag"), "\"2\"");
}
