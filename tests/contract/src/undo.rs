//! Takes a change back, so that the next one asks of the same world.

use journeys::PASSWORD;
use serde_json::{Value, json};

use crate::place::{fresh_token, made, provider, service_account};
use crate::{Actor, Ask, OTHER_PASSWORD, Operation, Place, World};

/// Brings back what an accepted request changed, and what [`crate::prepare`] moved for it.
pub async fn undo(
    world: &mut World,
    operation: &Operation,
    place: &Place,
    actor_name: &str,
    ask: &Ask,
    accepted: bool,
) {
    back_to_its_state(world, place).await;
    if !accepted {
        return;
    }
    let (ops, at) = (world.ops.clone(), format!("/v1/organizations/{}", place.org));
    match operation.to_string().as_str() {
        "POST /v1/me/password" => password(world.actor(actor_name)).await,
        "POST /v1/invitations/accept" if ["superadmin", "other", "archived"].contains(&actor_name) => {
            let joined = world.actor(actor_name).user.clone();
            let _ =
                ops.delete(&format!("/v1/organizations/{}/members/{joined}", world.acme.org)).await.expect_status(204);
        }
        "POST /v1/organizations/{org}/members" => {
            let user = ask.body.as_ref().and_then(|body| body["user_id"].as_str()).unwrap();
            let _ = ops.delete(&format!("{at}/members/{user}")).await.expect_status(204);
        }
        "PATCH /v1/organizations/{org}/members/{user}" => role(world, place, ask.place("user")).await,
        "DELETE /v1/organizations/{org}/members/{user}" => rejoin(world, place, ask.place("user")).await,
        "DELETE /v1/organizations/{org}/projects/{project}" => {
            let doomed = made(&ops, &format!("{at}/projects"), "Doomed").await;
            place.grant(&ops, &doomed).await;
            world.acme.doomed = doomed;
        }
        "PUT /v1/organizations/{org}/projects/{project}/members/{user}"
        | "DELETE /v1/organizations/{org}/projects/{project}/members/{user}" => place.grant(&ops, &place.team).await,
        other if other.contains("/quota-requests") => crate::allowance::decided(world, place).await,
        other if other.contains("/quota-defaults") => {
            crate::allowance::defaults_cleared(world, &ask.path(operation)).await
        }
        other if other.contains("/quotas/{kind}") => crate::allowance::cleared(world, &ask.path(operation)).await,
        other if other.contains("/top-ups") => crate::allowance::team_cleared(world, place).await,
        "PATCH /v1/settings/authentication" => world.portal.require_verification(false).await,
        "POST /v1/users/{user}/suspend" => {
            let _ = ops.act(&format!("/v1/users/{}/reactivate", ask.place("user"))).await.expect_status(200);
        }
        "DELETE /v1/organizations/{org}/providers/{id}" => {
            world.acme.provider = provider(&ops, &format!("{at}/providers")).await;
        }
        "PUT /v1/providers/{id}/organizations/{org}" => {
            let _ = ops.delete(&ask.path(operation)).await.expect_status(204);
        }
        "DELETE /v1/providers/{id}" => world.provider = provider(&ops, "/v1/providers").await,
        other if crate::tools::are_asked(other) => crate::tools::again(world, other, &at).await,
        other if other.contains("service-accounts") => program(world, other, place, ask).await,
        _ => {}
    }
}

async fn program(world: &mut World, operation: &str, place: &Place, ask: &Ask) {
    let (ops, at) = (world.ops.clone(), format!("/v1/organizations/{}", place.org));
    match operation {
        "DELETE /v1/organizations/{org}/service-accounts/{id}" => {
            let (account, token) = service_account(&ops, &format!("{at}/service-accounts"), "member").await;
            (world.acme.service_account, world.acme.api_token) = (account, token.id);
        }
        "DELETE /v1/service-accounts/{id}" => {
            let (account, token) = service_account(&ops, "/v1/service-accounts", "").await;
            (world.service_account, world.api_token) = (account, token.id);
        }
        "POST /v1/organizations/{org}/service-accounts/{id}/tokens" => {
            one_token(&ops, &format!("{at}/service-accounts/{}/tokens", ask.place("id")), &place.api_token).await;
        }
        "POST /v1/service-accounts/{id}/tokens" => {
            one_token(&ops, &format!("/v1/service-accounts/{}/tokens", ask.place("id")), &world.api_token).await;
        }
        "DELETE /v1/organizations/{org}/service-accounts/{id}/tokens/{token}" => {
            let list = format!("{at}/service-accounts/{}/tokens", ask.place("id"));
            world.acme.api_token = fresh_token(&ops, &list).await.id;
        }
        "DELETE /v1/service-accounts/{id}/tokens/{token}" => {
            world.api_token = fresh_token(&ops, &format!("/v1/service-accounts/{}/tokens", ask.place("id"))).await.id;
        }
        _ => {}
    }
}

async fn back_to_its_state(world: &World, place: &Place) {
    let at = format!("/v1/organizations/{}", place.org);
    let wanted = if place.org == world.old.org { "archived" } else { "active" };
    loop {
        let now = world.ops.get(&at).await.expect_status(200).text("status");
        let step = match (now.as_str(), wanted) {
            (now, wanted) if now == wanted => return,
            ("deleting", _) => "cancel-deletion",
            ("archived", "active") => "restore",
            ("active", "archived") => "archive",
            (now, wanted) => panic!("no way from {now} to {wanted}"),
        };
        let _ = world.ops.act(&format!("{at}/{step}")).await.expect_status(200);
    }
}

/// Takes the tokens of an account away but that one.
async fn one_token(ops: &journeys::Client, list: &str, kept: &str) {
    let tokens = ops.get(list).await.expect_status(200).json();
    let ids = tokens["items"].as_array().unwrap().iter().map(|token| token["id"].as_str().unwrap());
    for id in ids.filter(|id| *id != kept) {
        let _ = ops.delete(&format!("{list}/{id}")).await.expect_status(204);
    }
}

async fn password(actor: &Actor) {
    let back = json!({ "current_password": OTHER_PASSWORD, "new_password": PASSWORD });
    let _ = actor.client.post("/v1/me/password", back).await.expect_status(204);
}

/// The role that somebody began with.
fn first_role(world: &World, place: &Place, user: &str) -> &'static str {
    let owners = [&place.second_owner, &world.actor("owner").user, &world.actor("suspended").user];
    match user {
        user if owners.iter().any(|owner| *owner == user) => "owner",
        user if world.actor("admin").user == user => "admin",
        _ => "member",
    }
}

async fn role(world: &World, place: &Place, user: &str) {
    let path = format!("/v1/organizations/{}/members/{user}", place.org);
    let role = first_role(world, place, user);
    let _ = world.ops.edit(&path, json!({ "role": role })).await.expect_status(200);
}

async fn rejoin(world: &World, place: &Place, user: &str) {
    let list = format!("/v1/organizations/{}/members", place.org);
    let asked: Value = json!({ "user_id": user, "role": first_role(world, place, user) });
    let _ = world.ops.post(&list, asked).await.expect_status(201);
    for project in [&place.team, &place.doomed] {
        place.grant(&world.ops, project).await;
    }
}
