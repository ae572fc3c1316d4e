//! Running a handler so that its panic is a failure like any other.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;

pub(crate) async fn caught<T>(run: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    AssertUnwindSafe(run).catch_unwind().await.unwrap_or_else(|_| Err("the handler panicked".to_owned()))
}
