//! What a check costs: checks a second and how long they take, through the local stack as it runs under `cargo xtask up`; the
//! handler's own time with a database that answers at once; the same under a lease; and what they write.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::Timestamp;
use domain::id::ReservationId;
use domain::quota::{Block, Tokens};
use journeys::{Client, Portal};
use serde_json::{Value, json};

use crate::tables;

/// So many checks are made in each row, unless the command line says otherwise.
pub(crate) const USUAL: u64 = 4_000;
/// So often the check is made alone, after so many that warm it.
const ALONE: u32 = 20_000;
const WARM: u32 = 2_000;
/// Far from any limit.
const LIMIT: u64 = 1_000_000_000_000;

/// An organization and a project in it.
#[derive(Clone)]
struct Place {
    org: String,
    project: String,
    use_case: String,
    user: String,
}

/// Measures and prints. What is written is counted by a proxy before the database, which takes time of its own: on a stack
/// by itself.
pub(crate) async fn run(checks: u64) {
    let portal = Portal::unhurried().await;
    let (runtime, places) = (runtime(&portal).await, places(&portal).await);
    for (kind, count) in [(Kind::Checks, checks), (Kind::Leases, checks / 4)] {
        let [first, second] = kind.names();
        println!(
            "\n{:>8} {:>6} {first:>8} {:>9} {:>10} {:>8} {:>8}",
            "callers",
            "orgs",
            format!("{first}/s"),
            "requests/s",
            "p50 ms",
            "p99 ms"
        );
        for (callers, organizations) in ROWS {
            let (took, seconds) = row(&runtime.0, &places[..organizations], (callers, count), kind).await;
            let (count, each) = (took.len(), f64::from(u32::try_from(took.len()).unwrap()) / seconds);
            println!(
                "{callers:>8} {organizations:>6} {count:>8} {each:>9.0} {:>10.0} {:>8.2} {:>8.2}",
                each * 2.0,
                millis(part(&took, 50)),
                millis(part(&took, 99)),
            );
        }
        println!("each is followed by its {second}, which is a request too; p50 and p99 are the first's alone");
    }
    leased(&runtime.0, &places[0]).await;
    alone_with(&portal, &runtime).await;
    portal.stop().await;
    units(checks).await;
}

/// The check's own time.
pub(crate) async fn alone() {
    let portal = Portal::unhurried().await;
    alone_with(&portal, &runtime(&portal).await).await;
    portal.stop().await;
}

/// So many callers in so many organizations.
const ROWS: [(u64, usize); 6] = [(1, 1), (16, 1), (256, 1), (1, 100), (16, 100), (256, 100)];

/// What is written.
async fn units(checks: u64) {
    let portal = Portal::measured().await;
    let (runtime, places) = (runtime(&portal).await, places(&portal).await);
    let proxy = portal.stack().proxy().unwrap();
    println!("\n{:>8} {:>6} {:>12} {:>12}", "callers", "orgs", "units/check", "units/lease");
    for (callers, organizations) in ROWS {
        let mut units = vec![];
        for (kind, count) in [(Kind::Checks, checks), (Kind::Leases, checks / 4)] {
            let _ = proxy.take_log();
            let (took, _) = row(&runtime.0, &places[..organizations], (callers, count), kind).await;
            let log = proxy.take_log();
            let written = log.iter().filter(|call| call.operation != "BatchGetItem").map(|call| call.capacity_units);
            units.push(written.sum::<f64>() / f64::from(u32::try_from(took.len()).unwrap()));
        }
        println!("{callers:>8} {organizations:>6} {:>12.2} {:>12.2}", units[0], units[1]);
    }
    println!("with what their releases and returns write");
    portal.stop().await;
}

/// What a row counts.
#[derive(Clone, Copy)]
enum Kind {
    Checks,
    Leases,
}

impl Kind {
    fn names(self) -> [&'static str; 2] {
        match self {
            Self::Checks => ["checks", "release"],
            Self::Leases => ["leases", "return"],
        }
    }
}

