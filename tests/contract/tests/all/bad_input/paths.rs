//! Ids in the path, methods, and paths that are none.

use contract::operations;
use reqwest::Method;

use super::Bench;

/// What is no id of that kind: `good` is one.
fn malformed(good: &str) -> Vec<String> {
    // Not an id, but a month, or one of few words.
    let Some((prefix, ulid)) = good.split_once('_') else {
        return if good.contains('-') { no_months() } else { no_kinds() };
    };
    vec![
        "x".to_owned(),
        "0".to_owned(),
        "-1".to_owned(),
        "null".to_owned(),
        prefix.to_owned(),
        format!("{prefix}_"),
        ulid.to_owned(),
        format!("xyz_{ulid}"),
        format!("evt_{ulid}"),
        format!("{}_{ulid}", prefix.to_uppercase()),
        format!("{prefix}_{}", ulid.to_lowercase()),
        format!("{good}0"),
        format!("{prefix}_{}", &ulid[1..]),
        format!("{prefix}_8ZZZZZZZZZZZZZZZZZZZZZZZZZ"),
        format!("{prefix}_{}", "U".repeat(26)),
        format!("{prefix}_{}", "Z".repeat(5_000)),
        format!("{good}%00"),
        format!("%00{good}"),
        format!("{good}%0a"),
        format!("{good}%20"),
        format!("{good}%23"),
        format!("{good}%2F{good}"),
        format!("{good}%252F"),
        format!("{prefix}%5F{ulid}%FF%FE"),
        "%C3%28".to_owned(),
        "%ED%A0%80".to_owned(),
        "%F0%9F%92%A9".to_owned(),
        "*".to_owned(),
        "%27%20OR%201=1--".to_owned(),
        "$%7Bjndi:ldap:%7D".to_owned(),
    ]
}

/// What is no kind of thing that may be limited.
fn no_kinds() -> Vec<String> {
    ["x", "PROJECT", "projects", "project%00", "%20project", "use-case", "*"].map(str::to_owned).into()
}

/// What is no month, or none that there can be a statement of.
fn no_months() -> Vec<String> {
    let texts = [
        "x",
        "0",
        "-1",
        "null",
        "2026",
        "2026-",
        "2026-1",
        "2026-13",
        "2026-00",
        "2026-11-30",
        "2026-W48",
        "0000-01",
        "1969-12",
        "2020-01",
        "9999-12",
        "99999-01",
        "2026-11%00",
        "2026-11%20",
        "2026%2F11",
        "%C3%28",
        "*",
    ];
    texts.map(str::to_owned).into()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_id_is_unknown_in_every_place_of_every_path() {
    let mut bench = Bench::start().await;
    for operation in operations() {
        let target = bench.target(&operation).await;
        for place in operation.places() {
            for id in malformed(target.ask.place(place)) {
                let answer = target.ask.at(place, &id).send(&operation, &target.client).await;
                let id: String = id.chars().take(60).collect();
                bench.check(&format!("{operation}: {place} = {id}"), &[404], &answer);
            }
        }
        bench.done(&target).await;
    }
    bench.conclude();
}

#[tokio::test(flavor = "multi_thread")]
async fn another_method_is_refused_and_the_answer_lists_those_that_there_are() {
    let mut bench = Bench::start().await;
    let all = operations();
    for operation in &all {
        let target = bench.target(operation).await;
        let taken: Vec<&Method> =
            all.iter().filter(|other| other.path == operation.path).map(|other| &other.method).collect();
        let path = target.ask.path(operation);
        let strange = Method::from_bytes(b"BREW").unwrap();
        for method in [Method::GET, Method::PUT, Method::POST, Method::PATCH, Method::DELETE, Method::TRACE, strange] {
            if taken.contains(&&method) {
                continue;
            }
            let answer = target.client.send(method.clone(), &path, None).await;
            let allow = answer.header("allow").to_owned();
            bench.check(&format!("{method} {}", operation.path), &[405], &answer);
            assert!(taken.iter().all(|method| allow.contains(method.as_str())), "{}: Allow: {allow}", operation.path);
        }
        bench.done(&target).await;
    }
    bench.conclude();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_that_is_none_is_unknown_to_everybody() {
    let mut bench = Bench::start().await;
    let clients = [bench.world.actor("owner").client.clone(), bench.world.portal.visitor()];
    let org = bench.world.acme.org.clone();
    for path in [
        "/v1".to_owned(),
        "/v1/".to_owned(),
        "/v2/me".to_owned(),
        "/v1/me/".to_owned(),
        "/v1/ME".to_owned(),
        "/v1//me".to_owned(),
        "/v1/me%2F".to_owned(),
        "/v1/me;x=1".to_owned(),
        "/v1/organizations/".to_owned(),
        format!("/v1/organizations/{org}/"),
        format!("/v1/organizations//{org}"),
        format!("/v1/organizations/{org}/nothing"),
        "/v1/organizations//members".to_owned(),
        "/v1/%FF".to_owned(),
        "/%00".to_owned(),
        format!("/{}", "a/".repeat(4_000)),
    ] {
        for client in &clients {
            let answer = client.get(&path).await;
            let told: String = path.chars().take(60).collect();
            bench.check(&told, &[404, 401], &answer);
        }
    }
    bench.conclude();
}
