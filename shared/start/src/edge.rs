//! HTTP functions: a router behind API Gateway's HTTP API (payload format 2.0).

use std::process::ExitCode;

use api::ClientAddress;
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use lambda_http::request::RequestContext;
use tower::ServiceExt;

use crate::answer::Answer;
use crate::{Fault, Parts, Settings, log};

/// Runs an HTTP function until the platform ends it: `main` of every such function.
///
/// `build` makes the routes; the outermost layers come from [`api::finish`]. What cannot start is logged, and the process
/// ends with a failure.
#[must_use]
pub fn http(build: impl FnOnce(&Parts) -> Result<Router, Fault>) -> ExitCode {
    run(|parts| build(&parts).map(|router| serve_http(api::finish(router, &parts.core()))))
}

/// Serves a finished router behind the Runtime API. Each request knows the client's address; what it logs carries the
/// invocation's id in the span's field `requestId`.
///
/// # Errors
/// The Runtime API cannot be reached or answers badly.
pub async fn serve_http(router: Router) -> Result<(), lambda_http::Error> {
    let router = router.layer(from_fn(address));
    lambda_http::run(ServiceExt::<lambda_http::Request>::and_then(router, Answer::whole)).await
}

/// Settings, log, parts, a runtime of one thread, and then `serve` for as long as it runs.
pub(crate) fn run<S: Future<Output = Result<(), lambda_http::Error>>>(
    serve: impl FnOnce(Parts) -> Result<S, Fault>,
) -> ExitCode {
    let outcome = Settings::from_environment().and_then(|settings| {
        log::start(settings.log_level.as_deref());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|_| Fault::new("the runtime", "cannot be built"))?;
        // Clients are made inside the runtime, on which some of them rely.
        let _inside = runtime.enter();
        let served = runtime.block_on(serve(Parts::new(settings)?)?);
        served.map_err(|_| Fault::new("AWS_LAMBDA_RUNTIME_API", "did not answer as a Runtime API does"))
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            log::start(None);
            tracing::error!(%fault, "the function cannot start");
            ExitCode::FAILURE
        }
    }
}

/// The client's address, from API Gateway itself and from no header.
async fn address(mut request: Request, next: Next) -> Response {
    let address = match request.extensions().get::<RequestContext>() {
        Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.clone(),
        _ => None,
    };
    request.extensions_mut().insert(ClientAddress(address.unwrap_or_default()));
    next.run(request).await
}
