//! Servers that answer what they are told, and a resolver that lies.

use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use outbound::{Address, Allowed, Outbound, Request, Resolve, SystemResolver};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Gives the prepared answers one after the other, the last one for ever, and counts the questions.
#[derive(Clone)]
pub(crate) struct Liar {
    answers: Arc<Mutex<VecDeque<Vec<IpAddr>>>>,
    asked: Arc<AtomicUsize>,
}

impl Liar {
    pub(crate) fn new(answers: &[&[&str]]) -> Self {
        let answers = answers.iter().map(|ips| ips.iter().map(|ip| ip.parse().unwrap()).collect()).collect();
        Self { answers: Arc::new(Mutex::new(answers)), asked: Arc::default() }
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Resolve for Liar {
    fn resolve<'a>(&'a self, _: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap();
        let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        Box::pin(async move { answer.ok_or_else(|| io::Error::other("nobody knows")) })
    }
}

/// A server on loopback that counts its connections.
pub(crate) struct Server {
    pub(crate) at: SocketAddr,
    calls: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) async fn start<F, Done>(at: &str, serve: F) -> Self
    where
        F: Fn(TcpStream) -> Done + Send + 'static,
        Done: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind(at).await.unwrap();
        let (at, calls) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
        let counted = Arc::clone(&calls);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream));
            }
        });
        Self { at, calls }
    }

    /// Answers every request with these bytes and closes.
    pub(crate) async fn saying(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start("127.0.0.1:0", move |mut stream| {
            let answer = answer.clone();
            async move {
                request(&mut stream).await;
                // Whoever has read enough is gone by now.
                let _ = stream.write_all(&answer).await;
            }
        })
        .await
    }

    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.at)
    }
}

/// The head of a request, as it came.
pub(crate) async fn request(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut head = vec![];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}

pub(crate) fn address(raw: &str) -> Address {
    Address::try_from(raw).unwrap_or_else(|refused| panic!("{raw} {refused}"))
}

/// One that may call this machine.
pub(crate) fn outbound() -> Outbound {
    Outbound::new(Allowed::try_from("127.0.0.1").unwrap(), SystemResolver, vec![])
}

pub(crate) async fn get(url: &str) -> Result<outbound::Answer, outbound::Fault> {
    outbound().call(Request::get(address(url))).await
}
