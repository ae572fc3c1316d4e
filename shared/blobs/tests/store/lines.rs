//! Objects of text, line by line.

use blobs::{Blobs, Body, Kind, LINE_BYTES_MAX};

use crate::support::{Store, TEXT};

async fn lines(blobs: &Blobs, content: &[u8]) -> Result<Vec<String>, Kind> {
    blobs.put("lines", Body::Bytes(content.to_vec()), TEXT).await.unwrap();
    let mut lines = blobs.lines("lines").await.unwrap();
    let mut read = Vec::new();
    while let Some(line) = lines.next_line().await.map_err(|fault| fault.kind())? {
        read.push(line);
    }
    Ok(read)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_comes_once_with_or_without_an_end_of_the_last() {
    let store = Store::start().await;
    let blobs = store.blobs();
    assert_eq!(lines(&blobs, b"").await.unwrap(), Vec::<String>::new());
    assert_eq!(lines(&blobs, b"one").await.unwrap(), ["one"]);
    assert_eq!(lines(&blobs, "ü\n\ntwo\n".as_bytes()).await.unwrap(), ["ü", "", "two"]);
    assert_eq!(blobs.lines("nothing").await.err().unwrap().kind(), Kind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_across_many_chunks_are_put_together() {
    let store = Store::start().await;
    let expected: Vec<String> =
        (0..40_000).map(|number: usize| format!("{number}:{}", "x".repeat(number % 97))).collect();
    let read = lines(&store.blobs(), expected.join("\n").as_bytes()).await.unwrap();
    assert!(read == expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_without_end_is_refused_and_does_not_fill_the_memory() {
    let store = Store::start().await;
    let blobs = store.blobs();
    let longest = vec![b'x'; LINE_BYTES_MAX];
    assert_eq!(lines(&blobs, &longest).await.unwrap()[0].len(), LINE_BYTES_MAX);
    assert_eq!(lines(&blobs, &[longest.as_slice(), b"x\n"].concat()).await.unwrap_err(), Kind::TooLarge);
    assert_eq!(lines(&blobs, &vec![b'x'; 3 * LINE_BYTES_MAX]).await.unwrap_err(), Kind::TooLarge);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_text_is_refused() {
    let store = Store::start().await;
    assert_eq!(lines(&store.blobs(), b"one\n\xff\n").await.unwrap_err(), Kind::Unexpected);
}
