//! API tokens: two at most, shown once, ended at once.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::EventKind;
use futures::future::join_all;
use serde_json::json;

use crate::portal::{Ask, Portal, now, pass};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_token_is_shown_once_and_its_secret_is_kept_nowhere() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    let list = portal.accounts_of("Acme").await;
    let robot = portal.program(&root, &list, "member").await;
    let tokens = format!("{}/tokens", robot.path);
    let ask = || Ask::post(&tokens, json!({"name": "Second"})).with("idempotency-key", "once").by(&root);
    let made = portal.call(ask()).await.expect(201);
    let secret = made.token().rsplit('_').next().unwrap().to_owned();
    assert!(made.token().starts_with("apt_") && made.token().len() == 4 + 26 + 1 + 26 + 1 + 43, "{}", made.text);
    let again = portal.call(ask()).await.expect(201).json();
    assert_eq!((&again["id"], again.get("token")), (&made.json()["id"], None));
    let list = portal.call(Ask::get(&tokens).by(&root)).await.expect(200);
    assert_eq!(list.json()["items"].as_array().unwrap().len(), 2);
    assert!(!list.text.contains("apt_") && !list.text.contains(&secret));
    let stored = portal.client.query().table_name("platform").key_condition_expression("pk = :pk");
    let stored = stored.expression_attribute_values(":pk", AttributeValue::S(format!("SERVICE#{}", robot.id)));
    let stored = format!("{:?}", stored.send().await.unwrap().items);
    assert!(stored.contains("TOKEN#") && !stored.contains(&secret), "{stored}");
    let events = portal.events(EventKind::ApiTokenCreated).await;
    assert!(!format!("{events:?}").contains(&secret));
    let mut names: Vec<_> = events.iter().filter_map(|event| event.target.name.as_deref()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Key", "Second"]);
}

#[tokio::test]
async fn of_64_tokens_asked_for_at_once_two_are_made() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    let list = portal.accounts_of("Acme").await;
    let made = portal.call(Ask::post(&list, json!({"name": "Robot", "role": "member"})).by(&root)).await.expect(201);
    let tokens = format!("{}/tokens", made.header("location"));
    let ask = || portal.call(Ask::post(&tokens, json!({"name": "Key"})).by(&root));
    let answers = join_all((0..64).map(|_| ask())).await;
    let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status.as_u16() == 201);
    assert_eq!(made.len(), 2);
    for answer in refused {
        let code = answer.json()["code"].as_str().unwrap().to_owned();
        assert_eq!(answer.status.as_u16(), 409, "{}", answer.text);
        assert!(["api-token.too-many", "resource.busy"].contains(&code.as_str()), "{code}");
    }
    for answer in &made {
        portal.whoami(&answer.token()).await.expect(200);
    }
    ask().await.problem(409, "api-token.too-many");
    assert_eq!(portal.events(EventKind::ApiTokenCreated).await.len(), 2);
}

#[tokio::test]
async fn a_token_ends_at_its_time_and_makes_room_for_another() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    let list = portal.accounts_of("Acme").await;
    let robot = portal.program(&root, &list, "member").await;
    let tokens = format!("{}/tokens", robot.path);
    let at = |time: domain::Timestamp| json!({"name": "Short", "expires_at": time.to_string()});
    portal.call(Ask::post(&tokens, at(now())).by(&root)).await.problem(422, "request.invalid");
    let short = portal.call(Ask::post(&tokens, at(now().plus(HOUR))).by(&root)).await.expect(201).token();
    portal.call(Ask::post(&tokens, json!({"name": "Third"})).by(&root)).await.problem(409, "api-token.too-many");
    pass(HOUR - Duration::from_millis(1));
    portal.whoami(&short).await.expect(200);
    pass(Duration::from_millis(1));
    portal.whoami(&short).await.problem(401, "session.required");
    assert_eq!(portal.call(Ask::get(&tokens).by(&root)).await.json()["items"].as_array().unwrap().len(), 1);
    let third = portal.call(Ask::post(&tokens, json!({"name": "Third"})).by(&root)).await.expect(201).token();
    portal.call(Ask::post(&tokens, json!({"name": "Fourth"})).by(&root)).await.problem(409, "api-token.too-many");
    for token in [&robot.token, &third] {
        portal.whoami(token).await.expect(200);
    }
}

