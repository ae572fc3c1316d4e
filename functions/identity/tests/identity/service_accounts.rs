//! Service accounts: what they are, who makes them, and what ends them.

use domain::EventKind;
use serde_json::{Value, json};

use crate::portal::{Ask, Portal};

/// A program of an organization or of the platform.
pub(crate) struct Program {
    /// Where it is read and edited.
    pub(crate) path: String,
    pub(crate) id: String,
    pub(crate) token: String,
    pub(crate) token_id: String,
}

impl Portal {
    /// A service account of that list with a token.
    pub(crate) async fn program(&self, by: &str, list: &str, role: &str) -> Program {
        let body = if role == "runtime" { json!({"name": "Robot"}) } else { json!({"name": "Robot", "role": role}) };
        let made = self.call(Ask::post(list, body).by(by)).await.expect(201);
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let path = format!("{list}/{id}");
        assert_eq!((made.header("location"), made.json()["role"].as_str()), (path.clone(), Some(role)));
        let key = self.key(by, &path).await;
        Program { path, id, token: key.0, token_id: key.1 }
    }

    /// A further token: the text and the id.
    pub(crate) async fn key(&self, by: &str, account: &str) -> (String, String) {
        let list = format!("{account}/tokens");
        let made = self.call(Ask::post(&list, json!({"name": "Key"})).by(by)).await.expect(201);
        let id = made.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(made.header("location"), format!("{list}/{id}"));
        (made.token(), id)
    }

    /// The list of service accounts of a new organization.
    pub(crate) async fn accounts_of(&self, name: &str) -> String {
        format!("/v1/organizations/{}/service-accounts", self.organization(name).await.id)
    }

    pub(crate) async fn whoami(&self, token: &str) -> crate::portal::Answer {
        self.call(Ask::get("/v1/whoami").by(token)).await
    }
}

const PLATFORM: &str = "/v1/service-accounts";

#[tokio::test]
async fn whoami_tells_people_and_programs_who_they_are() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    let me = portal.whoami(&root).await.expect(200).json();
    assert_eq!((me["kind"].as_str(), me["superadmin"].as_bool()), (Some("user"), Some(true)));
    let list = portal.accounts_of("Acme").await;
    let robot = portal.program(&root, &list, "admin").await;
    let it = portal.whoami(&robot.token).await.expect(200).json();
    assert_eq!(it["id"], robot.id.as_str());
    assert_eq!((it["kind"].as_str(), it["role"].as_str()), (Some("service_account"), Some("admin")));
    assert_eq!((&it["organization"]["name"], &it["credential_id"]), (&json!("Acme"), &json!(robot.token_id)));
    let runtime = portal.program(&root, PLATFORM, "runtime").await;
    let it = portal.whoami(&runtime.token).await.expect(200).json();
    assert_eq!((it["role"].as_str(), it.get("organization")), (Some("runtime"), None));
}

#[tokio::test]
async fn a_program_has_nothing_of_a_persons_own() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    let list = portal.accounts_of("Acme").await;
    for robot in [portal.program(&root, &list, "owner").await, portal.program(&root, PLATFORM, "runtime").await] {
        let change = json!({"current_password": "velvet-Orchard-31", "new_password": "copper-Lantern-58"});
        for ask in [
            Ask::get("/v1/me"),
            Ask::patch("/v1/me", json!({"display_name": "Robot"})).version("\"1\""),
            Ask::get("/v1/me/organizations"),
            Ask::post("/v1/me/password", change),
            Ask::get("/v1/sessions"),
            Ask::delete("/v1/sessions/current"),
            Ask::delete("/v1/sessions/others"),
            Ask::get("/v1/users?email=a%40b.co"),
            Ask::get(PLATFORM),
        ] {
            portal.call(ask.by(&robot.token)).await.problem(403, "permission.denied");
        }
        portal.call(Ask::get("/v1/whoami").cookie(&robot.token)).await.problem(401, "session.required");
    }
}

