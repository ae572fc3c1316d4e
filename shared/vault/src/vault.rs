//! The handle on Vault: one way for every call, through the breaker, in time and logged in.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use tokio::sync::Mutex;
use vaultrs::error::ClientError;

use crate::breaker::Breaker;
use crate::config::{Clock, Config, Login};
use crate::fault::{Fault, Kind};
use crate::session::{self, Session};

/// How long one call may take, logging in included.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Vault. Cheap to clone; all clones share the login, the connections and the breaker.
///
/// Logs in at the first call, renews or logs in again after two thirds of a token's life. A call takes 3 s at most. After 5
/// calls in a row without an answer every call fails at once for 5 s; then one call probes.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    address: Url,
    login: Login,
    mount_kv: String,
    mount_transit: String,
    clock: Clock,
    breaker: Breaker,
    state: Mutex<State>,
}

/// Both are made at first use.
#[derive(Default)]
struct State {
    http: Option<reqwest::Client>,
    session: Option<Arc<Session>>,
}

impl Vault {
    /// Takes the configuration over; does not speak to Vault yet.
    ///
    /// # Errors
    /// `Unexpected`: the address is no HTTP address, a mount is no path, or the token is not visible ASCII.
    pub fn new(config: Config, clock: Clock) -> Result<Self, Fault> {
        let Config { address, login, mount_kv, mount_transit } = config;
        let address =
            Url::parse(&address).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let address = address.ok_or_else(|| Fault::new(Kind::Unexpected, "an address that is not HTTP"))?;
        session::check(&login)?;
        check_path(&mount_kv)?;
        check_path(&mount_transit)?;
        let (breaker, state) = (Breaker::default(), Mutex::default());
        Ok(Self(Arc::new(Inner { address, login, mount_kv, mount_transit, clock, breaker, state })))
    }

    /// Where Vault is, for those whom it is to answer directly.
    #[must_use]
    pub fn address(&self) -> &str {
        self.0.address.as_str()
    }

    pub(crate) fn mount_kv(&self) -> &str {
        &self.0.mount_kv
    }

    pub(crate) fn mount_transit(&self) -> &str {
        &self.0.mount_transit
    }

    /// Runs one call; what is not there is `None`.
    pub(crate) async fn find<T, F, Answer>(&self, act: F) -> Result<Option<T>, Fault>
    where
        F: Fn(Arc<Session>) -> Answer,
        Answer: Future<Output = Result<T, ClientError>>,
    {
        if !self.0.breaker.permits(self.now()) {
            return Err(Fault::new(Kind::Unreachable, "the breaker is open"));
        }
        let late = |_| Err(Fault::new(Kind::Unreachable, "no answer in time"));
        let outcome = tokio::time::timeout(TIMEOUT, self.attempt(act)).await.unwrap_or_else(late);
        match &outcome {
            Err(fault) if fault.kind() == Kind::Unreachable => self.0.breaker.failed(self.now()),
            _ => self.0.breaker.answered(),
        }
        outcome
    }

    /// Runs one call on something that must be there.
    pub(crate) async fn call<T, F, Answer>(&self, act: F) -> Result<T, Fault>
    where
        F: Fn(Arc<Session>) -> Answer,
        Answer: Future<Output = Result<T, ClientError>>,
    {
        self.find(act).await?.ok_or_else(|| Fault::new(Kind::Unexpected, "status 404"))
    }

    /// A refusal with a token that Vault does not know any more is answered by one new login.
    async fn attempt<T, F, Answer>(&self, act: F) -> Result<Option<T>, Fault>
    where
        F: Fn(Arc<Session>) -> Answer,
        Answer: Future<Output = Result<T, ClientError>>,
    {
        let session = self.session().await?;
        let first = act(Arc::clone(&session)).await;
        let refused = matches!(first, Err(ClientError::APIError { code: 403, .. }));
        if !refused || !session.is_replaceable() || session.is_known().await {
            return found(first);
        }
        self.forget(&session).await;
        found(act(self.session().await?).await)
    }

    /// The session to use now. Whoever finds it due renews it while the others wait.
    async fn session(&self) -> Result<Arc<Session>, Fault> {
        let Inner { address, login, state, .. } = &*self.0;
        let mut state = state.lock().await;
        let now = self.now();
        if let Some(session) = state.session.as_ref().filter(|session| session.is_fresh(now)) {
            return Ok(Arc::clone(session));
        }
        let http = match &state.http {
            Some(http) => http.clone(),
            None => state.http.insert(session::http(address, TIMEOUT)?).clone(),
        };
        let renewed = match &state.session {
            Some(session) => session.renewed(http.clone(), address, now).await?,
            None => None,
        };
        let session = match renewed {
            Some(session) => session,
            None => Session::open(http, address, login, now).await?,
        };
        Ok(Arc::clone(state.session.insert(Arc::new(session))))
    }

    /// Drops the session unless somebody has already replaced it.
    async fn forget(&self, stale: &Arc<Session>) {
        let mut state = self.0.state.lock().await;
        if state.session.as_ref().is_some_and(|session| Arc::ptr_eq(session, stale)) {
            state.session = None;
        }
    }

    fn now(&self) -> Duration {
        (self.0.clock)()
    }
}

/// Segments of letters, digits, `_`, `-` and `.`, joined by `/`: anything else could leave its place in the address.
pub(crate) fn check_path(path: &str) -> Result<(), Fault> {
    let plain = |segment: &str| {
        let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        !segment.is_empty() && segment != "." && segment != ".." && segment.chars().all(known)
    };
    if path.split('/').all(plain) {
        Ok(())
    } else {
        Err(Fault::new(Kind::Unexpected, "a path with other characters than letters, digits, _, - and ."))
    }
}

fn found<T>(outcome: Result<T, ClientError>) -> Result<Option<T>, Fault> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(error) if crate::fault::is_absent(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::check_path;

    #[test]
    fn a_path_cannot_leave_its_place() {
        for path in ["platform/keys/link-tokens", "org_01ARZ3NDEKTSV4RRFFQ69G5FAV", "a/b.c_d"] {
            assert!(check_path(path).is_ok(), "{path}");
        }
        for path in ["", "/", "a/", "/a", "a//b", "../a", "a/./b", "a?b", "a#b", "a%2Fb", "a b", "a\nb", "ä"] {
            assert!(check_path(path).is_err(), "{path}");
        }
    }
}
