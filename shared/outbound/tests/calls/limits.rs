//! Nobody keeps a call busy or fills its memory. Time is simulated: nothing here waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use outbound::Fault;
use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, sleep};

use crate::support::{Server, get, request};

const BODY_BYTES_MAX: usize = 256 * 1024;

/// Says the beginning, then the piece once a second for ever, or nothing more.
async fn dripping(beginning: &'static str, piece: &'static str) -> Server {
    Server::start("127.0.0.1:0", move |mut stream| async move {
        request(&mut stream).await;
        let mut next = beginning;
        while stream.write_all(next.as_bytes()).await.is_ok() {
            next = piece;
            sleep(Duration::from_secs(1)).await;
        }
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn ten_seconds_are_the_end_however_slowly_somebody_answers() {
    for (beginning, piece) in [
        ("", ""),
        ("H", ""),
        ("HTTP/1.1 200 OK\r\n", "X-More: 1\r\n"),
        ("HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", " "),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n"),
        ("HTTP/1.1 200 OK\r\n\r\n", " "),
    ] {
        let server = dripping(beginning, piece).await;
        let began = Instant::now();
        assert_eq!(get(&server.url()).await.err(), Some(Fault::Late), "{beginning:?}");
        let took = began.elapsed();
        assert!((10.0..10.1).contains(&took.as_secs_f64()), "{beginning:?} took {took:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn ten_seconds_hold_for_a_handshake_too() {
    let server = Server::start("127.0.0.1:0", |stream| async move {
        sleep(Duration::from_secs(3600)).await;
        drop(stream);
    })
    .await;
    let began = Instant::now();
    assert_eq!(get(&format!("https://{}/", server.at)).await.err(), Some(Fault::Late));
    assert!(began.elapsed() < Duration::from_millis(10_100));
}

#[tokio::test]
async fn a_body_may_be_as_large_as_the_limit_and_not_a_byte_larger() {
    for (size, fits) in [(BODY_BYTES_MAX, true), (BODY_BYTES_MAX + 1, false)] {
        let text = format!("[{}]", " ".repeat(size - 2));
        let framed = [
            format!("HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n{text}"),
            format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{size:x}\r\n{text}\r\n0\r\n\r\n"),
            format!("HTTP/1.1 200 OK\r\n\r\n{text}"),
        ];
        for answer in framed {
            let server = Server::saying(answer).await;
            let answer = get(&server.url()).await;
            if fits {
                assert!(answer.unwrap().json::<Vec<u8>>().unwrap().is_empty());
            } else {
                assert_eq!(answer.err(), Some(Fault::TooLarge));
            }
        }
    }
}

#[tokio::test]
async fn a_body_without_end_is_left_soon_after_the_limit() {
    for head in ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"] {
        let taken = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&taken);
        let server = Server::start("127.0.0.1:0", move |mut stream| {
            let counted = Arc::clone(&counted);
            async move {
                request(&mut stream).await;
                let piece = format!("400\r\n{}\r\n", "x".repeat(0x400));
                stream.write_all(head.as_bytes()).await.unwrap();
                while stream.write_all(piece.as_bytes()).await.is_ok() {
                    counted.fetch_add(piece.len(), Ordering::SeqCst);
                }
            }
        })
        .await;
        assert_eq!(get(&server.url()).await.err(), Some(Fault::TooLarge));
        // What the kernel's buffers take besides is not read.
        assert!(taken.load(Ordering::SeqCst) < 16 << 20);
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_announces_too_much_is_not_waited_for() {
    let server = dripping("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n", "").await;
    let began = Instant::now();
    assert_eq!(get(&server.url()).await.err(), Some(Fault::TooLarge));
    assert!(began.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn a_head_has_its_limits_as_well() {
    let with = |headers: String| format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: 2\r\n\r\n[]");
    for (headers, fits) in [
        (format!("X-Long: {}\r\n", "x".repeat(16 * 1024)), true),
        (format!("X-Long: {}\r\n", "x".repeat(33 * 1024)), false),
        ("X-Many: 1\r\n".repeat(99), true),
        ("X-Many: 1\r\n".repeat(100), false),
        (format!("X-Long: {}", "x".repeat(1 << 20)), false),
    ] {
        let outcome = get(&Server::saying(with(headers)).await.url()).await;
        assert_eq!(outcome.err(), if fits { None } else { Some(Fault::TooLarge) });
    }
}
