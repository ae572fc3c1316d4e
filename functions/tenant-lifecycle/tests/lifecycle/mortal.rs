//! Runs that end at a call, as a process does that is killed there.

use embedded::Proxy;
use embedded::faults::{Fault, nth};
use futures::future::{Either, select};

use crate::stack::Stack;

/// Which part's calls are counted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    Database,
    Objects,
    Secrets,
}

impl Stack {
    fn proxy(&self, part: Part) -> &Proxy {
        match part {
            Part::Database => &self.database,
            Part::Objects => &self.objects,
            Part::Secrets => &self.secrets,
        }
    }

    /// One sweep that dies at the call of that number. False where it needed fewer calls, and so lived.
    pub(crate) async fn dying_sweep(&self, part: Part, number: u64, kind: Fault) -> bool {
        let proxy = self.proxy(part);
        proxy.script(nth(number, kind));
        let app = self.app();
        let died = match select(Box::pin(app.sweep()), Box::pin(struck(proxy))).await {
            Either::Left(_) => proxy.is_killed(),
            Either::Right(((), sweep)) => {
                drop(sweep);
                true
            }
        };
        self.proxies().iter().for_each(|proxy| proxy.clear());
        died
    }
}

/// Resolves once the kill has struck.
async fn struck(proxy: &Proxy) {
    while !proxy.is_killed() {
        tokio::task::yield_now().await;
    }
}
