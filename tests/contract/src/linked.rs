//! Requests that show a link, each with one of its own: a link works once.

use journeys::{PASSWORD, Row, workbook};
use serde_json::{Value, json};

use crate::{OTHER_PASSWORD, Operation, World};

/// So many people are brought in at once.
const PEOPLE: u32 = 12;

/// The body of an operation that shows a link, as the mail has it.
pub(crate) async fn body(world: &World, operation: &Operation) -> Option<Value> {
    let (visitor, portal) = (world.portal.visitor(), &world.portal);
    match operation.to_string().as_str() {
        "POST /v1/email-verifications/confirm" => {
            let email = somebody(world).await;
            Some(json!({ "token": portal.mailed_token(&email, "/verify").await }))
        }
        "POST /v1/password-resets/confirm" => {
            let email = somebody(world).await;
            let _ = visitor.post("/v1/password-resets", json!({ "email": email })).await.expect_status(202);
            let token = portal.mailed_token(&email, "/reset").await;
            Some(json!({ "token": token, "password": OTHER_PASSWORD }))
        }
        "POST /v1/email-changes/confirm" => {
            let email = somebody(world).await;
            let verify = json!({ "token": portal.mailed_token(&email, "/verify").await });
            let _ = visitor.post("/v1/email-verifications/confirm", verify).await.expect_status(204);
            let (new, signed_in) = (format!("new-{email}"), visitor.sign_in(&email, PASSWORD).await);
            let asked = json!({ "email": new, "password": PASSWORD });
            let _ = signed_in.post("/v1/me/email", asked).await.expect_status(202);
            Some(json!({ "token": portal.mailed_token(&new, "/email-change").await }))
        }
        _ => None,
    }
}

/// Somebody new who waits for the e-mail to be confirmed.
async fn somebody(world: &World) -> String {
    if let Some(email) = world.waiting.borrow_mut().pop() {
        return email;
    }
    let mut emails: Vec<String> = (0..PEOPLE).map(|_| format!("waits{}@beta.example", world.number())).collect();
    let person = |email| Row { org: &world.beta.org, email, password: PASSWORD, ..Row::default() };
    let rows: Vec<Row<'_>> = emails.iter().map(|email| person(email.as_str())).collect();
    let was = world.ops.get("/v1/settings/authentication").await.json()["require_email_verification"] == true;
    world.portal.require_verification(true).await;
    let done = world.portal.import(&workbook(&rows)).await;
    world.portal.require_verification(was).await;
    assert_eq!(done.job["counts"]["errors"], 0, "{:?}", done.job);
    let first = emails.pop().unwrap();
    world.waiting.borrow_mut().extend(emails);
    first
}
