//! A thread of its own for work that keeps one busy, as every invocation has a machine of its own in the cloud.

use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// Runs the future on a thread of its own; dropping this cuts it off at its next pause. None if it panicked.
pub(crate) async fn apart<T, F>(begin: impl FnOnce() -> F + Send + 'static) -> Option<T>
where
    T: Send + 'static,
    F: Future<Output = T>,
{
    let (_alive, dropped) = oneshot::channel::<()>();
    let runtime = Handle::current();
    let work = tokio::task::spawn_blocking(move || {
        runtime.block_on(async {
            tokio::select! {
                done = begin() => Some(done),
                _ = dropped => None,
            }
        })
    });
    work.await.ok().flatten()
}
