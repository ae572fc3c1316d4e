//! What is sent, and what of an answer is taken.

use std::sync::{Arc, Mutex};

use http::header::AUTHORIZATION;
use outbound::{Fault, Request, Sensitive};
use tokio::io::AsyncWriteExt;

use crate::support::{Server, address, get, outbound, request};

#[tokio::test]
async fn a_request_says_no_more_than_it_must() {
    let seen = Arc::new(Mutex::new(String::new()));
    let kept = Arc::clone(&seen);
    let server = Server::start("127.0.0.1:0", move |mut stream| {
        let kept = Arc::clone(&kept);
        async move {
            *kept.lock().unwrap() = request(&mut stream).await;
            stream.write_all(b"HTTP/1.1 200 OK\r\nX-Kind: plain\r\nContent-Length: 7\r\n\r\n{\"a\":1}").await.unwrap();
        }
    })
    .await;
    let url = address(&format!("{}v1/models?limit=1", server.url()));
    let sent = Request::get(url).with(AUTHORIZATION, Sensitive::new(&["Bearer ", "sk-1"]).unwrap());
    let answer = outbound().call(sent).await.unwrap();
    assert_eq!((answer.status(), answer.header("x-kind"), answer.header("x-other")), (200, Some("plain"), None));
    assert_eq!(answer.json::<std::collections::BTreeMap<String, u8>>().unwrap()["a"], 1);
    assert_eq!(answer.json::<Vec<u8>>().err(), Some(Fault::NotUnderstood));
    let seen = seen.lock().unwrap().to_ascii_lowercase();
    let (first, headers) = seen.trim_end().split_once("\r\n").unwrap();
    assert_eq!(first, "get /v1/models?limit=1 http/1.1");
    let mut headers: Vec<_> = headers.split("\r\n").collect();
    headers.sort_unstable();
    let host = format!("host: {}", server.at);
    let agent = format!("user-agent: admin-portal/{}", env!("CARGO_PKG_VERSION"));
    let mut expected = vec![
        "accept-encoding: identity",
        "accept: application/json",
        "authorization: bearer sk-1",
        "connection: close",
        &host,
        &agent,
    ];
    expected.sort_unstable();
    assert_eq!(headers, expected);
}

#[tokio::test]
async fn a_redirect_is_followed_nowhere() {
    let elsewhere = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await;
    for status in [300, 301, 302, 303, 304, 305, 307, 308, 399] {
        let target = elsewhere.url();
        let server =
            Server::saying(format!("HTTP/1.1 {status} X\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n")).await;
        assert_eq!(get(&server.url()).await.err(), Some(Fault::Redirected), "{status}");
    }
    assert_eq!(elsewhere.calls(), 0);
}

#[tokio::test]
async fn a_refusal_is_an_answer() {
    for status in [400, 401, 403, 404, 429, 500, 529, 999] {
        let server = Server::saying(format!("HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\n[]")).await;
        let answer = get(&server.url()).await.unwrap();
        assert_eq!((answer.status(), answer.json::<Vec<u8>>().unwrap()), (status, vec![]));
    }
}

#[tokio::test]
async fn what_is_not_http_or_not_what_was_asked_for_is_not_understood() {
    for answer in [
        "SSH-2.0-OpenSSH_9.6\r\n",
        "* OK IMAP4rev1 ready\r\n\r\n",
        "{\"models\": []}\r\n\r\n",
        "HTTP/1.1 OK\r\n\r\n",
        "HTTP/1.1 099 X\r\n\r\n",
        "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
    ] {
        assert_eq!(get(&Server::saying(answer).await.url()).await.err(), Some(Fault::NotUnderstood), "{answer:?}");
    }
}

#[tokio::test]
async fn an_answer_that_ends_before_its_end_is_cut_off() {
    for answer in [
        "",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
    ] {
        assert_eq!(get(&Server::saying(answer).await.url()).await.err(), Some(Fault::CutOff), "{answer:?}");
    }
}

#[tokio::test]
async fn what_follows_an_answer_is_not_part_of_it() {
    let server = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[1],2]HTTP/1.1 200 OK\r\n\r\n").await;
    assert_eq!(get(&server.url()).await.unwrap().json::<Vec<u8>>().unwrap(), [1]);
}

#[tokio::test]
async fn notices_before_an_answer_are_passed_over() {
    let notices = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n";
    let server = Server::saying(format!("{notices}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")).await;
    assert_eq!(get(&server.url()).await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_port_where_nobody_listens_refuses() {
    let port = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    assert_eq!(get(&format!("http://127.0.0.1:{port}/")).await.err(), Some(Fault::Refused));
}
