//! Malformed, oversized and hostile requests for every operation: each is refused by a problem document, and nothing is
//! written.

mod bodies;
mod headers;
mod paths;
mod queries;

use contract::{Actor, Ask, Operation, World, prepare, undo};
use embedded::Proxy;
use journeys::{Answer, Client, Portal};

/// What a refusal may be.
const STATUSES: [u16; 11] = [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428];

/// Sends bad requests and gathers what is wrong with the answers, so that one run tells of all.
pub(crate) struct Bench {
    pub(crate) world: World,
    faults: Vec<String>,
}

/// One operation with a valid request for it, and who may send it.
pub(crate) struct Target {
    pub(crate) operation: Operation,
    pub(crate) ask: Ask,
    pub(crate) client: Client,
    actor: &'static str,
}

impl Bench {
    pub(crate) async fn start() -> Self {
        let bench = Self { world: World::on(Portal::measured().await).await, faults: vec![] };
        let _ = bench.proxy().take_log();
        bench
    }

    fn proxy(&self) -> &Proxy {
        self.world.portal.stack().proxy().unwrap()
    }

    /// The operation with a valid request of somebody who may.
    pub(crate) async fn target(&self, operation: &Operation) -> Target {
        let actor = permitted(&self.world, operation);
        let ask = prepare(&self.world, operation, &self.world.acme, actor).await;
        let _ = self.proxy().take_log();
        Target { operation: operation.clone(), ask, client: actor.client.clone(), actor: actor.name }
    }

    /// Takes back what the target had to move.
    pub(crate) async fn done(&mut self, target: &Target) {
        let place = self.world.acme.clone();
        undo(&mut self.world, &target.operation, &place, target.actor, &target.ask, false).await;
    }

    /// Notes what is wrong with an answer that should have one of these statuses.
    pub(crate) fn check(&mut self, what: &str, wanted: &[u16], answer: &Answer) {
        let mut wrong = vec![];
        if !wanted.contains(&answer.status()) {
            wrong.push(format!("{} and not {wanted:?}", answer.status()));
        }
        if answer.status() < 300 || !STATUSES.contains(&answer.status()) {
            wrong.push("no refusal".to_owned());
        }
        wrong.extend(problem(answer));
        let writes: Vec<String> = self
            .proxy()
            .take_log()
            .into_iter()
            .filter(|call| call.status == Some(200) && writes(&call.operation))
            .map(|call| call.operation)
            .collect();
        if !writes.is_empty() {
            wrong.push(format!("writes by {writes:?}"));
        }
        if !wrong.is_empty() {
            let told: String = format!("{answer:?}").chars().take(400).collect();
            self.faults.push(format!("{what}: {}\n    {told}", wrong.join("; ")));
        }
    }

    /// Fails with everything that was noted.
    pub(crate) fn conclude(self) {
        assert!(self.faults.is_empty(), "{} faults\n{}", self.faults.len(), self.faults.join("\n"));
    }
}

/// The tenant's owner where that is enough: a superadmin's look into a tenant leaves a record.
fn permitted<'w>(world: &'w World, operation: &Operation) -> &'w Actor {
    if contract::is_runtimes(&operation.path) {
        return world.actor("runtime");
    }
    let by_platform = operation.path.ends_with("/archive") || operation.path.ends_with("/restore");
    let in_tenant = operation.path.contains("{org}") && !by_platform;
    world.actor(if in_tenant { "owner" } else { "superadmin" })
}

fn writes(operation: &str) -> bool {
    ["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem", "CreateTable"].contains(&operation)
}

/// What is missing for an RFC 9457 document with the product's own members.
fn problem(answer: &Answer) -> Vec<String> {
    let problem = answer.json();
    let mut wrong = vec![];
    if answer.header("content-type") != "application/problem+json" {
        wrong.push(format!("content type {}", answer.header("content-type")));
    }
    for member in ["type", "title", "code", "detail", "request_id"] {
        if problem[member].as_str().is_none_or(str::is_empty) {
            wrong.push(format!("no {member}"));
        }
    }
    if problem["status"] != answer.status() {
        wrong.push("another status in the document".to_owned());
    }
    if problem["request_id"] != answer.header("x-request-id") {
        wrong.push("another request id in the header".to_owned());
    }
    if problem["type"] != format!("/docs#problem-{}", answer.code()) {
        wrong.push("a type that is not its code's".to_owned());
    }
    wrong
}
