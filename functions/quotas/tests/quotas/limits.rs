//! Limits and defaults: who sets them, on which version, and what counts then.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::place::{Place, tally};

#[tokio::test(flavor = "multi_thread")]
async fn each_role_sets_what_the_table_of_roles_gives_it_and_nothing_else() {
    let place = Place::start().await;
    let things = ["organization", "project", "use_case", "member"];
    for (who, wanted) in [
        ("member", [403; 4]),
        ("operator", [403; 4]),
        ("p-admin", [403, 403, 200, 403]),
        ("admin", [403, 200, 200, 200]),
        ("owner", [403, 200, 200, 200]),
        ("owner@beta.example", [404; 4]),
    ] {
        for (of, wanted) in things.into_iter().zip(wanted) {
            let path = place.limits(of);
            let tag = place.ops.get(&path).await.expect_status(200).header("etag").to_owned();
            let client = place.client(who).with("if-match", &tag);
            assert_eq!(client.put(&path, json!({ "monthly": 5 })).await.status(), wanted, "{who} replaces {of}");
            let tag = place.ops.get(&path).await.expect_status(200).header("etag").to_owned();
            let client = place.client(who).with("if-match", &tag);
            assert_eq!(client.patch(&path, json!({ "daily": 5 })).await.status(), wanted, "{who} edits {of}");
            let top_up = place.client(who).post(&place.at("top-ups"), place.top_up(of, 1)).await.status();
            // Of what nobody has limited yet there is nothing to add to.
            let wanted = if wanted == 200 { 201 } else { wanted };
            assert_eq!(top_up, wanted, "{who} tops up {of}");
        }
    }
    for of in things {
        place.limit(of, json!({ "monthly": 6 })).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_is_edited_on_the_version_that_was_read_and_by_one_of_many_who_read_it() {
    let place = Place::start().await;
    let (path, admin) = (place.limits("project"), place.client("admin"));
    let first = admin.get(&path).await.expect_status(200);
    assert_eq!((first.header("etag"), first.json()["limits"]["monthly"].clone()), ("\"0\"", Value::Null));
    assert_eq!(admin.put(&path, json!({})).await.expect_status(428).code(), "precondition.required");
    place.limit("project", json!({ "daily": 7 })).await;
    let racers = (0..32_u64).map(|number| {
        let client = place.client(if number % 2 == 0 { "admin" } else { "other-admin" }).with("if-match", "\"1\"");
        let path = path.clone();
        async move { client.patch(&path, json!({ "monthly": number })).await }
    });
    let answers = join_all(racers).await;
    assert_eq!(tally(&answers).get(&200), Some(&1), "{:?}", tally(&answers));
    assert!(answers.iter().all(|answer| [200, 409, 412].contains(&answer.status())), "{:?}", tally(&answers));
    let now = admin.get(&path).await.expect_status(200);
    assert_eq!(now.header("etag"), "\"2\"");
    assert_eq!(place.recorded("quota.changed").await.len(), 2);
    let same = json!({ "monthly": now.json()["limits"]["monthly"] });
    let again = admin.with("if-match", "\"2\"").patch(&path, same).await.expect_status(200);
    assert_eq!(again.header("etag"), "\"2\"", "the same again changes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_nearest_layer_counts_and_is_named_and_a_cleared_limit_gives_way_to_the_next() {
    let place = Place::start().await;
    let month = |of: &'static str| place.standing(of, "user", "monthly", "");
    assert_eq!(month("member").await["source"], "unlimited");
    let _ = place.ops.edit("/v1/quota-defaults", json!({ "user": { "monthly": 300 } })).await.expect_status(200);
    let seen = month("member").await;
    assert_eq!((&seen["limit"], &seen["source"]), (&json!(300), &json!("platform_default")));
    let defaults = place.at("quota-defaults");
    let _ = place.client("admin").edit(&defaults, json!({ "user": { "monthly": 200 } })).await.expect_status(200);
    assert_eq!(month("member").await["source"], "organization_default");
    place.limit("member", json!({ "monthly": 0 })).await;
    let seen = month("member").await;
    assert_eq!((&seen["limit"], &seen["remaining"], &seen["source"]), (&json!(0), &json!(0), &json!("explicit")));
    assert_eq!((&seen["organization_default"], &seen["platform_default"]), (&json!(200), &json!(300)));
    assert_eq!(month("operator").await["limit"], 200, "somebody else's limit is another one");
    let cleared = place.client("admin").edit(&place.limits("member"), json!({ "monthly": null })).await;
    assert_eq!(cleared.expect_status(200).json()["version"], 2);
    assert_eq!(month("member").await["limit"], 200);
    assert!(place.items(place.client("admin"), "quotas").await.is_empty(), "nothing explicit is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_organization_sets_its_own_ceiling_by_a_default() {
    let place = Place::start().await;
    let (path, owner) = (place.at("quota-defaults"), place.client("owner"));
    let refused = owner.with("if-match", "\"0\"").patch(&path, json!({ "organization": { "monthly": 1 } })).await;
    assert_eq!(refused.expect_status(400).json()["errors"][0]["pointer"], "/organization");
    let all = [place.client("owner"), place.client("admin")].map(|client| client.get("/v1/quota-defaults"));
    assert!(join_all(all).await.iter().all(|answer| answer.status() == 403));
    let _ = place.ops.edit("/v1/quota-defaults", json!({ "organization": { "daily": 7 } })).await.expect_status(200);
    let ceiling = place.standing("member", "organization", "daily", "").await;
    assert_eq!((&ceiling["limit"], &ceiling["source"]), (&json!(7), &json!("platform_default")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_the_organizations_has_no_limits_in_it() {
    let place = Place::start().await;
    let owner = place.client("owner");
    let (foreign, beta) = (place.client("owner@beta.example"), place.id("owner@beta.example"));
    let other = place.ops.get("/v1/organizations?name_prefix=Beta").await;
    let other = other.json()["items"][0]["id"].as_str().map(str::to_owned);
    let projects = format!("/v1/organizations/{}/projects", other.as_deref().unwrap_or_default());
    let theirs = foreign.get(&projects).await.json()["items"][0]["id"].as_str().map(str::to_owned);
    let theirs = theirs.unwrap_or_else(|| "prj_01JZA000000000000000000000".to_owned());
    let (team, use_case) = (&place.team, &place.use_case);
    for rest in [
        format!("project/{theirs}"),
        format!("user/{beta}"),
        format!("use_case/{use_case}?project={theirs}"),
        format!("use_case/ucs_01JZA000000000000000000000?project={team}"),
        "organization/org_01JZA000000000000000000000".to_owned(),
        format!("user/{team}"),
        "planet/x".to_owned(),
    ] {
        let path = place.at(&format!("quotas/{rest}"));
        for client in [owner, &place.ops] {
            assert_eq!(client.get(&path).await.status(), 404, "{rest}");
            let put = client.with("if-match", "\"0\"").put(&path, json!({ "monthly": 1 })).await;
            assert_eq!(put.status(), 404, "{rest}");
        }
    }
    assert!(place.items(owner, "quotas").await.is_empty());
    for query in [
        format!("?user={beta}"),
        format!("?project={theirs}"),
        format!("?project={team}&use_case=ucs_01JZA000000000000000000000"),
    ] {
        let seen = owner.get(&place.at(&format!("quotas/effective{query}"))).await;
        assert_eq!(seen.status(), 404, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn members_see_what_binds_themselves_and_admins_everybody() {
    let place = Place::start().await;
    place.limit("organization", json!({ "monthly": 1000, "daily": 100 })).await;
    place.limit("use_case", json!({ "weekly": 50 })).await;
    let within = format!("?project={}&use_case={}", place.team, place.use_case);
    let path = place.at(&format!("quotas/effective{within}"));
    let seen = place.client("operator").get(&path).await.expect_status(200).json();
    let kinds: Vec<&str> =
        seen["scopes"].as_array().unwrap().iter().map(|scope| scope["scope"]["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["organization", "project", "use_case", "user"]);
    assert_eq!(
        (&seen["tightest"]["scope"]["kind"], &seen["tightest"]["period"]),
        (&json!("use_case"), &json!("weekly"))
    );
    assert_eq!(seen["scopes"][2]["name"], "Answering");
    assert_eq!(place.client("member").get(&path).await.status(), 403, "who is not in the project");
    assert_eq!(place.client("owner@beta.example").get(&path).await.status(), 404);
    let of_operator = place.at(&format!("quotas/effective?user={}", place.id("operator")));
    assert_eq!(place.client("member").get(&of_operator).await.status(), 403);
    assert_eq!(place.client("p-admin").get(&of_operator).await.status(), 403);
    for client in [place.client("operator"), place.client("admin"), &place.ops] {
        let seen = client.get(&of_operator).await.expect_status(200).json();
        assert_eq!(seen["scopes"][1]["name"], "operator@acme.example");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_of_a_limit_holds_it_before_and_after_and_where_it_is() {
    let place = Place::start().await;
    place.limit("use_case", json!({ "monthly": 5 })).await;
    let changed = place.client("p-admin").edit(&place.limits("use_case"), json!({ "monthly": 4 })).await;
    let _ = changed.expect_status(200);
    let events = place.recorded("quota.changed").await;
    let event = events.iter().find(|event| event["changes"][0]["before"] == 5).unwrap();
    assert_eq!(event["changes"], json!([{ "field": "monthly", "before": 5, "after": 4 }]));
    assert_eq!((&event["project_id"], &event["target"]["name"]), (&json!(place.team), &json!("Answering")));
    assert_eq!(event["actor"]["name"], "p-admin@acme.example");
}
