use serde_json::json;

use super::*;

#[test]
fn of_a_tool_its_name_words_and_hints_are_kept() {
    let told = json!({
        "name": "get_weather", "title": "Weather", "description": "Says what the weather is.\nAnywhere.",
        "inputSchema": { "type": "object" }, "annotations": { "readOnlyHint": true, "destructiveHint": "no" },
        "icons": [{ "src": "https://example.com/a.png" }], "_meta": { "x": 1 },
    });
    let tool = Tool::read(&told).unwrap();
    assert_eq!(String::from(tool.name.clone()), "get_weather");
    assert_eq!(tool.title.as_deref(), Some("Weather"));
    assert_eq!(tool.description.as_deref(), Some("Says what the weather is. Anywhere."));
    assert_eq!((tool.annotations.read_only, tool.annotations.destructive), (Some(true), None));
    assert_eq!(tool.digest.len(), 32);
}

#[test]
fn a_name_that_could_pass_for_another_one_is_no_tool() {
    for name in [
        json!("get\u{202e}rehtaew"),
        json!("get_weather\u{200b}"),
        json!("get\nweather"),
        json!("gеt_weather"),
        json!(""),
        json!("x".repeat(129)),
        json!(7),
        json!(null),
    ] {
        assert_eq!(Tool::read(&json!({ "name": name })), None, "{name}");
    }
    for odd in [json!(null), json!([]), json!("get_weather"), json!({})] {
        assert_eq!(Tool::read(&odd), None);
    }
}

#[test]
fn whatever_is_said_of_a_tool_counts_beyond_what_is_kept_of_it() {
    let long = "x".repeat(5_000);
    let told = json!({ "name": "a", "description": long, "inputSchema": { "a": 1, "b": [1, 2] }, "annotations": {} });
    let digest = |change: &dyn Fn(&mut Value)| {
        let mut told = told.clone();
        change(&mut told);
        Tool::read(&told).unwrap().digest
    };
    let same = digest(&|_| {});
    assert_ne!(digest(&|told| told["description"] = json!(format!("{long}y"))), same, "behind the cut");
    assert_ne!(digest(&|told| told["inputSchema"]["b"] = json!([2, 1])), same);
    assert_ne!(digest(&|told| told["inputSchema"]["c"] = json!(null)), same);
    assert_ne!(digest(&|told| told["outputSchema"] = json!({})), same);
    assert_ne!(digest(&|told| told["annotations"]["readOnlyHint"] = json!(true)), same);
    assert_ne!(digest(&|told| told["title"] = json!("A")), same);
    assert_eq!(digest(&|told| told["inputSchema"] = json!({ "b": [1, 2], "a": 1 })), same, "members have no order");
    assert_eq!(digest(&|told| told["_meta"] = json!({ "at": 7 })), same);
}

#[test]
fn values_that_read_alike_have_digests_of_their_own() {
    let digest = |schema: Value| Tool::read(&json!({ "name": "a", "inputSchema": schema })).unwrap().digest;
    let all: BTreeSet<_> = [
        json!(null),
        json!("null"),
        json!(1),
        json!("1"),
        json!([]),
        json!({}),
        json!([[], []]),
        json!([[[]]]),
        json!(["a", "b"]),
        json!(["a\",\"b"]),
        json!({ "a": "b" }),
        json!(["a", ["b"]]),
    ]
    .into_iter()
    .map(digest)
    .collect();
    assert_eq!(all.len(), 12);
}

#[test]
fn a_list_keeps_each_name_once_and_says_what_it_left_out() {
    let mut list = ToolList::default();
    for name in ["a", "b", "a", "b\u{200b}"] {
        assert!(list.take(&json!({ "name": name })));
    }
    assert_eq!((list.tools.len(), list.left_out, list.more), (2, 2, false));
    for number in 2..TOOLS_MAX {
        assert!(list.take(&json!({ "name": format!("t{number}") })));
    }
    assert!(!list.take(&json!({ "name": "one-more" })));
    assert_eq!((list.tools.len(), list.more), (TOOLS_MAX, true));
}

#[test]
fn a_list_of_the_longest_tools_fits_into_an_item_of_the_database() {
    let mut list = ToolList::default();
    for number in 0..TOOLS_MAX {
        let words = "ä".repeat(2_000);
        let _ = list.take(&json!({ "name": format!("{number:0>128}"), "title": words, "description": words }));
    }
    assert!(serde_json::to_vec(&list).unwrap().len() < 350_000, "400 kB is the most that DynamoDB takes");
}
