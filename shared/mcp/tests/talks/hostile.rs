//! Servers that lie, hang, drown and mislead.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::Response;
use domain::mcp_server::{TOOLS_MAX, Unreachable};
use futures::stream::{self, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::server::{Call, Server, answered, discover, error, legacy, names, result, said, tools};

/// A server of the newest revision that lists by this.
async fn modern(list: impl Fn(&Call) -> Value + Send + Sync + 'static) -> Server {
    Server::start(move |call| result(call, list(call))).await
}

/// Says these bytes to everybody, and closes.
async fn raw(answer: impl Into<Vec<u8>>) -> String {
    let (listener, answer) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), answer.into());
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 16 * 1024];
            let _ = stream.read(&mut request).await;
            // Whoever has heard enough is gone by now.
            let _ = stream.write_all(&answer).await;
        }
    });
    url
}

#[tokio::test]
async fn pages_without_end_have_one() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let server = modern(move |_| {
        let number = counted.fetch_add(1, Ordering::SeqCst);
        let mut page = tools(&[&format!("t{number}")]);
        page["nextCursor"] = json!(format!("{number}"));
        page
    })
    .await;
    let found = server.discover().await.unwrap();
    assert_eq!((found.tools.tools.len(), found.tools.more, asked.load(Ordering::SeqCst)), (20, true, 20));
    let circle = modern(|_| json!({ "tools": [{ "name": "a" }], "nextCursor": "a" })).await;
    let found = circle.discover().await.unwrap();
    assert_eq!((found.tools.tools.len(), found.tools.more, circle.calls().len()), (1, true, 2));
    let long = modern(|_| json!({ "tools": [], "nextCursor": "x".repeat(4_097) })).await;
    assert_eq!(long.discover().await.unwrap_err(), Unreachable::TooLarge);
    let full = modern(|_| {
        let names: Vec<_> = (0..=TOOLS_MAX).map(|number| json!({ "name": format!("t{number}") })).collect();
        json!({ "tools": names, "nextCursor": "more" })
    })
    .await;
    let found = full.discover().await.unwrap();
    assert_eq!((found.tools.tools.len(), found.tools.more, full.calls().len()), (TOOLS_MAX, true, 1));
}

#[tokio::test]
async fn an_answer_to_something_else_is_none() {
    for odd in [
        json!({ "jsonrpc": "2.0", "id": 999, "result": tools(&["a"]) }),
        json!({ "jsonrpc": "2.0", "id": "1", "result": tools(&["a"]) }),
        json!({ "jsonrpc": "2.0", "id": null, "result": tools(&["a"]) }),
        json!({ "jsonrpc": "1.0", "id": 1, "result": tools(&["a"]) }),
        json!([{ "jsonrpc": "2.0", "id": 1, "result": tools(&["a"]) }]),
        json!({ "jsonrpc": "2.0", "id": 1 }),
        json!({ "tools": [] }),
        json!(null),
        json!("tools"),
    ] {
        let answer = odd.clone();
        let server = Server::start(move |_| said(200, &answer)).await;
        assert_eq!(server.discover().await.unwrap_err(), Unreachable::NotMcp, "{odd}");
    }
}

#[tokio::test]
async fn a_result_that_is_no_list_of_tools_is_none() {
    for odd in [
        json!({}),
        json!({ "tools": "a" }),
        json!({ "tools": {} }),
        json!({ "tools": [], "nextCursor": 7 }),
        json!({ "tools": [], "resultType": "input_required" }),
        json!([]),
    ] {
        let list = odd.clone();
        assert_eq!(modern(move |_| list.clone()).await.discover().await.unwrap_err(), Unreachable::NotMcp, "{odd}");
    }
}

