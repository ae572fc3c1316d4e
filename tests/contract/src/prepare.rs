//! A valid request for each operation: whoever has the right gets through with it.

use std::time::SystemTime;

use journeys::PASSWORD;
use serde_json::{Value, json};

use crate::{
    Actor, Ask, OTHER_PASSWORD, Operation, Place, World, allowance, invitation, linked, provider, rotation, tools,
};

/// A request that succeeds for somebody who may, after whatever has to be there first.
///
/// # Panics
/// The operation has no entry here: every new one needs its own.
pub async fn prepare(world: &World, operation: &Operation, place: &Place, actor: &Actor) -> Ask {
    before(world, operation, place).await;
    if operation.path.starts_with("/v1/me/notifications/") && operation.changes() && actor.name == "superadmin" {
        fresh_notification(world).await;
    }
    let body = match operation.path.as_str() {
        "/v1/invitations/look-up" | "/v1/invitations/accept" => Some(invitation::shown(world, operation, actor).await),
        path if crate::is_runtimes(path) => Some(crate::quota::body(world, operation, place).await),
        path if path.ends_with("/confirm") => linked::body(world, operation).await,
        _ => body(world, operation, place, actor),
    };
    let mut ask = Ask { body, ..Ask::default() };
    for name in operation.places() {
        ask.at.push((name.to_owned(), filled(world, operation, name, place, actor).await));
    }
    if operation.path == "/v1/users" {
        ask.query = format!("email_prefix=bystander@{}", place.name.to_lowercase());
    }
    // One day: of thirty, more queries go at once than can be seen to go together.
    if operation.path.ends_with("/model-costs") {
        ask.query = format!("first_day={0}&last_day={0}", today());
    }
    if operation.takes_header("if-match") {
        ask.if_match = Some(tag(world, operation, &ask, actor).await);
    }
    ask
}

/// Brings the organization into the state that the step begins with.
async fn before(world: &World, operation: &Operation, place: &Place) {
    let Place { org, name, .. } = place;
    allowance::before(world, operation, place).await;
    let at = format!("/v1/organizations/{org}");
    // What is archived stays so: nobody of it gets in, whatever the step.
    if org == &world.old.org {
        return;
    }
    let step = match operation.path.as_str() {
        "/v1/organizations/{org}/restore" => world.ops.act(&format!("{at}/archive")).await,
        "/v1/organizations/{org}/cancel-deletion" => {
            world.ops.post(&format!("{at}/delete"), json!({ "confirm": name })).await
        }
        _ => return,
    };
    let _ = step.expect_status(200);
}

async fn filled(world: &World, operation: &Operation, name: &str, place: &Place, actor: &Actor) -> String {
    let path = operation.path.as_str();
    match name {
        "org" => place.org.clone(),
        "project" if operation.to_string() == "DELETE /v1/organizations/{org}/projects/{project}" => {
            place.doomed.clone()
        }
        "project" => place.team.clone(),
        "month" => time_now().get(..7).unwrap().to_owned(),
        "user" => place.bystander.clone(),
        "kind" => "project".to_owned(),
        "id" if path.contains("/quotas/") => place.team.clone(),
        "id" if path.contains("/top-ups/") => allowance::top_up(world, place).await,
        "id" if path.contains("/quota-requests/") => allowance::request(world, operation, place, actor).await,
        "import" => world.import.clone(),
        "notification" => notification(world, actor).await,
        "session" => fresh_session(actor).await,
        "suppression" => crate::suppressed::fresh(world).await,
        "id" if crate::is_runtimes(path) => crate::quota::fresh(world, place).await,
        "id" if path.contains("/invitations/") => invitation::fresh(world, place, actor).await,
        "token" if path.starts_with("/v1/service-accounts") => world.api_token.clone(),
        "token" => place.api_token.clone(),
        "id" if path.ends_with("/rotations") || path.ends_with("/rotation/cancel") => {
            rotation::provider(world, path, place).await
        }
        "id" if path.starts_with("/v1/providers") => world.provider.clone(),
        "id" if path.contains("/providers/") => place.provider.clone(),
        "id" if path.starts_with("/v1/mcp-servers") => world.mcp_server.clone(),
        "id" if path.contains("/mcp-servers/") => place.mcp_server.clone(),
        "id" if path.contains("/oauth-clients/") => place.oauth_client.clone(),
        "id" if path.starts_with("/v1/service-accounts") => world.service_account.clone(),
        "id" if path.contains("/service-accounts/") => place.service_account.clone(),
        "id" if path.contains("/use-cases/") => place.use_case.clone(),
        "id" if path.contains("/agents/") => place.agent.clone(),
        other => panic!("{operation}: nothing is known to put at {other}"),
    }
}

