//! Invitations to ask about: each is spent by one request.

use journeys::{Client, PASSWORD};
use serde_json::{Value, json};

use crate::{Actor, Operation, Place, World};

/// A pending invitation of somebody unknown: the actor's own where they may invite, because only who invited may copy the
/// link.
pub(crate) async fn fresh(world: &World, place: &Place, actor: &Actor) -> String {
    let email = format!("invited-{}@acme.example", world.number());
    let made = actor.client.post(&list(place), asked(&email)).await;
    if made.status() == 201 { made.text("id") } else { made_by(&world.ops, place, &email).await }
}

/// Another tenant's.
pub async fn foreign(world: &World, place: &Place) -> String {
    made_by(&world.ops, place, &format!("invited-{}@foreign.example", world.number())).await
}

/// The body of a request that shows a link, always of the active organization. Who belongs to it is somebody else than who is
/// invited; who does not is invited; nobody, and a program too, is somebody new; and whose session has ended is nobody with an account.
pub(crate) async fn shown(world: &World, operation: &Operation, actor: &Actor) -> Value {
    let somebody = format!("invited-{}@acme.example", world.number());
    let accepts = operation.path.ends_with("/accept");
    let email = match actor.name {
        "superadmin" | "other" | "archived" if accepts => actor.email.clone(),
        "suspended" if accepts => "spare@beta.example".to_owned(),
        _ => somebody,
    };
    take_back(world, &email).await;
    let id = made_by(&world.ops, &world.acme, &email).await;
    let url = world.ops.act(&format!("{}/{id}/link", list(&world.acme))).await.expect_status(200).text("url");
    let (_, token) = url.split_once("#token=").unwrap();
    match actor.name {
        "nobody" | "svc-admin" | "runtime" if accepts => {
            json!({ "token": token, "display_name": "Somebody", "password": PASSWORD })
        }
        _ => json!({ "token": token }),
    }
}

/// Takes back what an earlier request left pending.
async fn take_back(world: &World, email: &str) {
    let list = list(&world.acme);
    let all = world.ops.get(&format!("{list}?limit=100")).await.expect_status(200).json();
    for left in all["items"].as_array().unwrap() {
        if left["email"] == email && left["state"] == "pending" {
            let path = format!("{list}/{}/revoke", left["id"].as_str().unwrap());
            let _ = world.ops.act(&path).await.expect_status(200);
        }
    }
}

async fn made_by(client: &Client, place: &Place, email: &str) -> String {
    client.post(&list(place), asked(email)).await.expect_status(201).text("id")
}

fn asked(email: &str) -> Value {
    json!({ "email": email, "role": "member" })
}

fn list(place: &Place) -> String {
    format!("/v1/organizations/{}/invitations", place.org)
}
