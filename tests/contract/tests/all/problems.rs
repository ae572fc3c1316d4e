//! Every problem: its code, status, title and where it is explained; and which of them a client can really meet.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use contract::{OTHER_PASSWORD, World, operations, prepare};
use domain::Code;
use embedded::faults::{Fault, Seen};
use journeys::{Answer, PASSWORD, Portal};
use serde_json::{Value, json};

const LEGEND: &str = "\
# Every problem code: status, title, type, and one request of the tests that met it over HTTP.
#
# A code is never renamed or reused, and a status never changes. A line without a request is met only by chance, by fault or in time.
# Rewritten by: UPDATE_SNAPSHOTS=1 cargo nextest run -p contract problems
";

type Met = BTreeMap<String, (String, Answer)>;

#[tokio::test(flavor = "multi_thread")]
async fn every_code_has_its_status_and_an_explanation_and_is_met_as_the_table_says() {
    let world = World::on(Portal::measured().await).await;
    let met = provoked(&world).await;
    let page = local::openapi::page();
    let mut table = format!("{LEGEND}\n");
    let mut titles = BTreeSet::new();
    for code in Code::ALL {
        let (slug, status) = (code.slug(), api::status(code));
        let anchor = format!("problem-{slug}");
        assert!(page.contains(&format!("id=\"{anchor}\"")), "{slug} is explained nowhere");
        let (by, title) = match met.get(slug) {
            Some((by, answer)) => {
                assert_eq!(answer.status(), status.as_u16(), "{answer:?}");
                assert_eq!(answer.text("type"), format!("/docs#{anchor}"));
                (by.as_str(), answer.text("title"))
            }
            None => ("-", api::title(code).to_owned()),
        };
        assert!(titles.insert(title.clone()), "two kinds of problem are called {title}");
        writeln!(table, "{slug:34} {} {title:24} /docs#{anchor:42} {by}", status.as_u16()).unwrap();
    }
    let unknown: Vec<&String> = met.keys().filter(|slug| !Code::ALL.iter().any(|code| code.slug() == *slug)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    contract::snapshot("problems.txt", &table);
}

async fn provoked(world: &World) -> Met {
    let mut met = Met::new();
    let mut note = |by: &str, answer: Answer| {
        met.entry(answer.code()).or_insert((by.to_owned(), answer));
    };
    requests(world, &mut note).await;
    organizations(world, &mut note).await;
    members_and_projects(world, &mut note).await;
    people(world, &mut note).await;
    links(world, &mut note).await;
    invitations(world, &mut note).await;
    quotas(world, &mut note).await;
    allowances(world, &mut note).await;
    faults(world, &mut note).await;
    met
}

async fn requests(world: &World, note: &mut impl FnMut(&str, Answer)) {
    let (ops, visitor) = (&world.ops, world.portal.visitor());
    note("a body that is an array", ops.post("/v1/organizations", json!([])).await);
    note("a cursor that nobody made", ops.get("/v1/organizations?cursor=x").await);
    note("no token", visitor.get("/v1/me").await);
    note("a member lists organizations", world.actor("member").client.get("/v1/organizations").await);
    let cross = ops.with("sec-fetch-site", "cross-site").with("origin", "https://evil.example");
    note("a browser on another site", cross.post("/v1/imports", json!({})).await);
    note("an unknown path", ops.get("/v1/nothing").await);
    note("a method that the path has not", ops.delete("/v1/me").await);
    let large = json!({ "name": "x".repeat(300_000) });
    note("a body of 300 kB", ops.post("/v1/organizations", large).await);
    let text = ops.send_bytes(reqwest::Method::POST, "/v1/imports", Some(("text/plain", b"{}".to_vec()))).await;
    note("a body of text/plain", text);
    note("a name of 121 characters", ops.post("/v1/organizations", json!({ "name": "x".repeat(121) })).await);
    note("an edit without If-Match", ops.patch("/v1/me", json!({})).await);
    note("an edit with a stale If-Match", ops.with("if-match", "\"999\"").patch("/v1/me", json!({})).await);
    let keyed = ops.with("idempotency-key", "one");
    let _ = keyed.post("/v1/imports", json!({ "dry_run": true })).await.expect_status(202);
    note("one Idempotency-Key for two bodies", keyed.post("/v1/imports", json!({ "dry_run": false })).await);
}

async fn organizations(world: &World, note: &mut impl FnMut(&str, Answer)) {
    let (ops, at) = (&world.ops, format!("/v1/organizations/{}", world.acme.org));
    note("a name that is taken", ops.post("/v1/organizations", json!({ "name": "BETA" })).await);
    let slug = json!({ "name": "Gamma", "slug": "beta" });
    note("a slug that is taken", ops.post("/v1/organizations", slug).await);
    note("restoring what is active", ops.act(&format!("{at}/restore")).await);
    note("deleting with another name typed", ops.post(&format!("{at}/delete"), json!({ "confirm": "Akme" })).await);
    let old = format!("/v1/organizations/{}", world.old.org);
    note("the owner of an archived organization", world.actor("archived").client.get(&old).await);
    let queued = ops.post("/v1/imports", json!({})).await.expect_status(202).text("id");
    note("the result of an import without a file", ops.get(&format!("/v1/imports/{queued}/result")).await);
}

async fn members_and_projects(world: &World, note: &mut impl FnMut(&str, Answer)) {
    let (ops, acme) = (&world.ops, &world.acme);
    let at = format!("/v1/organizations/{}", acme.org);
    let (members, projects) = (format!("{at}/members"), format!("{at}/projects"));
    note("a project name that is taken", ops.post(&projects, json!({ "name": "TEAM" })).await);
    note(
        "a provider name that is taken",
        ops.post("/v1/providers", json!({ "name": "MODELS", "type": "google" })).await,
    );
    let assigned = format!("/v1/providers/{}/organizations/{}", world.provider, acme.org);
    let _ = ops.put(&assigned, json!({})).await.expect_status(204);
    note("deleting a provider that is assigned", ops.delete(&format!("/v1/providers/{}", world.provider)).await);
    let _ = ops.delete(&assigned).await.expect_status(204);
    let server = json!({ "name": "TOOLS", "url": "https://mcp.example.com" });
    note("an MCP server name that is taken", ops.post("/v1/mcp-servers", server).await);
    let client = json!({ "name": "DRIVE", "issuer": "https://login.example.com", "client_id": "a" });
    note("an OAuth client name that is taken", ops.post(&format!("{at}/oauth-clients"), client).await);
    note("deleting the default project", ops.delete(&format!("{projects}/{}", acme.default_project)).await);
    let doomed = format!("{projects}/{}", acme.doomed);
    let _ = ops.edit(&doomed, json!({ "archived": true })).await.expect_status(200);
    let archived = ops.post(&format!("{doomed}/use-cases"), json!({ "name": "Late" })).await;
    note("registering in an archived project", archived);
    let again = json!({ "user_id": acme.bystander, "role": "member" });
    note("adding a member again", ops.post(&members, again).await);
    let suspended = json!({ "email": "bystander@beta.example", "role": "member" });
    let _ = ops.act(&format!("/v1/users/{}/suspend", world.beta.bystander)).await.expect_status(200);
    note("adding somebody who is suspended", ops.post(&members, suspended).await);
    let foreign = format!("{projects}/{}/members/{}", acme.team, world.spare);
    note("a role in a project for no member", ops.put(&foreign, json!({ "role": "viewer" })).await);
    let without = format!("{projects}/{}/members/{}", acme.team, acme.second_owner);
    note("taking a role away that somebody has not", ops.delete(&without).await);
    let tokens = format!("{at}/service-accounts/{}/tokens", acme.service_account);
    let _ = ops.post(&tokens, json!({ "name": "Second" })).await.expect_status(201);
    note("a third token of a service account", ops.post(&tokens, json!({ "name": "Third" })).await);
    let beta = format!("/v1/organizations/{}/members", world.beta.org);
    let _ = ops.delete(&format!("{beta}/{}", world.beta.second_owner)).await.expect_status(204);
    note("removing the last owner", ops.delete(&format!("{beta}/{}", world.actor("other").user)).await);
}

async fn people(world: &World, note: &mut impl FnMut(&str, Answer)) {
    let visitor = world.portal.visitor();
    note("a wrong password", visitor.try_sign_in("owner@acme.example", "wrong").await);
    note("a suspended account", visitor.try_sign_in("suspended@acme.example", PASSWORD).await);
    let row = journeys::Row { org: &world.acme.org, email: "new@acme.example", ..journeys::Row::default() };
    let result = world.portal.import(&journeys::workbook(&[row])).await.result.unwrap();
    let started =
        visitor.try_sign_in("new@acme.example", &result.password("new@acme.example")).await.expect_status(201);
    note("a temporary password", visitor.with_token(&started.text("token")).get("/v1/sessions").await);
    let (member, path) = (&world.actor("member").client, "/v1/me/password");
    let change = |new: &str, current: &str| json!({ "current_password": current, "new_password": new });
    note("a short new password", member.post(path, change("short", PASSWORD)).await);
    note("another present password", member.post(path, change(OTHER_PASSWORD, "wrong-Horse-12")).await);
    for _ in 0..10 {
        note("eleven tries to change the password", member.post(path, change(OTHER_PASSWORD, "wrong-Horse-12")).await);
    }
}

async fn links(world: &World, note: &mut impl FnMut(&str, Answer)) {
    let (visitor, nobody) = (world.portal.visitor(), world.actor("nobody"));
    let confirm = "/v1/email-verifications/confirm";
    note("a token that is none", visitor.post(confirm, json!({ "token": "apl_v_x" })).await);
    for operation in operations().iter().filter(|operation| operation.path.ends_with("/confirm")) {
        let ask = prepare(world, operation, &world.acme, nobody).await;
        let _ = ask.send(operation, &visitor).await.expect_status(204);
        note(&format!("{} twice", operation.path), ask.send(operation, &visitor).await);
    }
    let taken = "second@acme.example";
    let asked = json!({ "email": taken, "password": PASSWORD });
    let _ = world.actor("admin").client.post("/v1/me/email", asked).await.expect_status(202);
    let token = world.portal.mailed_token(taken, "/email-change").await;
    note("another person's e-mail", visitor.post("/v1/email-changes/confirm", json!({ "token": token })).await);
    world.portal.require_verification(true).await;
    let email = "waits@acme.example";
    let row = journeys::Row { org: &world.acme.org, email, password: PASSWORD, ..journeys::Row::default() };
    let _ = world.portal.import(&journeys::workbook(&[row])).await;
    note("an e-mail that is not confirmed", visitor.try_sign_in(email, PASSWORD).await);
    world.portal.require_verification(false).await;
}

async fn invitations(world: &World, note: &mut impl FnMut(&str, Answer)) {
    let (ops, visitor) = (&world.ops, world.portal.visitor());
    let list = format!("/v1/organizations/{}/invitations", world.acme.org);
    let invite = async |email: &str| ops.post(&list, json!({ "email": email, "role": "member" })).await;
    let link = async |id: &str| {
        let url = ops.act(&format!("{list}/{id}/link")).await.expect_status(200).text("url");
        url.split_once("#token=").unwrap().1.to_owned()
    };
    let accept = async |token: &str| {
        let body = json!({ "token": token, "display_name": "New", "password": PASSWORD });
        visitor.post("/v1/invitations/accept", body).await
    };
    let id = invite("first@acme.example").await.expect_status(201).text("id");
    note("inviting an e-mail twice", invite("first@acme.example").await);
    let token = link(&id).await;
    note("copying a link twice", ops.act(&format!("{list}/{id}/link")).await);
    let member = &world.actor("member").client;
    note("accepting as somebody else", member.post("/v1/invitations/accept", json!({ "token": token })).await);
    let _ = accept(&token).await.expect_status(200);
    note("accepting twice", accept(&token).await);
    let id = invite("second@acme-guest.example").await.expect_status(201).text("id");
    let token = link(&id).await;
    let _ = ops.act(&format!("{list}/{id}/resend")).await.expect_status(200);
    note("an older link of an invitation", accept(&token).await);
    let _ = ops.act(&format!("{list}/{id}/revoke")).await.expect_status(200);
    note("the link of an invitation that was taken back", accept(&token).await);
    let programs = format!("/v1/organizations/{}/service-accounts", world.acme.org);
    let made = ops.post(&programs, json!({ "name": "Inviter", "role": "admin" })).await.expect_status(201);
    let inviter = format!("{programs}/{}", made.text("id"));
    let key = ops.post(&format!("{inviter}/tokens"), json!({ "name": "Key" })).await.expect_status(201);
    let robot = world.portal.visitor().with_token(&key.text("token"));
    let asked = json!({ "email": "third@acme-guest.example", "role": "member" });
    let id = robot.post(&list, asked).await.expect_status(201).text("id");
    let token = link(&id).await;
    let _ = ops.delete(&inviter).await.expect_status(204);
    note("accepting what a service account offered that is gone", accept(&token).await);
    let id = invite("spare@beta.example").await.expect_status(201).text("id");
    note("accepting without the account's session", accept(&link(&id).await).await);
}

async fn quotas(world: &World, note: &mut impl FnMut(&str, Answer)) {
    let (acme, runtime) = (&world.acme, world.actor("runtime"));
    let rotations = format!("/v1/organizations/{}/encryption-key/rotations", acme.org);
    let _ = world.ops.act(&rotations).await.expect_status(202);
    note("a second turn of an encryption key", world.ops.act(&rotations).await);
    let reserve = operations().into_iter().find(|operation| operation.path == "/v1/quota-reservations").unwrap();
    let ask = prepare(world, &reserve, acme, runtime).await;
    let send = async |name: &str, value: serde_json::Value| {
        let mut ask = ask.clone();
        ask.body.as_mut().unwrap()["calls"][0][name] = value;
        ask.send(&reserve, &runtime.client).await
    };
    note("a call in another organization's project", send("project_id", json!(world.beta.team)).await);
    note("a call of another project's use case", send("use_case_id", json!(world.beta.use_case)).await);
    let _ = ask.send(&reserve, &runtime.client).await.expect_status(200);
    note("one reservation id for two calls", send("tokens", json!(11)).await);
    let lease = operations().into_iter().find(|operation| operation.path == "/v1/credential-leases").unwrap();
    let leased = async |name: &str, value: Value| {
        let mut ask = prepare(world, &lease, acme, runtime).await;
        ask.body.as_mut().unwrap()[name] = value;
        ask.send(&lease, &runtime.client).await
    };
    let unknown = json!("rsv_01JZA000000000000000000000");
    note("a credential for a call that is not reserved", leased("reservation_id", unknown).await);
    note("a credential for a model that nobody has", leased("model", json!("nobodys")).await);
    let at = format!("/v1/organizations/{}/projects/{}/use-cases/{}", acme.org, acme.team, acme.use_case);
    let _ = world.ops.edit(&at, json!({ "archived": true })).await.expect_status(200);
    let other = prepare(world, &reserve, acme, runtime).await;
    note("a call of an archived use case", other.send(&reserve, &runtime.client).await);
    let _ = world.ops.edit(&at, json!({ "archived": false })).await.expect_status(200);
    limited(world, note).await;
}

/// A person has 15 tokens a month: room for a call of 10 and for no second one, and an eighth of it is too little for a lease.
async fn limited(world: &World, note: &mut impl FnMut(&str, Answer)) {
    let (acme, runtime) = (&world.acme, world.actor("runtime"));
    let limits = format!("/v1/organizations/{}/quotas/user/{}", acme.org, acme.bystander);
    let _ = world.ops.edit(&limits, json!({ "monthly": 15 })).await.expect_status(200);
    let ask = async |path: &str, at_least: Option<u64>| {
        let operation = operations().into_iter().find(|operation| operation.path == path).unwrap();
        let mut ask = prepare(world, &operation, acme, runtime).await;
        ask.body
            .as_mut()
            .unwrap()
            .as_object_mut()
            .unwrap()
            .extend(at_least.map(|least| ("at_least".into(), json!(least))));
        ask.send(&operation, &runtime.client).await
    };
    note("a lease of more than an eighth of what is left", ask("/v1/token-leases", Some(2)).await);
    let _ = ask("/v1/quota-reservations", None).await.expect_status(200);
    note("a call for which too little is left", ask("/v1/quota-reservations", None).await);
    let _ = world.ops.edit(&limits, json!({ "monthly": null })).await.expect_status(200);
}

async fn allowances(world: &World, note: &mut impl FnMut(&str, Answer)) {
    let (ops, member, at) = (&world.ops, world.actor("member"), format!("/v1/organizations/{}", world.acme.org));
    let body = |scope: Value| json!({ "scope": scope, "tokens": 5, "reason": "why" });
    let unlimited = body(json!({ "kind": "project", "id": world.acme.team }));
    note("a top-up of what is unlimited", ops.post(&format!("{at}/top-ups"), unlimited).await);
    let (own, limits) = (json!({ "kind": "user", "id": member.user }), format!("{at}/quotas/user/{}", member.user));
    let (asks, requests) = (body(own.clone()), format!("{at}/quota-requests"));
    let _ = ops.edit(&limits, json!({ "monthly": 1000 })).await.expect_status(200);
    note("asking for more of what was not used", member.client.post(&requests, asks.clone()).await);
    let given = ops.post(&format!("{at}/top-ups"), body(own)).await.expect_status(201).text("id");
    let revoke = format!("{at}/top-ups/{given}/revoke");
    let _ = ops.act(&revoke).await.expect_status(200);
    note("taking a top-up back twice", ops.act(&revoke).await);
    let _ = ops.edit(&limits, json!({ "monthly": 0 })).await.expect_status(200);
    let id = member.client.post(&requests, asks.clone()).await.expect_status(201).text("id");
    note("asking for more twice", member.client.post(&requests, asks).await);
    let cancel = format!("{requests}/{id}/cancel");
    let _ = member.client.act(&cancel).await.expect_status(200);
    note("taking a request back twice", member.client.act(&cancel).await);
}

async fn faults(world: &World, note: &mut impl FnMut(&str, Answer)) {
    let proxy = world.portal.stack().proxy().unwrap();
    let by_table = |fault| move |seen: &Seen| if seen.operation == "TransactWriteItems" { fault } else { Fault::Pass };
    for (by, fault) in
        [("a table whose items are always busy", Fault::Conflict), ("a table that does not answer", Fault::DropBefore)]
    {
        proxy.script(by_table(fault));
        note(by, world.ops.post("/v1/imports", json!({ "dry_run": true })).await);
        proxy.clear();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_never_repeats_what_was_sent_nor_names_what_is_behind_the_api() {
    let world = World::start().await;
    let secret = "hunter2-Sesame-open";
    let member = world.actor("member");
    for operation in operations().iter().filter(|operation| operation.takes_body()) {
        let mut ask = prepare(&world, operation, &world.acme, member).await;
        for spoiled in
            [json!({ secret: 1 }), json!({ "name": [secret], "role": secret, "email": secret }), json!(secret)]
        {
            ask.body = Some(spoiled);
            let answer = ask.send(operation, &member.client).await;
            let mut problem = answer.json();
            problem.as_object_mut().unwrap().remove("request_id");
            // A field that is not known is named by its pointer; its value never is.
            let text = problem.to_string().replace(&format!("\"pointer\":\"/{secret}\""), "");
            for word in [secret, "serde", "dynamo", "aws", "vault", "127.0.0.1", " at line ", "Some(", "panicked"] {
                assert!(!text.to_lowercase().contains(&word.to_lowercase()), "{operation}: {word} in {text}");
            }
        }
    }
}