/// Superadmins are told of a key of the platform's, whoever made it.
async fn fresh_notification(world: &World) {
    let tokens = format!("/v1/service-accounts/{}/tokens", world.service_account);
    let made = world.ops.post(&tokens, json!({ "name": "Told" })).await.expect_status(201);
    let _ = world.ops.delete(&format!("{tokens}/{}", made.text("id"))).await.expect_status(204);
    world.portal.stack().idle().await;
}

/// Something that they were told, unread where there is any; of those who cannot look, one that is nobody's.
async fn notification(world: &World, actor: &Actor) -> String {
    world.portal.stack().idle().await;
    let mut found = actor.client.get("/v1/me/notifications?unread=true&limit=1").await.json();
    if found["items"][0].is_null() {
        found = actor.client.get("/v1/me/notifications?limit=1").await.json();
    }
    let id = found["items"][0]["id"].as_str().map(str::to_owned);
    id.unwrap_or_else(|| "ntc_00000000000000000000000001".to_owned())
}

/// A session beside the one they ask with; of those who cannot sign in, one that is nobody's.
async fn fresh_session(actor: &Actor) -> String {
    let started = actor.client.post("/v1/sessions", actor.credentials()).await;
    let id = started.json()["id"].as_str().map(str::to_owned);
    id.unwrap_or_else(|| "ses_00000000000000000000000001".to_owned())
}

/// The version that is there now. Who may not read it sends one that would fit.
async fn tag(world: &World, operation: &Operation, ask: &Ask, actor: &Actor) -> String {
    let path = ask.path(operation);
    // A credential and its rotations have the version of what they belong to.
    let of_another = ["/credential", "/rotations", "/rotation-schedule"];
    let path = of_another.iter().fold(path.as_str(), |path, end| path.trim_end_matches(end)).to_owned();
    let reader = if path.starts_with("/v1/me") { &actor.client } else { &world.ops };
    let mut read = reader.get(&path).await;
    // Nothing was chosen yet, and a version that everybody could guess would fit.
    if read.header("etag") == "\"0\"" {
        let first = match path {
            _ if path.contains("/notification-") => json!({ "choices": { "file.ready": { "email": true } } }),
            _ if path.contains("/model-catalogue") => json!({ "models": { "custom": { "first": {} } } }),
            _ if path.contains("/model-choices") => json!({ "models": { "other": false } }),
            _ if path.contains("/encryption-key") => json!({ "rotate_every_days": 3_650 }),
            _ if path.contains("/quota-defaults") => json!({ "user": { "weekly": 1_000_000 } }),
            _ => json!({ "weekly": 1_000_000 }),
        };
        let _ = reader.with("if-match", "\"0\"").patch(&path, first).await.expect_status(200);
        read = reader.get(&path).await;
    }
    match read.header("etag") {
        "" => "\"1\"".to_owned(),
        tag => tag.to_owned(),
    }
}