async fn alone_with(portal: &Portal, (runtime, token): &(Client, String)) {
    // Of its own, with counters that are there and have no branches.
    let place = place(portal, 100).await;
    let id = fresh();
    until_done(runtime, "/v1/quota-reservations", &place.asked(&id, 100)).await;
    until_done(runtime, &format!("/v1/quota-reservations/{id}/release"), &place.within()).await;
    let (router, client) = crate::alone::function(portal);
    let (mut took, mut own, mut clients) = (vec![], vec![], vec![]);
    for number in 0..ALONE + WARM {
        let one = crate::alone::check(&router, token, &place.asked(&fresh(), 100)).await;
        let in_client = client.take();
        if number >= WARM {
            took.push(one);
            own.push(one - in_client);
            clients.push(in_client);
        }
    }
    println!("\nthe check alone, over a database that answers at once, {ALONE} times:");
    for (what, mut took) in [("all of it", took), ("our own code", own), ("the SDK's five calls", clients)] {
        took.sort();
        let micros = |percent| part(&took, percent).as_secs_f64() * 1_000_000.0;
        println!("{what:>20}: p50 {:.0} µs, p99 {:.0} µs", micros(50), micros(99));
    }
}

/// How long each took, sorted, and all of them in seconds.
async fn row(runtime: &Client, places: &[Place], (callers, count): (u64, u64), kind: Kind) -> (Vec<Duration>, f64) {
    let each = (count / callers).max(1);
    let started = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let (runtime, places) = (runtime.clone(), places.to_vec());
            tokio::spawn(async move { turns(&runtime, &places, (caller, each), kind).await })
        })
        .collect();
    let mut took = vec![];
    for task in tasks {
        took.extend(task.await.unwrap());
    }
    let seconds = started.elapsed().as_secs_f64();
    took.sort();
    (took, seconds)
}

/// Asks again where the machine is too busy to answer in time; that counts.
async fn until_done(runtime: &Client, path: &str, body: &Value) {
    while runtime.post(path, body.clone()).await.status() >= 300 {}
}

/// Reserves and releases, or takes leases and returns them; how long each first half took. The second halves are not timed,
/// but they are load, and write as much.
async fn turns(runtime: &Client, places: &[Place], (caller, each): (u64, u64), kind: Kind) -> Vec<Duration> {
    let mut took = vec![];
    for number in 0..each {
        let place = &places[usize::try_from(caller + number * 7).unwrap() % places.len()];
        let id = fresh();
        let started = Instant::now();
        match kind {
            Kind::Checks => {
                until_done(runtime, "/v1/quota-reservations", &place.asked(&id, 100)).await;
                took.push(started.elapsed());
                until_done(runtime, &format!("/v1/quota-reservations/{id}/release"), &place.within()).await;
            }
            Kind::Leases => {
                until_done(runtime, "/v1/token-leases", &place.lease(&id, 10_000)).await;
                took.push(started.elapsed());
                until_done(runtime, &format!("/v1/token-leases/{id}/return"), &place.returned(5_000)).await;
            }
        }
    }
    took
}

/// One lease, and as many calls of its block as a runtime can account for in a second.
async fn leased(runtime: &Client, place: &Place) {
    let id = fresh();
    let started = Instant::now();
    let taken = runtime.post("/v1/token-leases", place.lease(&id, LIMIT / 16)).await.expect_status(200).json();
    let took = started.elapsed();
    let size = Tokens::try_from(taken["tokens"].as_u64().unwrap()).unwrap();
    let now = Timestamp::from_millis(millis_now());
    let (mut block, one, mut calls) = (Block::new(size, now), Tokens::try_from(100).unwrap(), 0_u32);
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(1) {
        for _ in 0..1_000 {
            // A second is longer than any block lasts at this speed.
            if !block.take(black_box(one), now) {
                block = Block::new(size, now);
            }
            block.settle(one, Tokens::try_from(60).unwrap());
            calls += 1;
        }
    }
    let per_second = f64::from(calls) / started.elapsed().as_secs_f64();
    let back = place.returned(block.used().get());
    let started = Instant::now();
    let _ = runtime.post(&format!("/v1/token-leases/{id}/return"), back).await.expect_status(200);
    println!(
        "\na lease: taken in {:.2} ms, {per_second:.0} calls/s accounted for in the process, returned in {:.2} ms",
        millis(took),
        millis(started.elapsed())
    );
}

