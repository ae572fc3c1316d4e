//! A place at which somebody else may go on.

use std::pin::Pin;
use std::task::{Context, Poll};

/// Waits until it is chosen again.
pub(crate) fn turn() -> Turn {
    Turn { waited: false }
}

/// See [`turn`].
pub(crate) struct Turn {
    waited: bool,
}

impl Future for Turn {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.waited, true) { Poll::Ready(()) } else { Poll::Pending }
    }
}