fn body(world: &World, operation: &Operation, place: &Place, actor: &Actor) -> Option<Value> {
    let fresh = |begin: &str| json!({ "name": format!("{begin} {}", world.number()) });
    let body = match operation.to_string().as_str() {
        "POST /v1/sessions" => actor.credentials(),
        "PATCH /v1/me" => json!({ "display_name": format!("Renamed {}", world.number()) }),
        "POST /v1/me/password" => json!({ "current_password": PASSWORD, "new_password": OTHER_PASSWORD }),
        "POST /v1/organizations" => json!({ "name": format!("Made {}", world.number()), "placement": "pooled" }),
        "PATCH /v1/organizations/{org}" => json!({ "metadata": { "seen": world.number().to_string() } }),
        "PATCH /v1/organizations/{org}/encryption-key" => json!({ "rotate_every_days": 30 + world.number() % 100 }),
        "POST /v1/organizations/{org}/delete" => json!({ "confirm": place.name }),
        "POST /v1/organizations/{org}/members" => json!({ "user_id": world.spare, "role": "member" }),
        "PATCH /v1/organizations/{org}/members/{user}" => json!({ "role": "admin" }),
        "POST /v1/organizations/{org}/projects" => fresh("Project"),
        "PATCH /v1/organizations/{org}/projects/{project}" => json!({ "description": world.number().to_string() }),
        "PUT /v1/organizations/{org}/projects/{project}/members/{user}" => json!({ "role": "builder" }),
        "POST /v1/organizations/{org}/projects/{project}/use-cases" => fresh("Use case"),
        "POST /v1/organizations/{org}/projects/{project}/agents" => fresh("Agent"),
        "PATCH /v1/organizations/{org}/projects/{project}/use-cases/{id}"
        | "PATCH /v1/organizations/{org}/projects/{project}/agents/{id}" => fresh("Renamed"),
        "POST /v1/email-verifications" | "POST /v1/password-resets" => json!({ "email": actor.email }),
        "POST /v1/me/email" => json!({ "email": format!("new{}@acme.example", world.number()), "password": PASSWORD }),
        "PATCH /v1/settings/authentication" => json!({ "require_email_verification": true }),
        "PATCH /v1/me/notification-preferences"
        | "PATCH /v1/notification-defaults"
        | "PATCH /v1/organizations/{org}/notification-defaults" => {
            json!({ "choices": { "usage.alert": { "email": world.number().is_multiple_of(2) } } })
        }
        "POST /v1/organizations/{org}/invitations" => {
            json!({ "email": format!("invited-{}@acme.example", world.number()), "role": "member" })
        }
        "POST /v1/organizations/{org}/service-accounts" => {
            json!({ "name": "Robot", "role": "member", "projects": { place.team.clone(): "viewer" } })
        }
        "PATCH /v1/organizations/{org}/service-accounts/{id}" => fresh("Robot"),
        "POST /v1/service-accounts" | "PATCH /v1/service-accounts/{id}" => fresh("Runtime"),
        "POST /v1/organizations/{org}/service-accounts/{id}/tokens" | "POST /v1/service-accounts/{id}/tokens" => {
            fresh("Key")
        }
        "POST /v1/imports" => json!({ "dry_run": true }),
        other if KNOWN_WITHOUT_BODY.contains(&other) => return None,
        other if tools::are_asked(other) => tools::body(world, other),
        other if other.contains("quota") || other.contains("/top-ups") => allowance::body(world, other, place),
        other if other.contains("/providers") || other.contains("/model-") || other.contains("/cost-") => {
            provider::body(world, other)
        }
        other => panic!("{other} has no valid request in tests/contract/src/prepare.rs"),
    };
    Some(body)
}

