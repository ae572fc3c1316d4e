//! `If-Match`, `Idempotency-Key`, `Authorization`.

use contract::operations;

use super::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_needs_the_tag_of_the_present_version() {
    let mut bench = Bench::start().await;
    for operation in operations().iter().filter(|operation| operation.takes_header("if-match")) {
        let mut target = bench.target(operation).await;
        target.ask.if_match = None;
        let answer = target.ask.send(operation, &target.client).await;
        bench.check(&format!("{operation}: no If-Match"), &[428], &answer);
        for tag in [
            "\"0\"",
            "\"99999\"",
            "\"99999999999999999999999\"",
            "\"x\"",
            "1",
            "abc",
            "W/\"1\"",
            "\"\"",
            "",
            "\"-1\"",
            "\"1\", \"2\"",
        ] {
            target.ask.if_match = Some(tag.to_owned());
            let answer = target.ask.send(operation, &target.client).await;
            bench.check(&format!("{operation}: If-Match: {tag}"), &[400, 412], &answer);
        }
        bench.done(&target).await;
    }
    bench.conclude();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_idempotency_key_is_refused_by_every_operation_that_takes_one() {
    let mut bench = Bench::start().await;
    let takes: Vec<_> =
        operations().into_iter().filter(|operation| operation.takes_header("idempotency-key")).collect();
    assert!(takes.len() >= 6);
    for operation in takes {
        let target = bench.target(&operation).await;
        for key in ["", "   ", &"k".repeat(256), &"k".repeat(1_000), "schlüssel", "a\tb"] {
            let client = target.client.with("idempotency-key", key);
            let answer = target.ask.send(&operation, &client).await;
            let told: String = key.chars().take(20).collect();
            bench.check(&format!("{operation}: Idempotency-Key: {told}"), &[400], &answer);
        }
        bench.done(&target).await;
    }
    bench.conclude();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_token_opens_no_operation() {
    let mut bench = Bench::start().await;
    let nobody = bench.world.portal.visitor();
    let long = format!("Bearer {}", "a".repeat(8_000));
    let ulid = |id: &str| id.split_once('_').unwrap().1.to_owned();
    let place = &bench.world.acme;
    let (account, token) = (ulid(&place.service_account), ulid(&place.api_token));
    let guessed = format!("Bearer apt_{account}_{token}_{}", "A".repeat(43));
    let of_nobody = format!("Bearer apt_{token}_{account}_{}", "A".repeat(43));
    let overlong = format!("Bearer apt_{account}_{token}_{}", "A".repeat(8_000));
    for operation in operations().iter().filter(|operation| !operation.is_open()) {
        let target = bench.target(operation).await;
        for value in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer aps_",
            "Basic YTpi",
            "Bearer aps_01JZA000000000000000000000_01JZA000000000000000000000_AAAA",
            &long,
            "Bearer ü",
            "Bearer apt_",
            &guessed,
            &of_nobody,
            &overlong,
        ] {
            let answer = target.ask.send(operation, &nobody.with("authorization", value)).await;
            let told: String = value.chars().take(40).collect();
            bench.check(&format!("{operation}: Authorization: {told}"), &[401], &answer);
        }
        bench.done(&target).await;
    }
    bench.conclude();
}
