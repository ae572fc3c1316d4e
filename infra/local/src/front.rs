//! The one address in front of all functions, as the API gateway is in the cloud.

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use api::ClientAddress;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::serve::ListenerExt;
use http_body_util::BodyExt;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How long a stop waits for requests under way.
const STOP_MAX: Duration = Duration::from_secs(2);

/// What is handed on of a body: as much as the gateway in the cloud does, and more than any route takes.
const BODY_BYTES_MAX: usize = 10 * 1024 * 1024;
/// What is read of a longer one before its connection is given up.
const READ_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The running address.
pub(crate) struct Front {
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
}

/// Takes the address, before anything is answered there.
pub(crate) fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    // After a kill the address would else stay taken for a minute.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(1024)
}

impl Front {
    /// Begins to answer.
    pub(crate) fn start(listener: TcpListener, router: Router) -> Self {
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let service = router
            .layer(from_fn(name_client))
            .layer(from_fn(gather))
            .into_make_service_with_connect_info::<SocketAddr>();
        let (stop, stopped) = oneshot::channel::<()>();
        let until = async move { drop(stopped.await) };
        let serving = tokio::spawn(axum::serve(listener, service).with_graceful_shutdown(until).into_future());
        Self { stop, serving }
    }

    /// Takes no more requests and lets those under way finish, for two seconds.
    pub(crate) async fn stop(self) -> Result<()> {
        let Self { stop, mut serving } = self;
        drop(stop);
        match tokio::time::timeout(STOP_MAX, &mut serving).await {
            Ok(ended) => ended.context("the API's task ended badly")?.context("the API ended badly"),
            Err(_) => {
                serving.abort();
                Ok(())
            }
        }
    }
}

/// The client is whoever opened the connection; no header can say otherwise.
async fn name_client(ConnectInfo(peer): ConnectInfo<SocketAddr>, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(ClientAddress(peer.ip().to_string()));
    next.run(request).await
}

/// A function in the cloud is woken with the whole request. So the body is read to its end here too: whoever still writes when
/// the answer comes would else see a broken connection in its place.
async fn gather(request: Request, next: Next) -> Response {
    let (parts, mut body) = request.into_parts();
    let (mut kept, mut read) = (Vec::new(), 0_usize);
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return StatusCode::BAD_REQUEST.into_response() };
        let data = frame.into_data().unwrap_or_else(|_| Bytes::new());
        read = read.saturating_add(data.len());
        if kept.len() <= BODY_BYTES_MAX {
            kept.extend_from_slice(&data);
        }
        if read > READ_BYTES_MAX {
            break;
        }
    }
    next.run(Request::from_parts(parts, Body::from(kept))).await
}
