//! The routes of a function: each declared with who may come in at all, and listed for the tests that hold template,
//! documentation and code together.

use axum::Router;
use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, on};
use http::Method;

use crate::Core;
use crate::authenticate::authenticate;

/// Who may come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody, such as for a sign-in.
    Open,
    /// Whoever is signed in; the handler's grant decides the rest.
    SignedIn,
}

/// One route, as it was declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// The method.
    pub method: Method,
    /// The path's pattern.
    pub path: &'static str,
    /// Who may come in.
    pub access: Access,
}

/// Routes over a function's state.
pub struct Routes<S> {
    core: Core,
    open: Router<S>,
    signed_in: Router<S>,
    declared: Vec<Declared>,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// No routes yet.
    #[must_use]
    pub fn new(core: Core) -> Self {
        Self { core, open: Router::new(), signed_in: Router::new(), declared: vec![] }
    }

    /// A route for whoever is signed in.
    #[must_use]
    pub fn route<H: Handler<T, S>, T: 'static>(mut self, method: Method, path: &'static str, handler: H) -> Self {
        self.signed_in = self.signed_in.route(path, on(filter(&method), handler));
        self.declared.push(Declared { method, path, access: Access::SignedIn });
        self
    }

    /// A route for anybody.
    #[must_use]
    pub fn open<H: Handler<T, S>, T: 'static>(mut self, method: Method, path: &'static str, handler: H) -> Self {
        self.open = self.open.route(path, on(filter(&method), handler));
        self.declared.push(Declared { method, path, access: Access::Open });
        self
    }

    /// What was declared.
    #[must_use]
    pub fn declared(&self) -> &[Declared] {
        &self.declared
    }

    /// The router of a function.
    pub fn into_router(self, state: S) -> Router {
        let Self { core, open, signed_in, .. } = self;
        // A layer over no routes is refused as a mistake, which it is not in a function whose routes are all open.
        let guarded = match signed_in.has_routes() {
            true => signed_in.route_layer(from_fn_with_state(core, authenticate)),
            false => signed_in,
        };
        open.merge(guarded).with_state(state)
    }
}

fn filter(method: &Method) -> MethodFilter {
    MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET)
}