const KNOWN_WITHOUT_BODY: [&str; 120] = [
    "GET /v1/audit-events",
    "GET /v1/health",
    "GET /v1/imports",
    "GET /v1/imports/template",
    "GET /v1/imports/{import}",
    "GET /v1/imports/{import}/result",
    "GET /v1/mail-suppressions",
    "DELETE /v1/mail-suppressions/{suppression}",
    "GET /v1/mcp-servers",
    "GET /v1/mcp-servers/{id}",
    "DELETE /v1/mcp-servers/{id}",
    "DELETE /v1/mcp-servers/{id}/credential",
    "POST /v1/mcp-servers/{id}/discover",
    "GET /v1/mcp-servers/{id}/tools",
    "GET /v1/me",
    "GET /v1/me/notification-preferences",
    "GET /v1/me/notifications",
    "POST /v1/me/notifications/read-all",
    "GET /v1/me/notifications/unread-count",
    "POST /v1/me/notifications/{notification}/read",
    "GET /v1/me/organizations",
    "GET /v1/notification-defaults",
    "GET /v1/openapi.json",
    "GET /v1/organizations",
    "GET /v1/organizations/{org}",
    "POST /v1/organizations/{org}/archive",
    "GET /v1/organizations/{org}/activity",
    "GET /v1/organizations/{org}/audit-events",
    "POST /v1/organizations/{org}/cancel-deletion",
    "GET /v1/organizations/{org}/encryption-key",
    "POST /v1/organizations/{org}/encryption-key/rotations",
    "GET /v1/organizations/{org}/invitations",
    "GET /v1/organizations/{org}/invitations/{id}",
    "POST /v1/organizations/{org}/invitations/{id}/link",
    "POST /v1/organizations/{org}/invitations/{id}/resend",
    "POST /v1/organizations/{org}/invitations/{id}/revoke",
    "GET /v1/organizations/{org}/mcp-servers",
    "GET /v1/organizations/{org}/mcp-servers/{id}",
    "DELETE /v1/organizations/{org}/mcp-servers/{id}",
    "DELETE /v1/organizations/{org}/mcp-servers/{id}/credential",
    "POST /v1/organizations/{org}/mcp-servers/{id}/discover",
    "GET /v1/organizations/{org}/mcp-servers/{id}/tools",
    "GET /v1/organizations/{org}/oauth-clients",
    "GET /v1/organizations/{org}/oauth-clients/{id}",
    "DELETE /v1/organizations/{org}/oauth-clients/{id}",
    "DELETE /v1/organizations/{org}/oauth-clients/{id}/credential",
    "GET /v1/organizations/{org}/members",
    "GET /v1/organizations/{org}/members/{user}",
    "DELETE /v1/organizations/{org}/members/{user}",
    "GET /v1/model-catalogue",
    "GET /v1/organizations/{org}/model-choices",
    "GET /v1/organizations/{org}/model-costs",
    "GET /v1/organizations/{org}/models",
    "GET /v1/organizations/{org}/notification-defaults",
    "GET /v1/organizations/{org}/projects",
    "GET /v1/organizations/{org}/projects/{project}",
    "DELETE /v1/organizations/{org}/projects/{project}",
    "GET /v1/organizations/{org}/projects/{project}/agents",
    "GET /v1/organizations/{org}/projects/{project}/agents/{id}",
    "GET /v1/organizations/{org}/projects/{project}/members",
    "GET /v1/organizations/{org}/projects/{project}/model-access",
    "DELETE /v1/organizations/{org}/projects/{project}/members/{user}",
    "GET /v1/organizations/{org}/projects/{project}/use-cases",
    "GET /v1/organizations/{org}/projects/{project}/use-cases/{id}",
    "GET /v1/organizations/{org}/providers",
    "GET /v1/organizations/{org}/providers/{id}",
    "DELETE /v1/organizations/{org}/providers/{id}",
    "DELETE /v1/organizations/{org}/providers/{id}/credential",
    "GET /v1/organizations/{org}/providers/{id}/parameters",
    "GET /v1/organizations/{org}/providers/{id}/rotation",
    "POST /v1/organizations/{org}/providers/{id}/rotation/cancel",
    "DELETE /v1/organizations/{org}/providers/{id}/rotation-schedule",
    "POST /v1/organizations/{org}/providers/{id}/test",
    "GET /v1/organizations/{org}/quota-defaults",
    "GET /v1/organizations/{org}/quota-requests",
    "GET /v1/organizations/{org}/quota-requests/{id}",
    "POST /v1/organizations/{org}/quota-requests/{id}/cancel",
    "GET /v1/organizations/{org}/quotas",
    "GET /v1/organizations/{org}/quotas/effective",
    "GET /v1/organizations/{org}/quotas/{kind}/{id}",
    "GET /v1/organizations/{org}/top-ups",
    "GET /v1/organizations/{org}/top-ups/{id}",
    "POST /v1/organizations/{org}/top-ups/{id}/revoke",
    "POST /v1/organizations/{org}/restore",
    "GET /v1/organizations/{org}/service-accounts",
    "GET /v1/organizations/{org}/service-accounts/{id}",
    "DELETE /v1/organizations/{org}/service-accounts/{id}",
    "GET /v1/organizations/{org}/service-accounts/{id}/tokens",
    "DELETE /v1/organizations/{org}/service-accounts/{id}/tokens/{token}",
    "GET /v1/organizations/{org}/statements",
    "GET /v1/organizations/{org}/statements/{month}",
    "GET /v1/organizations/{org}/usage",
    "GET /v1/providers",
    "GET /v1/providers/{id}",
    "DELETE /v1/providers/{id}",
    "DELETE /v1/providers/{id}/credential",
    "GET /v1/providers/{id}/organizations",
    "PUT /v1/providers/{id}/organizations/{org}",
    "DELETE /v1/providers/{id}/organizations/{org}",
    "GET /v1/providers/{id}/parameters",
    "GET /v1/providers/{id}/rotation",
    "POST /v1/providers/{id}/rotation/cancel",
    "DELETE /v1/providers/{id}/rotation-schedule",
    "POST /v1/providers/{id}/test",
    "GET /v1/quota-defaults",
    "GET /v1/service-accounts",
    "GET /v1/service-accounts/{id}",
    "DELETE /v1/service-accounts/{id}",
    "GET /v1/service-accounts/{id}/tokens",
    "DELETE /v1/service-accounts/{id}/tokens/{token}",
    "GET /v1/sessions",
    "DELETE /v1/sessions/{session}",
    "GET /v1/settings/authentication",
    "GET /v1/users",
    "GET /v1/users/{user}",
    "GET /v1/users/{user}/memberships",
    "POST /v1/users/{user}/reactivate",
    "POST /v1/users/{user}/suspend",
    "POST /v1/users/{user}/verify",
    "GET /v1/whoami",
];

/// The present day.
pub(crate) fn today() -> String {
    time_now().get(..10).unwrap().to_owned()
}

/// The present instant.
fn time_now() -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis();
    domain::Timestamp::from_millis(u64::try_from(now).unwrap()).to_string()
}