impl Place {
    fn within(&self) -> Value {
        let Self { org, project, use_case, user } = self;
        json!({ "organization_id": org, "project_id": project, "use_case_id": use_case, "user_id": user })
    }

    fn lease(&self, id: &str, tokens: u64) -> Value {
        let mut asked = self.within();
        let wanted = [("id", json!(id)), ("tokens", json!(tokens))];
        asked.as_object_mut().unwrap().extend(wanted.map(|(name, value)| (name.to_owned(), value)));
        asked
    }

    fn returned(&self, used: u64) -> Value {
        let mut back = self.within();
        let line = json!({ "id": fresh(), "prompt_tokens": used, "completion_tokens": 0, "source": "provider" });
        back.as_object_mut().unwrap().insert("lines".to_owned(), json!([line]));
        back
    }

    fn asked(&self, id: &str, tokens: u64) -> Value {
        let Self { org, project, use_case, user } = self;
        let call =
            json!({ "id": id, "project_id": project, "use_case_id": use_case, "user_id": user, "tokens": tokens });
        json!({ "organization_id": org, "calls": [call] })
    }
}

/// A runtime and its token.
async fn runtime(portal: &Portal) -> (Client, String) {
    let ops = portal.superadmin().await;
    let made = ops.post("/v1/service-accounts", json!({ "name": "Runtime" })).await.expect_status(201).text("id");
    let key = ops.post(&format!("/v1/service-accounts/{made}/tokens"), json!({ "name": "Key" })).await;
    let token = key.expect_status(201).text("token");
    (portal.visitor().with_token(&token), token)
}

async fn places(portal: &Portal) -> Vec<Place> {
    let mut places = vec![];
    for number in 0..100 {
        places.push(place(portal, number).await);
    }
    places
}

/// An organization in which a call falls in four limited scopes.
async fn place(portal: &Portal, number: u32) -> Place {
    let (ops, org) = (portal.superadmin().await, portal.organization(&format!("Bench {number}")).await);
    let at = format!("/v1/organizations/{org}");
    let project = ops.post(&format!("{at}/projects"), json!({ "name": "Team" })).await.expect_status(201).text("id");
    let list = format!("{at}/projects/{project}/use-cases");
    let use_case = ops.post(&list, json!({ "name": "Answering" })).await.expect_status(201).text("id");
    // A superadmin needs no membership.
    let user = ops.get("/v1/me").await.expect_status(200).text("id");
    for scope in [
        "organization".to_owned(),
        format!("project#{project}"),
        format!("use_case#{use_case}"),
        format!("user#{user}"),
    ] {
        limit(portal, &org, &scope).await;
    }
    Place { org, project, use_case, user }
}

/// A limit as it is stored.
async fn limit(portal: &Portal, org: &str, scope: &str) {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let monthly = HashMap::from([("monthly".to_owned(), AttributeValue::N(LIMIT.to_string()))]);
    let call = tables::client(portal).put_item().table_name(&portal.stack().card().tables.tenants);
    let call = call.item("pk", text(&format!("{org}#LIMITS#{scope}"))).item("sk", text("LIMITS"));
    let call = call.item("own", AttributeValue::M(monthly)).item("version", AttributeValue::N("1".to_owned()));
    call.send().await.unwrap();
}

fn fresh() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    ReservationId::from_parts(millis_now(), NUMBER.fetch_add(1, Ordering::Relaxed).into()).to_string()
}

fn millis_now() -> u64 {
    u64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// The time within which that part of them was answered.
fn part(sorted: &[Duration], percent: usize) -> Duration {
    sorted[(sorted.len() * percent).div_ceil(100).saturating_sub(1)]
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
