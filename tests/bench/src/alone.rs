//! The check's own time: the function's router in this process, over a database that answers at once.
//!
//! What an early check reads is remembered and is every later one's answer; writes are said to be done. So everything is
//! measured but the database and the ways there: the request's body, the token, the plan, the client's requests and answers.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::config::interceptors::{
    BeforeSerializationInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use journeys::Portal;
use serde_json::Value;
use tower::ServiceExt;

use crate::tables;

/// The function on the tables of the stack, and what its client takes of its time.
pub(crate) fn function(portal: &Portal) -> (Router, InClient) {
    let card = portal.stack().card();
    let remembered = Arc::default();
    let real = aws_smithy_http_client::Builder::new().build_http();
    let client = http_client_fn(move |settings, components| {
        let real = real.http_connector(settings, components);
        SharedHttpConnector::new(Remembering { real, read: Arc::clone(&remembered) })
    });
    let in_client = InClient::default();
    let config = tables::config(portal).http_client(client).interceptor(in_client.clone()).build();
    let client = aws_sdk_dynamodb::Client::from_conf(config);
    let store = store::Store::new(store::Config { client, prefix: card.tables.prefix.clone() });
    let settings = api::Settings { public_url: card.api.clone() };
    let core = api::Core { store, settings, clock: start::clock, random: start::random };
    (quota_check::router(quota_check::App { core }), in_client)
}

/// How long calls of the client were under way: JSON, signing, and all that the SDK does around a call. What it does to make
/// ready for one, before its first hook, is not in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct InClient(Arc<Mutex<UnderWay>>);

#[derive(Debug, Default)]
struct UnderWay {
    calls: u32,
    since: Option<Instant>,
    sum: Duration,
}

impl InClient {
    /// What came together since this was asked last.
    pub(crate) fn take(&self) -> Duration {
        std::mem::take(&mut self.0.lock().unwrap().sum)
    }
}

impl Intercept for InClient {
    fn name(&self) -> &'static str {
        "InClient"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let mut at = self.0.lock().unwrap();
        at.calls += 1;
        at.since.get_or_insert_with(Instant::now);
        Ok(())
    }

    fn read_after_execution(
        &self,
        _: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let mut at = self.0.lock().unwrap();
        at.calls -= 1;
        if at.calls == 0 {
            let since = at.since.take().unwrap();
            at.sum += since.elapsed();
        }
        Ok(())
    }
}

/// One check; how long it took.
pub(crate) async fn check(router: &Router, token: &str, body: &Value) -> Duration {
    let request = Request::post("/v1/quota-reservations")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    let started = Instant::now();
    let answer = router.clone().oneshot(request).await.unwrap();
    let took = started.elapsed();
    assert_eq!(answer.status(), StatusCode::OK);
    took
}

/// The first check reads twice, because it does not know yet in which table the organization is; the second one as all others.
const READS: usize = 3;

#[derive(Debug)]
struct Remembering {
    real: SharedHttpConnector,
    read: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl HttpConnector for Remembering {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = |body: Vec<u8>| HttpResponse::new(StatusCode::OK.into(), SdkBody::from(body));
        let is_read = request.headers().get("x-amz-target").is_some_and(|target| target.ends_with("GetItem"));
        let known = if is_read { self.read.lock().unwrap().get(READS - 1).cloned() } else { Some(b"{}".to_vec()) };
        if let Some(body) = known {
            return HttpConnectorFuture::ready(Ok(answer(body)));
        }
        let (real, read) = (self.real.clone(), Arc::clone(&self.read));
        HttpConnectorFuture::new(async move {
            let mut response = real.call(request).await?;
            let body = ByteStream::new(response.take_body()).collect().await.unwrap().to_vec();
            read.lock().unwrap().push(body.clone());
            Ok(answer(body))
        })
    }
}