#[tokio::test]
async fn what_a_server_says_of_who_calls_is_believed_at_once_and_anything_else_only_after_a_handshake() {
    for (status, slug, calls) in [
        (401, "credential-refused", 1),
        (403, "forbidden", 1),
        (429, "rate-limited", 1),
        (400, "not-mcp", 2),
        (404, "not-mcp", 2),
        (405, "not-mcp", 2),
        (500, "unavailable", 2),
        (503, "unavailable", 2),
    ] {
        let server = Server::start(move |_| answered(status, "text/html", "<b>words that nobody is to see</b>")).await;
        assert_eq!(server.discover().await.unwrap_err().slug(), slug, "{status}");
        assert_eq!(server.calls().len(), calls, "{status}");
    }
    let refusing = Server::start(|call| error(200, call, -32_603)).await;
    assert_eq!(refusing.discover().await.unwrap_err(), Unreachable::NotMcp);
    let lost = Server::start(legacy(Some("s"), |call| error(404, call, -32_001))).await;
    assert_eq!(lost.discover().await.unwrap_err(), Unreachable::NotMcp);
    assert_eq!(lost.methods().last().unwrap(), "DELETE", "a session is ended whatever came of it");
}

#[tokio::test]
async fn nobody_is_led_anywhere_else() {
    let elsewhere = modern(|_| tools(&["a"])).await;
    for status in [301, 302, 307, 308] {
        let target = elsewhere.url.clone();
        let server = Server::start(move |_| {
            Response::builder().status(status).header("location", &target).body(Body::empty()).unwrap()
        })
        .await;
        assert_eq!(server.discover().await.unwrap_err(), Unreachable::Redirected, "{status}");
    }
    assert!(elsewhere.calls().is_empty());
}

#[tokio::test]
async fn lies_about_lengths_and_bodies_without_end_are_found_out() {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    let stream = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";
    let endless = "x".repeat(600 * 1024);
    for (answer, why) in [
        (format!("{head}Content-Length: 1000000000000\r\n\r\n{{}}"), Unreachable::TooLarge),
        (format!("{head}Content-Length: 100\r\n\r\n{{}}"), Unreachable::CutOff),
        (format!("{head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}"), Unreachable::NotMcp),
        (format!("{head}\r\n{endless}"), Unreachable::TooLarge),
        (format!("{stream}\r\ndata: {endless}"), Unreachable::TooLarge),
        (format!("{stream}\r\n{}", ": \n\n".repeat(200 * 1024)), Unreachable::TooLarge),
        (format!("{stream}\r\ndata: {{}}\n\n"), Unreachable::CutOff),
        (format!("{stream}Content-Length: 100\r\n\r\n"), Unreachable::CutOff),
        (format!("HTTP/1.1 200 OK\r\nX-Long: {endless}\r\n\r\n"), Unreachable::TooLarge),
        ("SSH-2.0-OpenSSH_9.6\r\n".to_owned(), Unreachable::NotMcp),
        (String::new(), Unreachable::CutOff),
    ] {
        let shown: String = answer.chars().take(90).collect();
        assert_eq!(discover(&raw(answer).await).await.unwrap_err(), why, "{shown:?}");
    }
}

/// Says nothing for so long, or a little once a second for ever.
fn dripping(piece: &'static str) -> Body {
    let drops = stream::unfold((), move |()| async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Some((Ok::<_, std::io::Error>(Bytes::from_static(piece.as_bytes())), ()))
    });
    Body::from_stream(drops)
}