#[tokio::test]
async fn an_organizations_program_is_unknown_everywhere_else() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    let (acme, beta) = (portal.accounts_of("Acme").await, portal.accounts_of("Beta").await);
    let (robot, runtime) =
        (portal.program(&root, &acme, "owner").await, portal.program(&root, PLATFORM, "runtime").await);
    for ask in [Ask::get(&beta), Ask::post(&beta, json!({"name": "Spy", "role": "member"}))] {
        portal.call(ask.by(&robot.token)).await.problem(404, "resource.not-found");
    }
    for (list, of) in [(beta.as_str(), &robot), (PLATFORM, &robot), (acme.as_str(), &runtime)] {
        let (one, tokens) = (format!("{list}/{}", of.id), format!("{list}/{}/tokens", of.id));
        let token = format!("{tokens}/{}", of.token_id);
        for ask in [
            Ask::get(&one),
            Ask::patch(&one, json!({"suspended": true})).version("\"1\""),
            Ask::delete(&one),
            Ask::get(&tokens),
            Ask::post(&tokens, json!({"name": "Key"})),
            Ask::delete(&token),
        ] {
            portal.call(ask.by(&root)).await.problem(404, "resource.not-found");
        }
    }
    portal.whoami(&robot.token).await.expect(200);
}

#[tokio::test]
async fn nobody_below_an_owner_makes_programs_and_none_makes_one_above_itself() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    let list = portal.accounts_of("Acme").await;
    let owner = portal.program(&root, &list, "owner").await;
    for role in ["member", "admin"] {
        let robot = portal.program(&owner.token, &list, role).await;
        let own = format!("{}/tokens", robot.path);
        for ask in [
            Ask::post(&list, json!({"name": "Twin", "role": "member"})),
            Ask::patch(&robot.path, json!({"role": "owner"})).version("\"1\""),
            Ask::post(&own, json!({"name": "Key"})),
            Ask::get(&list),
        ] {
            portal.call(ask.by(&robot.token)).await.problem(403, "permission.denied");
        }
    }
    let wrong = json!({"name": "Robot", "role": "superadmin"});
    portal.call(Ask::post(&list, wrong).by(&root)).await.problem(400, "request.malformed");
    let runtime = json!({"name": "Robot", "role": "owner"});
    portal.call(Ask::post(PLATFORM, runtime).by(&root)).await.problem(400, "request.malformed");
}

#[tokio::test]
async fn an_edit_counts_from_the_next_request_and_is_recorded_with_before_and_after() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    let list = portal.accounts_of("Acme").await;
    let robot = portal.program(&root, &list, "owner").await;
    portal.call(Ask::get(&list).by(&robot.token)).await.expect(200);
    let edit = |body: Value, tag: &str| portal.call(Ask::patch(&robot.path, body).by(&root).version(tag));
    let edited = edit(json!({"role": "member", "name": "Clerk"}), "\"1\"").await.expect(200);
    assert_eq!((edited.json()["name"].as_str(), edited.header("etag")), (Some("Clerk"), "\"2\"".to_owned()));
    portal.call(Ask::get(&list).by(&robot.token)).await.problem(403, "permission.denied");
    edit(json!({"role": "owner"}), "\"1\"").await.problem(412, "precondition.failed");
    edit(json!({"role": null}), "\"2\"").await.problem(422, "request.invalid");
    edit(json!({"name": "Clerk"}), "\"2\"").await.expect(200);
    let events = portal.events(EventKind::ServiceAccountEdited).await;
    let roles = |field: &str| events[0].changes.iter().find(|change| change.field == field).cloned().unwrap();
    assert_eq!(
        (events.len(), roles("role").before, roles("role").after),
        (1, json!("owner").into(), json!("member").into())
    );
    portal.call(Ask::patch(&robot.path, json!({})).by(&root)).await.problem(428, "precondition.required");
    let read = portal.call(Ask::get(&robot.path).by(&root)).await.expect(200);
    assert_eq!((read.header("etag"), read.json()), (edited.header("etag"), edited.json()));
}

