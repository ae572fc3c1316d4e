//! What admins choose, and what members see of it.

use serde_json::{Value, json};

use crate::place::Place;

#[tokio::test(flavor = "multi_thread")]
async fn choices_are_merged_recorded_and_refused_on_a_version_that_was_not_read() {
    let place = Place::start().await;
    let at = place.at("/model-choices");
    let first = place.admin().get(&at).await.expect_status(200);
    assert_eq!((first.header("etag"), first.json()["models_off"].clone()), ("\"0\"", json!([])));
    let _ = place.admin().edit(&at, json!({ "models": { "a": false, "b": false } })).await.expect_status(200);
    let after =
        place.admin().edit(&at, json!({ "models": { "a": true }, "instead": { "x": "y" } })).await.expect_status(200);
    let expected = json!({ "providers_off": [], "models_off": ["b"], "instead": { "x": "y" }, "version": 2 });
    assert_eq!(after.json(), expected);
    let stale = place.admin().with("if-match", "\"1\"").patch(&at, json!({ "models": { "c": false } })).await;
    assert_eq!(stale.status(), 412);
    let blind = place.admin().with("if-match", "\"0\"").patch(&at, json!({ "models": { "c": false } })).await;
    assert_eq!(blind.status(), 412, "the first version is gone");
    for wrong in [json!({ "instead": { "x": "x" } }), json!({ "models": { "": false } }), json!({ "model": {} })] {
        let refused = place.admin().edit(&at, wrong.clone()).await.status();
        assert!([400, 422].contains(&refused), "{wrong}: {refused}");
    }
    let recorded = place.ops.get(&place.at("/audit-events?action=models.chosen")).await.expect_status(200).json();
    let changes: Vec<&Value> = recorded["items"].as_array().unwrap().iter().map(|item| &item["changes"]).collect();
    assert_eq!(changes.len(), 2);
    let fields = |changes: &Value| {
        changes
            .as_array()
            .unwrap()
            .iter()
            .map(|change| change["field"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (fields(changes[0]), fields(changes[1])),
        (vec!["models.a".into(), "instead.x".into()], vec!["models.a".into(), "models.b".into()])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_admins_who_choose_at_once_do_not_undo_each_other() {
    let place = Place::start().await;
    let at = place.at("/model-choices");
    let patch = |model: &str| json!({ "models": { model: false } });
    let clients =
        [place.admin().with("if-match", "\"0\""), place.client("owner@acme.example").with("if-match", "\"0\"")];
    let (one, other) = tokio::join!(clients[0].patch(&at, patch("a")), clients[1].patch(&at, patch("b")));
    let mut statuses = [one.status(), other.status()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    assert_eq!(place.admin().get(&at).await.json()["models_off"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_see_what_is_offered_and_admins_alone_choose() {
    let place = Place::start().await;
    let member = place.client("member@acme.example");
    let global = place.global("Everybody's", json!({ "small": { "name": "Small and quick" }, "large": {} })).await;
    let own = place.provider(&place.at("/providers"), "Own", json!({ "small": {} })).await;
    assert_eq!(member.edit(&place.at("/model-choices"), json!({ "models": { "small": false } })).await.status(), 403);
    let choose = json!({ "providers": { own.clone(): false }, "instead": { "large": "small" } });
    let _ = place.admin().edit(&place.at("/model-choices"), choose).await.expect_status(200);
    let offered = member.get(&place.at("/models")).await.expect_status(200).json();
    let items = offered["items"].as_array().unwrap();
    assert_eq!(items.iter().map(|item| item["model"].as_str().unwrap()).collect::<Vec<_>>(), ["large", "small"]);
    assert_eq!(
        (&items[0]["instead"], &items[0]["usable"], &items[0]["served_by"]),
        (&json!("small"), &json!(true), &json!(global))
    );
    assert_eq!((&items[1]["served_by"], &items[1]["name"]), (&json!(global), &json!("Small and quick")));
    let refused =
        items[1]["candidates"].as_array().unwrap().iter().find(|candidate| candidate["provider_id"] == json!(own));
    assert_eq!(refused.unwrap()["refused_by"], "provider-off");
}