#[tokio::test(start_paused = true)]
async fn a_server_that_says_nothing_or_little_is_left_after_ten_seconds() {
    for (kind, piece) in [
        ("application/json", " "),
        ("text/event-stream", ": still here\n\n"),
        ("text/event-stream", "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\"}\n\n"),
    ] {
        let server = Server::start(move |_| answered(200, kind, dripping(piece))).await;
        let began = Instant::now();
        assert_eq!(server.discover().await.unwrap_err(), Unreachable::Late, "{kind}");
        assert!(began.elapsed() < Duration::from_secs(11), "{kind}: {:?}", began.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_takes_its_time_with_each_page_is_left_after_twenty_seconds_and_its_session_ended() {
    let server = Server::start(legacy(Some("s"), |call| {
        let id = call.body["id"].as_u64().unwrap();
        let mut page = tools(&[&format!("t{id}")]);
        page["nextCursor"] = json!(id.to_string());
        let text = json!({ "jsonrpc": "2.0", "id": id, "result": page }).to_string();
        let late = stream::once(async move {
            tokio::time::sleep(Duration::from_secs(6)).await;
            Ok::<_, std::io::Error>(Bytes::from(text))
        });
        answered(200, "application/json", Body::from_stream(late))
    }))
    .await;
    let began = Instant::now();
    assert_eq!(server.discover().await.unwrap_err(), Unreachable::Late);
    assert!(began.elapsed() < Duration::from_secs(23), "{:?}", began.elapsed());
    assert_eq!(server.methods().last().unwrap(), "DELETE");
}

#[tokio::test(start_paused = true)]
async fn a_goodbye_that_nobody_hears_holds_nobody_up() {
    let server = Server::start(|call| match call.http.as_str() {
        "DELETE" => answered(200, "text/plain", Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>())),
        _ => legacy(Some("s"), |call| result(call, tools(&["a"])))(call),
    })
    .await;
    let began = Instant::now();
    assert_eq!(names(&server.discover().await.unwrap()), ["a"]);
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
}

#[tokio::test]
async fn of_what_a_server_says_nothing_is_kept_that_hides_or_never_ends() {
    let server = modern(|_| {
        json!({ "tools": [
            { "name": "read_mail\u{202e}", "description": "x" },
            { "name": "read_mail\u{200b}" },
            { "name": "read mail" },
            { "name": "read_mail", "title": "Read\u{7} mail", "description": format!("Reads.\u{e0041}{}", "x".repeat(100_000)) },
            { "name": "read_mail", "description": "a second one" },
            { "name": "x".repeat(129) },
            "read_mail",
        ] })
    })
    .await;
    let found = server.discover().await.unwrap();
    assert_eq!((names(&found), found.tools.left_out), (vec!["read_mail".to_owned()], 6));
    let tool = &found.tools.tools[0];
    assert_eq!(tool.title.as_deref(), Some("Read\u{fffd} mail"));
    let description = tool.description.as_ref().unwrap();
    assert!(description.starts_with("Reads.\u{fffd}xxx") && description.ends_with('…') && description.len() <= 1_000);
}

#[tokio::test]
async fn nesting_without_end_is_no_answer() {
    let deep = format!("{{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let server = Server::start(move |_| answered(200, "application/json", deep.clone())).await;
    assert_eq!(server.discover().await.unwrap_err(), Unreachable::NotMcp);
}

#[tokio::test]
async fn a_session_with_a_name_without_end_is_none() {
    let server = Server::start(|call| match call.method() {
        "initialize" => {
            let said = json!({ "protocolVersion": "2025-11-25", "capabilities": { "tools": {} } });
            let mut response = result(call, said);
            response.headers_mut().insert("mcp-session-id", "s".repeat(1_025).parse().unwrap());
            response
        }
        "notifications/initialized" => answered(202, "text/plain", ""),
        "tools/list" if !call.is_modern() => result(call, tools(&["a"])),
        _ => error(400, call, -32_000),
    })
    .await;
    assert_eq!(names(&server.discover().await.unwrap()), ["a"]);
    assert!(server.calls().iter().all(|call| call.header("mcp-session-id").is_empty()));
}

#[tokio::test]
async fn a_stream_may_hold_other_things_first_but_not_without_end() {
    let noise = json!({ "jsonrpc": "2.0", "method": "notifications/message" }).to_string();
    let server = Server::start(move |_| {
        let event = Bytes::from(format!("data: {noise}\n\n"));
        answered(200, "text/event-stream", Body::from_stream(stream::repeat(event).map(Ok::<_, std::io::Error>)))
    })
    .await;
    assert_eq!(server.discover().await.unwrap_err(), Unreachable::TooLarge);
}
