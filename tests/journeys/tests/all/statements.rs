//! From calls that the runtime settles to usage, statements and alerts, as people see them.

use journeys::{Book, Client, Row};
use serde_json::{Value, json};

use crate::metered::{Place, later, now};

fn sum(items: &Value, field: &str) -> u64 {
    items.as_array().unwrap().iter().map(|item| item[field].as_u64().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_of_calls_becomes_a_statement_that_adds_up_in_every_form_and_outlives_its_project() {
    let place = Place::start().await;
    place.spend(1, 100, "small").await;
    place.spend(2, 250, "large").await;
    place.reset(now).await;
    let usage = place.member.1.get(&place.at("usage")).await.expect_status(200).json();
    assert_eq!((&usage["total"]["tokens"], usage["days"].as_array().unwrap().len()), (&json!(350), 30));
    assert!(usage["as_of"].is_string());
    let of_project = place.at(&format!("usage?of=project&project={}", place.project));
    let _ = place.member.1.get(&of_project).await.expect_status(403);
    let seen = place.admin.get(&of_project).await.expect_status(200).json();
    assert_eq!(seen["total"], usage["total"]);
    let _ = place.admin.get(&place.at("statements")).await.expect_status(403);

    let _ = place.ops.delete(&place.at(&format!("projects/{}", place.project))).await.expect_status(204);
    place.reset(later).await;
    let month = now().day()[..7].to_owned();
    let list = place.owner.get(&place.at("statements")).await.expect_status(200).json();
    let head = list["items"].as_array().unwrap().iter().find(|item| item["month"] == month).unwrap();
    assert_eq!(
        (&head["closed"], &head["total"]["tokens"], &head["total"]["cost_micro_usd"]),
        (&json!(true), &json!(350), &json!(700))
    );
    for by in ["project", "use_case", "model", "user"] {
        let page = place.owner.get(&place.at(&format!("statements/{month}?by={by}"))).await.expect_status(200).json();
        for field in ["tokens", "prompt_tokens", "completion_tokens", "cost_micro_usd"] {
            assert_eq!(sum(&page["items"], field), page["total"][field].as_u64().unwrap(), "{by} {field}");
        }
        assert_eq!(page["items"].as_array().unwrap().len(), if by == "model" { 2 } else { 1 });
        assert_eq!((&page["version"], &head["version"]), (&json!(2), &json!(2)), "{by}");
    }
    let by_project = place.owner.get(&place.at(&format!("statements/{month}"))).await.json();
    assert_eq!(by_project["items"][0]["name"], "=cmd|'/c calc'!A1", "a project that is gone keeps its name");
    let csv = place.owner.get(&place.at(&format!("statements/{month}?format=csv"))).await.expect_status(200);
    let text = String::from_utf8(csv.bytes().to_vec()).unwrap();
    assert!(text.contains("total,,,,348,2,350,700\r\n") && text.contains(",\"'=cmd|'/c calc'!A1\","), "{text}");
    let book = place.owner.get(&place.at(&format!("statements/{month}?format=xlsx"))).await.expect_status(200);
    let rows = Book::read(book.bytes().to_vec());
    let rows = rows.sheet(&month);
    assert_eq!((rows.len(), rows[0]["tokens"].as_str()), (6, "350"));
    assert_eq!(rows[1]["name"], "=cmd|'/c calc'!A1", "text, as it was typed");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_usage_of_another_organization_nor_learns_of_what_is_in_it() {
    let place = Place::start().await;
    place.spend(1, 100, "small").await;
    place.reset(now).await;
    let other = place.portal.organization("Other").await;
    let row = Row { org: &other, email: "x@b.example", role: "owner", ..Row::default() };
    let (id, stranger) = place.portal.people(&[row]).await.remove("x@b.example").unwrap();
    for path in ["usage", "usage?of=organization", "statements", "statements/2026-11?format=csv"] {
        let _ = stranger.get(&place.at(path)).await.expect_status(404);
    }
    for query in [
        format!("of=project&project={}", place.project),
        format!("of=user&user={}", place.member.0),
        "of=user&user=usr_00000000000000000000000001".to_owned(),
    ] {
        let answer = stranger.get(&format!("/v1/organizations/{other}/usage?{query}")).await;
        assert_eq!(answer.expect_status(404).code(), "resource.not-found", "{query}");
    }
    let _ = place.owner.get(&place.at(&format!("usage?of=user&user={id}"))).await.expect_status(404);
    for query in ["of=project", "of=organization&user=usr_00000000000000000000000001", "first_day=2026-11", "day=1"] {
        let _ = place.owner.get(&place.at(&format!("usage?{query}"))).await.expect_status(400);
    }
    let too_long = place.owner.get(&place.at("usage?first_day=2026-01-01&last_day=2026-11-30")).await;
    assert_eq!(too_long.expect_status(422).code(), "request.invalid");
    for month in ["2026-W48", "2026-11-30", "2020-01", "2999-01", "x"] {
        let _ = place.owner.get(&place.at(&format!("statements/{month}"))).await.expect_status(404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn admins_are_told_once_that_a_limit_is_nearly_used_in_the_inbox_and_by_mail() {
    let place = Place::start().await;
    place.limit(1_000).await;
    place.spend(1, 850, "small").await;
    for _ in 0..2 {
        place.reset(now).await;
    }
    place.portal.stack().idle().await;
    let told = async |who: &Client| {
        let inbox = who.get("/v1/me/notifications?limit=100").await.expect_status(200).json();
        let titles = inbox["items"].as_array().unwrap().iter().filter(|item| item["kind"] == "usage.alert");
        titles.map(|item| item["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for who in [&place.owner, &place.admin] {
        let titles = told(who).await;
        let of_month = titles.iter().filter(|title| title.contains("has used 80 % of its tokens for")).count();
        assert_eq!(of_month, 1, "{titles:?}");
        assert!(titles.iter().all(|title| title.starts_with("The organization “=Acme()”")), "{titles:?}");
    }
    assert!(told(&place.member.1).await.is_empty());
    let letters = place.portal.stack().mail().letters();
    let told = |letter: &&embedded::mail::Letter| letter.subject.contains("% of a token limit is used");
    assert!(letters.iter().filter(told).all(|letter| letter.to != ["m@a.example"]));
    assert!(letters.iter().filter(told).any(|letter| letter.to == ["a@a.example"]));
}
