//! What goes over the wire, and what happens when the answer is bad: a listener that answers by a script.

use blobs::{Blobs, Body, Config, Kind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::support::{TEXT, config};

const START: &str = "HTTP/1.1 200 OK\r\nETag: \"one\"\r\nContent-Length: 12\r\n\r\n";
const REST: &str =
    "HTTP/1.1 206 Partial Content\r\nETag: \"one\"\r\nContent-Range: bytes 8-11/12\r\nContent-Length: 4\r\n\r\n";
const BUSY: &str = "HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n";
const DONE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/// Gives one answer a connection and closes it; the heads of the requests, in small letters, come out at the end.
async fn answering(answers: Vec<String>) -> (Config, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let heads = tokio::spawn(async move {
        let mut heads = Vec::new();
        for answer in answers {
            let (mut connection, _) = listener.accept().await.unwrap();
            heads.push(head(&mut connection).await);
            connection.write_all(answer.as_bytes()).await.unwrap();
            connection.shutdown().await.unwrap();
        }
        heads
    });
    (config(&endpoint, "FUNCTIONS"), heads)
}

async fn head(connection: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap().to_lowercase()
}

async fn read_all(config: Config) -> Result<Vec<u8>, Kind> {
    Blobs::new(config).get("a", 12).await.map_err(|fault| fault.kind())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_is_taken_up_behind_the_last_byte_of_the_same_version() {
    let (config, heads) = answering(vec![format!("{START}line1\nli"), format!("{REST}ne2\n")]).await;
    assert_eq!(read_all(config).await.unwrap(), b"line1\nline2\n");
    let heads = heads.await.unwrap();
    assert!(!heads[0].contains("range:"));
    assert!(heads[1].contains("range: bytes=8-\r\n") && heads[1].contains("if-match: \"one\"\r\n"), "{}", heads[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_is_replaced_meanwhile_is_not_mixed_with_the_new_one() {
    let changed = "HTTP/1.1 412 Precondition Failed\r\nContent-Length: 0\r\n\r\n".to_owned();
    let (config, _heads) = answering(vec![format!("{START}line1\nli"), changed]).await;
    assert_eq!(read_all(config).await.unwrap_err(), Kind::Unavailable);
    let (config, _heads) = answering(vec![format!("{START}line1\nli"), format!("{START}line1\nline2\n")]).await;
    assert_eq!(read_all(config).await.unwrap_err(), Kind::Unexpected, "the whole instead of the part");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_breaks_for_good_leaves_no_file() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("a");
    let broken = REST.replace("8-11", "5-11").replace("Length: 4", "Length: 7");
    let (config, _heads) = answering(vec![format!("{START}line1"), broken.clone(), broken.clone(), broken]).await;
    let fault = Blobs::new(config).download("a", &path, 20).await.unwrap_err();
    assert_eq!((fault.kind(), fault.is_retryable()), (Kind::Unavailable, true));
    assert!(!path.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_store_is_asked_three_times() {
    let (config, heads) = answering(vec![BUSY.to_owned(), BUSY.to_owned(), DONE.to_owned()]).await;
    Blobs::new(config).put("a", Body::Bytes(Vec::new()), TEXT).await.unwrap();
    assert_eq!(heads.await.unwrap().len(), 3);
    let (config, heads) = answering(vec![BUSY.to_owned(); 3]).await;
    let fault = Blobs::new(config).put("a", Body::Bytes(Vec::new()), TEXT).await.unwrap_err();
    assert_eq!((fault.kind(), fault.is_retryable()), (Kind::Unavailable, true));
    heads.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_does_not_listen_is_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let fault = Blobs::new(config(&endpoint, "FUNCTIONS")).head("a").await.unwrap_err();
    assert_eq!(fault.kind(), Kind::Unavailable);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_is_encrypted_by_the_given_key_or_by_the_stores_own() {
    let written = async |server_side_kms_key: Option<&str>| {
        let (config, heads) = answering(vec![DONE.to_owned()]).await;
        let config = Config { server_side_kms_key: server_side_kms_key.map(str::to_owned), ..config };
        Blobs::new(config).put("a", Body::Bytes(Vec::new()), TEXT).await.unwrap();
        heads.await.unwrap().remove(0)
    };
    assert!(written(None).await.contains("x-amz-server-side-encryption: aes256\r\n"));
    let head = written(Some("key-1")).await;
    assert!(head.contains("x-amz-server-side-encryption: aws:kms\r\n"));
    assert!(head.contains("x-amz-server-side-encryption-aws-kms-key-id: key-1\r\n"));
}
