//! The API's description: as it is kept, and complete.

use std::collections::BTreeSet;

use contract::{operations, root};
use serde_json::Value;

fn document() -> Value {
    serde_json::from_str(&local::openapi::json().unwrap()).unwrap()
}

fn kept(name: &str) -> String {
    std::fs::read_to_string(root().join("infra/openapi").join(name)).unwrap()
}

#[test]
fn the_kept_description_and_page_are_those_of_the_code() {
    let hint = "run cargo xtask openapi, and read what changed";
    assert!(kept("openapi.json") == local::openapi::json().unwrap(), "openapi.json: {hint}");
    assert!(kept("docs.html") == local::openapi::page(), "docs.html: {hint}");
}

#[test]
fn it_is_openapi_3_1_and_every_reference_leads_somewhere() {
    let document = document();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    let mut open = vec![&document];
    while let Some(value) = open.pop() {
        if let Some(reference) = value["$ref"].as_str() {
            let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leaves the document"));
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
        match value {
            Value::Array(all) => open.extend(all),
            Value::Object(all) => open.extend(all.values()),
            _ => {}
        }
    }
}

#[test]
fn every_operation_has_an_id_of_its_own_a_summary_and_a_tag() {
    let mut ids = BTreeSet::new();
    for operation in operations() {
        let id = operation.described["operationId"].as_str().unwrap_or_else(|| panic!("{operation} has no id"));
        assert!(ids.insert(id.to_owned()), "{id} is the id of two operations");
        assert!(operation.described["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{operation}");
        assert_eq!(operation.described["tags"].as_array().map(Vec::len), Some(1), "{operation}");
    }
}

#[test]
fn every_place_of_a_path_is_a_required_parameter_and_no_other_is() {
    for operation in operations() {
        let declared: BTreeSet<String> = operation.parameters("path").into_iter().collect();
        let places: BTreeSet<String> = operation.places().into_iter().map(str::to_owned).collect();
        assert_eq!(declared, places, "{operation}");
        let parameters = operation.described["parameters"].as_array().into_iter().flatten();
        for parameter in parameters.filter(|parameter| parameter["in"] == "path") {
            assert_eq!(parameter["required"], true, "{operation}: {}", parameter["name"]);
        }
    }
}

#[test]
fn every_body_has_a_schema_and_every_problem_its_media_type() {
    // What a request for a link comes to is told to nobody but the mailbox.
    let silent = ["/v1/email-verifications", "/v1/password-resets", "/v1/me/email"];
    for operation in operations() {
        if operation.takes_body() {
            for content in operation.described["requestBody"]["content"].as_object().unwrap().values() {
                assert!(content["schema"].is_object(), "{operation}");
            }
        }
        for (status, response) in operation.described["responses"].as_object().unwrap() {
            assert!(response["description"].as_str().is_some_and(|words| !words.is_empty()), "{operation}: {status}");
            let contents = response["content"].as_object();
            let is_bodiless = match status.as_str() {
                "204" | "304" => true,
                "202" => silent.contains(&operation.path.as_str()),
                _ => false,
            };
            assert_eq!(contents.is_none(), is_bodiless, "{operation}: {status}");
            for (kind, content) in contents.into_iter().flatten() {
                assert!(content["schema"].is_object(), "{operation}: {status} {kind}");
                let refusal = status == "default" || status.as_str() >= "400";
                assert_eq!(kind == "application/problem+json", refusal, "{operation}: {status} {kind}");
            }
        }
    }
}

#[test]
fn what_makes_or_spends_takes_an_idempotency_key_and_what_edits_needs_a_tag() {
    // Sign-ins, password changes, links and steps of state are not repeated by accident: the second one is refused or changes
    // nothing.
    let by_state = [
        "/archive",
        "/restore",
        "/delete",
        "/cancel-deletion",
        "/suspend",
        "/reactivate",
        "/sessions",
        "/password",
        "/me/email",
        "/verify",
        "/confirm",
        "/email-verifications",
        "/password-resets",
        "/accept",
        "/look-up",
        "/revoke",
        "/deny",
        "/cancel",
        "/link",
        "/read",
        "/read-all",
        // Nothing is made: somebody else is asked.
        "/test",
        "/discover",
        // What is spent has an id of the caller's, which is its key.
        "/quota-reservations",
        "/settle",
        "/release",
        "/token-leases",
        "/credential-leases",
        "/mcp-server-leases",
        "/oauth-client-leases",
        // Something is computed, and nothing made.
        "/cost-comparisons",
        "/return",
    ];
    for operation in operations() {
        let makes = operation.method.as_str() == "POST" && !by_state.iter().any(|end| operation.path.ends_with(end));
        assert_eq!(operation.takes_header("idempotency-key"), makes, "{operation}");
        // What a PUT replaces as a whole is edited too, and a credential is meant for the address that was read; a role in a
        // project is given again without harm.
        let replaces = ["/quotas/", "/credential", "/parameters", "/rotation-schedule"]
            .iter()
            .any(|part| operation.path.contains(part));
        let edits = operation.method.as_str() == "PATCH"
            || operation.to_string().starts_with("PUT ") && replaces
            || operation.path.ends_with("/providers/{id}/rotations");
        assert_eq!(operation.takes_header("if-match"), edits, "{operation}");
    }
}

#[test]
fn every_list_has_a_cursor_and_a_limit() {
    for operation in operations() {
        let schema = operation.described["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].as_str();
        if !schema.is_some_and(|schema| schema.contains("PageView")) {
            continue;
        }
        let query = operation.parameters("query");
        let pages = query.contains(&"cursor".to_owned()) && query.contains(&"limit".to_owned());
        assert!(pages, "{operation}");
    }
}

#[test]
fn the_page_asks_nobody_else_and_has_an_anchor_for_every_operation() {
    let page = local::openapi::page();
    for sign in ["src=", "<script", "<link", "<img", "<iframe", "@import", "url(", "srcset", "<form", "<object"] {
        assert!(!page.contains(sign), "{sign} in the page");
    }
    for (_, rest) in page.match_indices("href=\"").map(|(at, begin)| page.split_at(at + begin.len())) {
        let target = rest.split('"').next().unwrap();
        let own = target.starts_with('#') || (target.starts_with('/') && !target.starts_with("//"));
        assert!(own, "{target} leaves the portal");
        if let Some(anchor) = target.strip_prefix('#') {
            assert!(page.contains(&format!("id=\"{anchor}\"")), "#{anchor} leads nowhere");
        }
    }
    for operation in operations() {
        let id = operation.described["operationId"].as_str().unwrap();
        assert!(page.contains(&format!("id=\"{id}\"")), "{operation} has no anchor {id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_serves_the_kept_description_and_page() {
    let portal = journeys::Portal::start().await;
    let answer = portal.visitor().get("/v1/openapi.json").await.expect_status(200);
    assert!(answer.bytes() == kept("openapi.json").as_bytes());
    let page = portal.visitor().get("/docs").await.expect_status(200);
    assert!(page.bytes() == kept("docs.html").as_bytes());
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    let again = portal.visitor().with("if-none-match", answer.header("etag")).get("/v1/openapi.json").await;
    assert_eq!((again.status(), again.bytes().len()), (304, 0));
}

#[test]
fn no_two_types_of_the_code_share_a_schema() {
    // The document keeps one schema a name: of two types the one that comes last would describe both.
    let mut named = std::collections::BTreeMap::new();
    for folder in ["functions", "shared"] {
        for room in std::fs::read_dir(contract::root().join(folder)).unwrap() {
            for file in std::fs::read_dir(room.unwrap().path().join("src")).into_iter().flatten() {
                let path = file.unwrap().path();
                let Ok(text) = std::fs::read_to_string(&path) else { continue };
                for rest in text.split("#[derive(").skip(1).filter(|rest| derives_schema(rest)) {
                    let lines = rest.lines();
                    let mut declared = lines.filter_map(|line| line.split_once("struct ").or(line.split_once("enum ")));
                    let (_, declared) = declared.next().unwrap();
                    let name = declared.split(|c: char| !c.is_alphanumeric()).next().unwrap();
                    let other = named.insert(name.to_owned(), path.clone());
                    assert!(other.is_none(), "{name} is in {} and in {}", path.display(), other.unwrap().display());
                }
            }
        }
    }
    assert!(named.len() > 20, "{named:?}");
}

fn derives_schema(derived: &str) -> bool {
    derived.split(')').next().is_some_and(|traits| traits.contains("ToSchema"))
}