#[tokio::test]
async fn a_role_in_a_project_needs_a_team_project_of_the_organization() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    let acme = portal.organization("Acme").await;
    let beta = portal.organization("Beta").await;
    let list = format!("/v1/organizations/{}/service-accounts", acme.id);
    let robot = portal.program(&root, &list, "member").await;
    for (project, status, code) in [
        (acme.default_project, 409, "project.is-default"),
        (beta.default_project, 404, "resource.not-found"),
        (domain::id::ProjectId::from_parts(1, 1), 404, "resource.not-found"),
    ] {
        let projects = json!({project.to_string(): "admin"});
        let make = json!({"name": "Robot", "role": "member", "projects": projects});
        portal.call(Ask::post(&list, make).by(&root)).await.problem(status, code);
        let edit = Ask::patch(&robot.path, json!({"projects": projects})).version("\"1\"");
        portal.call(edit.by(&root)).await.problem(status, code);
    }
    let many: serde_json::Map<String, Value> =
        (0..51).map(|n| (domain::id::ProjectId::from_parts(1, n).to_string(), json!("viewer"))).collect();
    let make = json!({"name": "Robot", "role": "member", "projects": many});
    portal.call(Ask::post(&list, make).by(&root)).await.problem(422, "request.invalid");
    assert_eq!(portal.call(Ask::get(&list).by(&root)).await.json()["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn service_accounts_are_listed_page_by_page_and_go_when_they_are_deleted() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    let list = portal.accounts_of("Acme").await;
    let mut made = vec![];
    for _ in 0..3 {
        made.push(portal.program(&root, &list, "member").await);
    }
    portal.program(&root, PLATFORM, "runtime").await;
    let (mut path, mut seen) = (format!("{list}?limit=2"), vec![]);
    loop {
        let page = portal.call(Ask::get(&path).by(&root)).await.expect(200).json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("{list}?limit=2&cursor={next}");
    }
    let mut wanted: Vec<String> = made.iter().map(|robot| robot.id.clone()).collect();
    wanted.sort();
    seen.sort();
    assert_eq!(seen, wanted);
    let gone = &made[0];
    portal.call(Ask::delete(&gone.path).by(&root)).await.expect(204);
    portal.whoami(&gone.token).await.problem(401, "session.required");
    portal.call(Ask::delete(&gone.path).by(&root)).await.problem(404, "resource.not-found");
    assert_eq!(portal.call(Ask::get(&list).by(&root)).await.json()["items"].as_array().unwrap().len(), 2);
    let events = portal.events(EventKind::ServiceAccountDeleted).await;
    assert_eq!((events.len(), events[0].target.name.as_deref()), (1, Some("Robot")));
}

#[tokio::test]
async fn an_idempotency_key_belongs_to_the_program_that_sent_it() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    let list = portal.accounts_of("Acme").await;
    let (one, other) = (portal.program(&root, &list, "owner").await, portal.program(&root, &list, "owner").await);
    let make = async |token: &str| {
        let ask = Ask::post(&list, json!({"name": "Once", "role": "member"})).with("idempotency-key", "k").by(token);
        portal.call(ask).await.expect(201).json()["id"].as_str().unwrap().to_owned()
    };
    let first = make(&one.token).await;
    assert_eq!(make(&one.token).await, first);
    assert_ne!(make(&other.token).await, first);
    let events = portal.events(EventKind::ServiceAccountCreated).await;
    let by_program = events.iter().filter(|event| event.actor.kind == "service_account");
    let mut by: Vec<_> = by_program.map(|event| event.actor.id.clone().unwrap()).collect();
    by.sort();
    let mut wanted = vec![one.id, other.id];
    wanted.sort();
    assert_eq!(by, wanted);
    assert!(events.iter().all(|event| event.organization.is_some()));
}
