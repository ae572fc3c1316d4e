//! The handle on the outside: rules, resolver and trust, and the one call.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::address::Address;
use crate::allowed::Allowed;
use crate::answer::Answer;
use crate::connect::{connected, connector, judged, secured};
use crate::exchange::exchange;
use crate::fault::Fault;
use crate::request::Request;
use crate::resolve::Resolve;

/// How long a call may take, from the name to the last byte.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The way out. Cheap to clone; keeps no connection, no name and no session from one call to the next.
#[derive(Clone)]
pub struct Outbound(Arc<Inner>);

struct Inner {
    allowed: Allowed,
    resolver: Box<dyn Resolve>,
    authorities: Vec<Vec<u8>>,
    connector: OnceLock<Result<TlsConnector, Fault>>,
}

impl Outbound {
    /// Takes the rules over; speaks to nobody yet. Besides the system's authorities it trusts `authorities`, certificates in
    /// DER. The system's are read at the first call over https.
    #[must_use]
    pub fn new(allowed: Allowed, resolver: impl Resolve + 'static, authorities: Vec<Vec<u8>>) -> Self {
        Self(Arc::new(Inner { allowed, resolver: Box::new(resolver), authorities, connector: OnceLock::new() }))
    }

    /// Whether a call may go to the address, as its name stands now. A call asks again: what was public may not be later.
    ///
    /// # Errors
    /// What a call would fail with before it connects.
    pub async fn check(&self, address: &Address) -> Result<(), Fault> {
        let Inner { allowed, resolver, .. } = &*self.0;
        let judged = timeout(TIMEOUT, judged(address, allowed, resolver.as_ref()));
        judged.await.unwrap_or(Err(Fault::Late)).map(drop)
    }

    /// Makes the call: 10 s for all of it, 256 KiB of body or what the request says, 32 KiB and 100 headers of head; no redirect
    /// is followed.
    ///
    /// # Errors
    /// Any [`Fault`]. An answer with a status of 400 and above is none.
    pub async fn call(&self, request: Request) -> Result<Answer, Fault> {
        timeout(TIMEOUT, self.attempt(request)).await.unwrap_or(Err(Fault::Late))
    }

    async fn attempt(&self, request: Request) -> Result<Answer, Fault> {
        let Inner { allowed, resolver, .. } = &*self.0;
        let address = request.address.clone();
        let addresses = judged(&address, allowed, resolver.as_ref()).await?;
        let stream = connected(&addresses).await?;
        let (request, reading) = request.into_http()?;
        if address.is_secure() {
            exchange(secured(stream, &address, self.connector()?).await?, request, reading).await
        } else {
            exchange(stream, request, reading).await
        }
    }

    fn connector(&self) -> Result<&TlsConnector, Fault> {
        let Inner { authorities, connector: made, .. } = &*self.0;
        made.get_or_init(|| connector(authorities)).as_ref().map_err(|fault| *fault)
    }
}
