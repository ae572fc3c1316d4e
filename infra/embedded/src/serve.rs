//! One small HTTP/1 server for every part: loopback only, no Nagle delay, an orderly stop.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use futures::future::Either;
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// What a service may fail with; the connection is then dropped without an answer.
pub(crate) type Abort = Box<dyn std::error::Error + Send + Sync>;

/// How long a stop waits for requests under way before it cuts them off.
pub(crate) const STOP_MAX: Duration = Duration::from_secs(2);

/// The caller's address, an extension of every request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// A running server. Dropping it stops it without waiting.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Server {
    /// Answers every request on `listener` with `answer`, on the current runtime.
    pub(crate) fn start<F, Fut, B>(listener: TcpListener, answer: F) -> io::Result<Self>
    where
        F: Fn(Request<Incoming>) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Response<B>, Abort>> + Send + 'static,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Abort>,
    {
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(accept(listener, answer, stopped));
        Ok(Self { address, stop, task })
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes no more connections, lets requests under way finish for up to two seconds, then returns.
    pub(crate) async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(fault) = self.task.await {
            tracing::warn!(%fault, "a local server ended badly");
        }
    }
}

/// A listener on loopback whose connections are sent without delay (accepted sockets inherit it on Linux).
///
/// # Errors
/// `InvalidInput` for any other address: nothing here is fit for a network.
pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    if !address.ip().is_loopback() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{address} is not a loopback address")));
    }
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.set_nodelay(true)?;
    socket.bind(address)?;
    socket.listen(1024)
}

async fn accept<F, Fut, B>(listener: TcpListener, answer: F, mut stopped: watch::Receiver<bool>)
where
    F: Fn(Request<Incoming>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Response<B>, Abort>> + Send + 'static,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Abort>,
{
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut stop = Box::pin(async move { stopped.wait_for(|stop| *stop).await.is_ok() });
    loop {
        match futures::future::select(&mut stop, Box::pin(listener.accept())).await {
            Either::Left(_) => break,
            Either::Right((Ok((stream, peer)), _)) => {
                drop(connections.spawn(graceful.watch(converse(stream, peer, answer.clone()))))
            }
            Either::Right((Err(fault), _)) => tracing::warn!(%fault, "could not take a connection"),
        }
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    if tokio::time::timeout(STOP_MAX, graceful.shutdown()).await.is_err() {
        tracing::warn!("cut off requests that were still running");
    }
    connections.shutdown().await;
}

type Talk<S> = http1::Connection<TokioIo<TcpStream>, S>;

fn converse<F, Fut, B>(
    stream: TcpStream,
    peer: SocketAddr,
    answer: F,
) -> Talk<
    impl hyper::service::Service<
        Request<Incoming>,
        Response = Response<http_body_util::combinators::UnsyncBoxBody<Bytes, Abort>>,
        Error = Abort,
        Future: Send,
    >,
>
where
    F: Fn(Request<Incoming>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Response<B>, Abort>> + Send + 'static,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Abort>,
{
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer.ip()));
        let answered = answer(request);
        async move { Ok(answered.await?.map(|body| body.map_err(Into::into).boxed_unsync())) }
    });
    http1::Builder::new().serve_connection(TokioIo::new(stream), service)
}