#[tokio::test]
async fn a_revocation_ends_one_token_and_the_other_holds() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    let list = portal.accounts_of("Acme").await;
    let robot = portal.program(&root, &list, "member").await;
    let (second, _) = portal.key(&root, &robot.path).await;
    let first = format!("{}/tokens/{}", robot.path, robot.token_id);
    portal.call(Ask::delete(&first).by(&root)).await.expect(204);
    portal.whoami(&robot.token).await.problem(401, "session.required");
    portal.whoami(&second).await.expect(200);
    portal.call(Ask::delete(&first).by(&root)).await.problem(404, "resource.not-found");
    let events = portal.events(EventKind::ApiTokenRevoked).await;
    assert_eq!((events.len(), events[0].target.name.as_deref()), (1, Some("Key")));
    portal.key(&root, &robot.path).await;
}

#[tokio::test]
async fn a_suspended_account_is_refused_until_it_is_not_any_more() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    let list = portal.accounts_of("Acme").await;
    for robot in
        [portal.program(&root, &list, "owner").await, portal.program(&root, "/v1/service-accounts", "runtime").await]
    {
        for (tag, suspended) in [("\"1\"", true), ("\"2\"", false)] {
            let edit = Ask::patch(&robot.path, json!({"suspended": suspended})).version(tag).by(&root);
            portal.call(edit).await.expect(200);
            portal.whoami(&robot.token).await.expect(if suspended { 401 } else { 200 });
        }
    }
}

#[tokio::test]
async fn a_token_that_outlives_its_account_or_its_place_on_the_list_opens_nothing() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    let list = portal.accounts_of("Acme").await;
    let (robot, other) = (portal.program(&root, &list, "member").await, portal.program(&root, &list, "member").await);
    let key = |robot: &str| (AttributeValue::S(format!("SERVICE#{robot}")), AttributeValue::S("SERVICE".to_owned()));
    let (pk, sk) = key(&robot.id);
    portal.client.delete_item().table_name("platform").key("pk", pk).key("sk", sk).send().await.unwrap();
    portal.whoami(&robot.token).await.problem(401, "session.required");
    let (pk, sk) = key(&other.id);
    let update = portal.client.update_item().table_name("platform").key("pk", pk).key("sk", sk);
    let update = update.update_expression("SET tokens = :none");
    let none = AttributeValue::M(std::collections::HashMap::new());
    update.expression_attribute_values(":none", none).send().await.unwrap();
    portal.whoami(&other.token).await.problem(401, "session.required");
}

#[tokio::test]
async fn the_last_use_is_written_once_a_minute_at_most() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    let list = portal.accounts_of("Acme").await;
    let robot = portal.program(&root, &list, "member").await;
    let tokens = format!("{}/tokens", robot.path);
    let last = async || {
        let listed = portal.call(Ask::get(&tokens).by(&root)).await.expect(200).json();
        listed["items"][0]["last_used_at"].as_str().map(str::to_owned)
    };
    assert_eq!(last().await, None);
    join_all((0..8).map(|_| portal.whoami(&robot.token))).await;
    let first = now().to_string();
    assert_eq!(last().await, Some(first.clone()));
    pass(Duration::from_millis(59_999));
    portal.whoami(&robot.token).await.expect(200);
    assert_eq!(last().await, Some(first));
    pass(Duration::from_millis(1));
    portal.whoami(&robot.token).await.expect(200);
    assert_eq!(last().await, Some(now().to_string()));
}

#[tokio::test]
async fn another_secret_or_another_accounts_id_opens_nothing_and_leaves_nothing() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    let list = portal.accounts_of("Acme").await;
    let (robot, other) = (portal.program(&root, &list, "member").await, portal.program(&root, &list, "member").await);
    let parts = |token: &str| token.splitn(4, '_').map(str::to_owned).collect::<Vec<_>>();
    let (own, others) = (parts(&robot.token), parts(&other.token));
    for forged in [
        [&own[0], &own[1], &own[2], &others[3]],
        [&own[0], &others[1], &own[2], &own[3]],
        [&own[0], &own[1], &others[2], &own[3]],
        [&"aps".to_owned(), &own[1], &own[2], &own[3]],
    ] {
        let token = forged.map(String::as_str).join("_");
        let answer = portal.whoami(&token).await.problem(401, "session.required");
        assert!(!answer.text.contains(&own[3]) && !answer.text.contains(&others[3]));
    }
    let listed = portal.call(Ask::get(&format!("{}/tokens", robot.path)).by(&root)).await.expect(200).json();
    assert_eq!(listed["items"][0].get("last_used_at"), None);
}
