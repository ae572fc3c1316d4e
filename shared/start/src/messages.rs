//! Functions that objects, queues and schedules invoke: JSON in, JSON out.

use std::process::ExitCode;

use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;

use crate::edge::run;
use crate::{Fault, Parts};

/// Runs such a function until the platform ends it.
///
/// `build` makes the handler, which gets each event as it came. An error of the handler is the invocation's failure, so
/// the platform tries again or puts the event aside; its text reaches the platform's log, so it holds nothing secret.
#[must_use]
pub fn messages<H, Answer, E>(build: impl FnOnce(&Parts) -> Result<H, Fault>) -> ExitCode
where
    H: Fn(Value) -> Answer,
    Answer: Future<Output = Result<Value, E>>,
    E: std::error::Error,
{
    run(|parts| {
        let handle = build(&parts)?;
        Ok(async move {
            let handle = &handle;
            let serve = move |event: LambdaEvent<Value>| async move { handle(event.payload).await.map_err(logged) };
            lambda_runtime::run(service_fn(serve)).await
        })
    })
}

/// The log has the source, the platform only what the error shows.
fn logged(error: impl std::error::Error) -> lambda_runtime::Error {
    let source = error.source().map(ToString::to_string);
    tracing::error!(%error, source, "an invocation failed");
    error.to_string().into()
}
