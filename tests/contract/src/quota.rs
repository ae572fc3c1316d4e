//! Calls as the runtime reserves them.

use std::time::SystemTime;

use domain::id::ReservationId;
use serde_json::{Value, json};

use crate::{Operation, Place, World};

/// Whether an operation belongs to the platform's own programs alone.
#[must_use]
pub fn is_runtimes(path: &str) -> bool {
    ["/v1/quota-reservations", "/v1/token-leases", "/v1/credential-leases"].iter().any(|begin| path.starts_with(begin))
}

/// A call that is about to be made.
fn call(world: &World, place: &Place, organization: Option<&str>) -> Value {
    let mut call = json!({
        "id": id(world), "project_id": place.team, "use_case_id": place.use_case, "user_id": place.bystander, "tokens": 10
    });
    if let Some(organization) = organization {
        call.as_object_mut().unwrap().insert("organization_id".to_owned(), json!(organization));
    }
    call
}

fn id(world: &World) -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis();
    ReservationId::from_parts(u64::try_from(now).unwrap(), world.number().into()).to_string()
}

/// A call that is reserved, where the organization is in use.
pub(crate) async fn fresh(world: &World, place: &Place) -> String {
    let call = call(world, place, None);
    let id = call["id"].as_str().unwrap().to_owned();
    let asked = json!({ "organization_id": place.org, "calls": [call] });
    let _ = world.actor("runtime").client.post("/v1/quota-reservations", asked).await;
    id
}

pub(crate) async fn body(world: &World, operation: &Operation, place: &Place) -> Value {
    let within = json!({
        "organization_id": place.org, "project_id": place.team, "use_case_id": place.use_case, "user_id": place.bystander
    });
    let mut settled = within.clone();
    let used = [("prompt_tokens", json!(3)), ("completion_tokens", json!(4)), ("source", json!("provider"))];
    settled.as_object_mut().unwrap().extend(used.map(|(name, value)| (name.to_owned(), value)));
    match operation.path.as_str() {
        "/v1/quota-reservations" => json!({ "organization_id": place.org, "calls": [call(world, place, None)] }),
        "/v1/token-leases" => call(world, place, Some(&place.org)),
        "/v1/credential-leases" => {
            let mut leased = within.clone();
            let of = [("reservation_id", json!(fresh(world, place).await)), ("model", json!(crate::place::MODEL))];
            leased.as_object_mut().unwrap().extend(of.map(|(name, value)| (name.to_owned(), value)));
            leased
        }
        path if path.ends_with("/settle") => settled,
        path if path.ends_with("/return") => {
            let line = json!({ "id": id(world), "prompt_tokens": 3, "completion_tokens": 4, "source": "provider" });
            let mut back = within.clone();
            back.as_object_mut().unwrap().insert("lines".to_owned(), json!([line]));
            back
        }
        _ => within,
    }
}
