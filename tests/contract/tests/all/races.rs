//! What holds when the same thing is asked many times at once.

use contract::{OTHER_PASSWORD, World};
use embedded::faults::{Fault, Seen};
use futures::future::join_all;
use journeys::{Answer, Client, PASSWORD, Portal, Row};
use local::{Options, PortsPlan, Stack};
use serde_json::json;

const AT_ONCE: usize = 64;

fn statuses(answers: &[Answer]) -> Vec<u16> {
    let mut all: Vec<u16> = answers.iter().map(Answer::status).collect();
    all.sort_unstable();
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_was_written_after_all_does_not_meet_itself() {
    let world = World::on(Portal::measured().await).await;
    let proxy = world.portal.stack().proxy().unwrap();
    let mut transactions = 0;
    // More than the client library tries by itself: the last of these is answered to the store.
    proxy.script(move |seen: &Seen| {
        transactions += u32::from(seen.operation == "TransactWriteItems");
        if seen.operation == "TransactWriteItems" && transactions <= 4 { Fault::Unfinished } else { Fault::Pass }
    });
    let made = world.ops.post("/v1/organizations", json!({ "name": "Twice", "placement": "pooled" })).await;
    proxy.clear();
    let made = made.expect_status(201).text("id");
    let listed = world.ops.get("/v1/organizations?name=Twice").await.expect_status(200).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(listed["items"][0]["id"], made.as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_idempotency_key_sent_64_times_at_once_makes_one_thing_of_each_kind() {
    let world = World::start().await;
    for (path, body, list) in creations(&world) {
        let client = world.ops.with("idempotency-key", &format!("once-{path}"));
        let before = world.ops.get(&list).await.json()["items"].as_array().unwrap().len();
        let answers = join_all((0..AT_ONCE).map(|_| client.post(&path, body.clone()))).await;
        let id = |answer: &Answer| answer.json().get("id").or(answer.json().get("user_id")).cloned();
        let made: Vec<_> = answers.iter().filter(|answer| answer.status() < 300).collect();
        assert!(!made.is_empty(), "{path}: {:?}", statuses(&answers));
        assert!(made.iter().all(|answer| id(answer) == id(made[0])), "{path}: {made:?}");
        for answer in answers.iter().filter(|answer| answer.status() >= 300) {
            assert!(["idempotency.in-progress", "resource.busy"].contains(&answer.code().as_str()), "{answer:?}");
        }
        let after = world.ops.get(&list).await.json()["items"].as_array().unwrap().len();
        assert_eq!(after, before + 1, "{path}");
        let later = client.post(&path, body.clone()).await;
        assert!(later.status() < 300 && id(&later) == id(made[0]), "{later:?}");
        let mut other = body.clone();
        other.as_object_mut().unwrap().extend(changed(&body));
        let refused = client.post(&path, other).await.expect_status(422);
        assert_eq!(refused.code(), "idempotency.key-reused");
        let elsewhere = world.actor("owner").client.with("idempotency-key", &format!("once-{path}"));
        let own = elsewhere.post(&path, body).await;
        assert_ne!(own.code(), "idempotency.key-reused", "a key belongs to its caller: {own:?}");
    }
}

/// What is made of each kind: where, with which body, and the list that it is in then.
fn creations(world: &World) -> Vec<(String, serde_json::Value, String)> {
    let at = format!("/v1/organizations/{}", world.acme.org);
    let team = format!("{at}/projects/{}", world.acme.team);
    vec![
        (
            "/v1/organizations".to_owned(),
            json!({ "name": "Once", "placement": "pooled" }),
            "/v1/organizations?name=Once".to_owned(),
        ),
        (format!("{at}/projects"), json!({ "name": "Once" }), format!("{at}/projects?limit=100")),
        (format!("{team}/use-cases"), json!({ "name": "Once" }), format!("{team}/use-cases?limit=100")),
        (format!("{team}/agents"), json!({ "name": "Once" }), format!("{team}/agents?limit=100")),
        (
            format!("{at}/members"),
            json!({ "user_id": world.spare, "role": "member" }),
            format!("{at}/members?email=spare"),
        ),
        (
            format!("{at}/service-accounts"),
            json!({ "name": "Once", "role": "member" }),
            format!("{at}/service-accounts?limit=100"),
        ),
        ("/v1/service-accounts".to_owned(), json!({ "name": "Once" }), "/v1/service-accounts?limit=100".to_owned()),
        (
            format!("{at}/service-accounts/{}/tokens", world.acme.service_account),
            json!({ "name": "Once" }),
            format!("{at}/service-accounts/{}/tokens", world.acme.service_account),
        ),
        ("/v1/imports".to_owned(), json!({ "dry_run": true }), "/v1/imports?limit=100".to_owned()),
    ]
}

/// The same request with one other value.
fn changed(body: &serde_json::Value) -> serde_json::Map<String, serde_json::Value> {
    let fields = [("name", json!("Another")), ("role", json!("admin")), ("dry_run", json!(false))];
    fields
        .into_iter()
        .filter(|(name, _)| body.get(*name).is_some())
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idempotency_key_is_known_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let start = async || {
        let usual = Options::new(folder.path()).unwrap();
        Stack::start(Options { ports: PortsPlan::Free, ..usual }).await.unwrap()
    };
    let stack = start().await;
    let first = stack.first_password().unwrap();
    let ops = Client::at(&stack.card().api).sign_in(&first.email, &first.password).await;
    let body = json!({ "name": "Kept", "placement": "pooled" });
    let made = ops.with("idempotency-key", "kept").post("/v1/organizations", body.clone()).await.expect_status(201);
    let email = first.email.clone();
    stack.stop().await.unwrap();
    let stack = start().await;
    let ops = Client::at(&stack.card().api).sign_in(&email, PASSWORD).await.with("idempotency-key", "kept");
    let again = ops.post("/v1/organizations", body).await.expect_status(201);
    assert_eq!(again.text("id"), made.text("id"));
    let other = ops.post("/v1/organizations", json!({ "name": "Other" })).await.expect_status(422);
    assert_eq!(other.code(), "idempotency.key-reused");
    stack.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn creations_of_one_name_at_once_make_one_organization() {
    let portal = Portal::start().await;
    let ops = portal.superadmin().await;
    let names: Vec<String> =
        (0..AT_ONCE).map(|n| if n % 2 == 0 { "Acme".to_owned() } else { "  aCME ".to_owned() }).collect();
    let answers = join_all(
        names.iter().map(|name| ops.post("/v1/organizations", json!({ "name": name, "placement": "pooled" }))),
    )
    .await;
    let made = answers.iter().filter(|answer| answer.status() == 201).count();
    assert_eq!(made, 1, "{:?}", statuses(&answers));
    for refused in answers.iter().filter(|answer| answer.status() != 201) {
        assert_eq!(refused.code(), "organization.name-taken", "{refused:?}");
    }
    assert_eq!(ops.get("/v1/organizations?name=acme").await.json()["items"].as_array().unwrap().len(), 1);
    let events = ops.get("/v1/audit-events?action=organization.created&limit=100").await.expect_status(200).json();
    assert_eq!(events["items"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn demotions_and_removals_of_all_owners_at_once_leave_one() {
    let portal = Portal::start().await;
    let org = portal.organization("Acme").await;
    let emails: Vec<String> = (0..16).map(|n| format!("o{n:02}@acme.example")).collect();
    let rows: Vec<Row> = emails.iter().map(|email| Row { org: &org, email, role: "owner", ..Row::default() }).collect();
    let people = portal.people(&rows).await;
    let all: Vec<&(String, Client)> = people.values().collect();
    let members = format!("/v1/organizations/{org}/members");
    let tag = portal.superadmin().await.get(&format!("{members}/{}", all[0].0)).await.header("etag").to_owned();
    let asked = (0..AT_ONCE).map(|n| {
        let (victim, (own, client)) = (&all[n % 16].0, all[(n * 7 + n / 16) % 16]);
        let (path, client) = (format!("{members}/{victim}"), client.with("if-match", &tag));
        async move {
            match n / 16 {
                0 => client.delete(&path).await,
                1 => client.patch(&path, json!({ "role": "member" })).await,
                2 => client.patch(&path, json!({ "role": "admin" })).await,
                _ => client.delete(&path.replace(victim, own)).await,
            }
        }
    });
    let answers = join_all(asked).await;
    for answer in &answers {
        assert!([200, 204, 403, 404, 409, 412].contains(&answer.status()), "{answer:?}");
    }
    let ops = portal.superadmin().await;
    let left = ops.get(&format!("{members}?limit=100")).await.expect_status(200).json();
    let left = left["items"].as_array().unwrap();
    let owners = left.iter().filter(|member| member["role"] == "owner").count();
    let shown = ops.get(&format!("/v1/organizations/{org}")).await.json();
    assert_eq!(shown["member_count"], left.len(), "the count is that of the list");
    let statuses = statuses(&answers);
    assert!(owners >= 1, "{statuses:?}");
    finish_off(&ops, &members, left).await;
}

/// Whatever the race left over goes one by one, until the last owner cannot.
async fn finish_off(ops: &Client, members: &str, left: &[serde_json::Value]) {
    let owners: Vec<_> = left.iter().filter(|member| member["role"] == "owner").collect();
    let (last, others) = owners.split_last().unwrap();
    for owner in others {
        let path = format!("{members}/{}", owner["user_id"].as_str().unwrap());
        let _ = ops.delete(&path).await.expect_status(204);
    }
    let path = format!("{members}/{}", last["user_id"].as_str().unwrap());
    for refused in [ops.delete(&path).await, ops.edit(&path, json!({ "role": "admin" })).await] {
        assert_eq!((refused.status(), refused.code().as_str()), (409, "member.last-owner"), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn superadmins_who_demote_and_remove_16_owners_in_64_requests_leave_exactly_one() {
    let portal = Portal::start().await;
    let (org, ops) = (portal.organization("Acme").await, portal.superadmin().await);
    let emails: Vec<String> = (0..16).map(|n| format!("o{n:02}@acme.example")).collect();
    let rows: Vec<Row> = emails
        .iter()
        .map(|email| Row { org: &org, email, role: "owner", password: PASSWORD, ..Row::default() })
        .collect();
    let done = portal.import(&journeys::workbook(&rows)).await;
    assert_eq!(done.job["counts"]["created"], 16, "{:?}", done.job);
    let members = format!("/v1/organizations/{org}/members");
    let owners = async || {
        let list = ops.get(&format!("{members}?limit=100")).await.expect_status(200).json();
        let all: Vec<serde_json::Value> = list["items"].as_array().unwrap().clone();
        all.into_iter().filter(|member| member["role"] == "owner").collect::<Vec<_>>()
    };
    let first = owners().await;
    let asked = (0..AT_ONCE).map(|n| {
        let victim = &first[n % 16];
        let path = format!("{members}/{}", victim["user_id"].as_str().unwrap());
        let client = ops.with("if-match", &format!("\"{}\"", victim["version"]));
        async move {
            // A busy answer says "try again", and whoever means it does.
            loop {
                let answer = match n / 16 % 2 {
                    0 => client.delete(&path).await,
                    _ => client.patch(&path, json!({ "role": "member" })).await,
                };
                if answer.code() != "resource.busy" && answer.status() != 503 {
                    return answer;
                }
            }
        }
    });
    let answers = join_all(asked).await;
    let left = owners().await;
    assert_eq!(left.len(), 1, "{:?}", statuses(&answers));
    let refusals = answers.iter().filter(|answer| answer.code() == "member.last-owner").count();
    assert!(refusals >= 1, "{:?}", statuses(&answers));
    finish_off(&ops, &members, &left).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_one_password_at_once_leave_one_that_works() {
    let world = World::start().await;
    let owner = world.actor("owner");
    let passwords: Vec<String> = (0..6).map(|n| format!("{OTHER_PASSWORD}-{n}")).collect();
    let change = |new: &String| {
        owner.client.post("/v1/me/password", json!({ "current_password": PASSWORD, "new_password": new }))
    };
    let answers = join_all(passwords.iter().map(change)).await;
    let accepted: Vec<usize> = (0..6).filter(|n| answers[*n].status() == 204).collect();
    let mut working = Vec::new();
    for (n, password) in passwords.iter().enumerate() {
        if world.portal.visitor().try_sign_in(&owner.email, password).await.status() == 201 {
            working.push(n);
        }
    }
    assert_eq!(accepted.len(), 1, "{answers:?}");
    assert_eq!(working, accepted);
}
