//! Servers that do as the protocol says, in each of its revisions.

use axum::body::Body;
use axum::body::Bytes;
use futures::stream::{self, StreamExt};
use serde_json::json;

use crate::server::{Server, answered, error, legacy, names, result, said, tools};

#[tokio::test]
async fn a_server_of_the_newest_revision_is_asked_once_and_told_all_there_is_to_know() {
    let server = Server::start(|call| {
        let mut page = tools(&["add", "subtract"]);
        page["resultType"] = json!("complete");
        result(call, page)
    })
    .await;
    let found = server.discover().await.unwrap();
    assert_eq!((found.protocol, names(&found)), ("2026-07-28", vec!["add".to_owned(), "subtract".to_owned()]));
    let calls = server.calls();
    let [call] = calls.as_slice() else { panic!("{:?}", server.methods()) };
    assert_eq!(call.header("authorization"), "Bearer planted");
    assert_eq!(call.header("accept"), "application/json, text/event-stream");
    assert_eq!((call.header("mcp-protocol-version"), call.header("mcp-method")), ("2026-07-28", "tools/list"));
    let meta = &call.body["params"]["_meta"];
    assert_eq!(meta["io.modelcontextprotocol/protocolVersion"], "2026-07-28");
    assert_eq!(meta["io.modelcontextprotocol/clientInfo"]["name"], "admin-portal");
    assert_eq!(meta["io.modelcontextprotocol/clientCapabilities"], json!({}));
}

#[tokio::test]
async fn an_older_server_is_greeted_asked_page_by_page_and_bidden_goodbye() {
    let server = Server::start(legacy(Some("session-1"), |call| {
        let mut page = tools(&[if call.body["params"]["cursor"].is_null() { "first" } else { "second" }]);
        if call.body["params"]["cursor"].is_null() {
            page["nextCursor"] = json!("behind first");
        }
        result(call, page)
    }))
    .await;
    let found = server.discover().await.unwrap();
    assert_eq!((found.protocol, names(&found)), ("2025-11-25", vec!["first".to_owned(), "second".to_owned()]));
    let expected = ["tools/list", "initialize", "notifications/initialized", "tools/list", "tools/list", "DELETE"];
    assert_eq!(server.methods(), expected);
    for (at, call) in server.calls().iter().enumerate() {
        assert_eq!(call.header("authorization"), "Bearer planted", "{at}");
        assert_eq!(call.header("mcp-session-id"), if at < 2 { "" } else { "session-1" }, "{at}");
        let version = ["2026-07-28", ""].get(at).copied().unwrap_or("2025-11-25");
        assert_eq!(call.header("mcp-protocol-version"), version, "{at}");
        assert_eq!(call.body["params"]["_meta"].is_object(), at == 0, "{at}");
    }
    assert_eq!(server.calls()[2].body.get("id"), None, "a notification has no number");
}

#[tokio::test]
async fn a_server_without_sessions_is_not_bidden_goodbye() {
    let server = Server::start(legacy(None, |call| result(call, tools(&["a"])))).await;
    assert_eq!(names(&server.discover().await.unwrap()), ["a"]);
    assert!(!server.methods().contains(&"DELETE".to_owned()));
}

#[tokio::test]
async fn an_answer_may_come_in_a_stream_among_other_things_and_is_not_waited_behind() {
    let server = Server::start(legacy(Some("s"), |call| {
        let id = &call.body["id"];
        let other = json!({ "jsonrpc": "2.0", "method": "notifications/message", "params": { "level": "info" } });
        let asked = json!({ "jsonrpc": "2.0", "id": id, "method": "ping" });
        let answer = json!({ "jsonrpc": "2.0", "id": id, "result": tools(&["a"]) });
        let head = format!(": hello\n\nid: 1\ndata:\n\ndata: {other}\n\ndata: {asked}\n\nevent: message\n");
        let pieces = [head, format!("data: {answer}\n"), "\n".to_owned()]
            .map(|piece| Ok::<_, std::io::Error>(Bytes::from(piece)));
        // It never ends: whoever waited for that would be late.
        answered(
            200,
            "text/event-stream; charset=utf-8",
            Body::from_stream(stream::iter(pieces).chain(stream::pending())),
        )
    }))
    .await;
    assert_eq!(names(&server.discover().await.unwrap()), ["a"]);
    assert_eq!(server.methods().last().unwrap(), "DELETE");
}

#[tokio::test]
async fn a_server_may_choose_an_older_revision_that_is_known_and_no_other() {
    for (revision, known) in
        [("2025-06-18", true), ("2025-03-26", true), ("2024-11-05", true), ("2099-01-01", false), ("", false)]
    {
        let server = Server::start(move |call| match call.method() {
            "initialize" => result(call, json!({ "protocolVersion": revision, "capabilities": { "tools": {} } })),
            "notifications/initialized" => answered(202, "text/plain", ""),
            "tools/list" if !call.is_modern() => result(call, tools(&["a"])),
            _ => error(400, call, -32_000),
        })
        .await;
        match server.discover().await {
            Ok(found) => assert_eq!((found.protocol, known), (revision, true)),
            Err(why) => assert_eq!((why.slug(), known), ("protocol-unsupported", false), "{revision}"),
        }
    }
}

#[tokio::test]
async fn a_server_that_names_its_revisions_is_spoken_to_in_one_of_them_or_not_at_all() {
    for (supported, fits) in [(json!(["2025-11-25"]), true), (json!(["2030-01-01"]), false), (json!([7]), false)] {
        let listed = supported.clone();
        let server = Server::start(move |call| {
            let data = json!({ "supported": listed, "requested": "2026-07-28" });
            let error = json!({ "code": -32_022, "message": "no", "data": data });
            match call.is_modern() {
                true => said(400, &json!({ "jsonrpc": "2.0", "id": call.body["id"], "error": error })),
                false => legacy(None, |call| result(call, tools(&["a"])))(call),
            }
        })
        .await;
        let outcome = server.discover().await.map_err(|why| why.slug()).map(|found| found.protocol);
        assert_eq!(outcome, if fits { Ok("2025-11-25") } else { Err("protocol-unsupported") }, "{supported}");
        assert_eq!(server.methods().len() > 1, fits);
    }
}

#[tokio::test]
async fn a_server_without_tools_is_one_all_the_same() {
    let legacy = Server::start(|call| match call.method() {
        "initialize" => result(call, json!({ "protocolVersion": "2025-11-25", "capabilities": { "prompts": {} } })),
        "notifications/initialized" => answered(202, "text/plain", ""),
        _ => error(400, call, -32_000),
    })
    .await;
    assert_eq!(names(&legacy.discover().await.unwrap()), [""; 0]);
    assert_eq!(legacy.methods().iter().filter(|method| *method == "tools/list").count(), 1, "it is not asked again");
    let modern = Server::start(|call| error(404, call, -32_601)).await;
    let found = modern.discover().await.unwrap();
    assert_eq!((found.protocol, names(&found).len()), ("2026-07-28", 0));
}
