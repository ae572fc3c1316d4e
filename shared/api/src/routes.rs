//! The routes of a function: each declared with who may come in at all, and listed for the tests that hold template,
//! documentation and code together.

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, any, on};
use domain::{Code, Error};
use http::Method;

use crate::authenticate::{authenticate, refused};
use crate::token::Shown;
use crate::{Core, Problem};

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
    /// The method; `ANY` with `$default`.
    pub method: Method,
    /// The path's pattern; `$default` for whatever fits no other, as the gateway calls it.
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

    /// A route for whoever is signed in, without query parameters.
    #[must_use]
    pub fn route<H: Handler<T, S>, T: 'static>(self, method: Method, path: &'static str, handler: H) -> Self {
        let handler = on(filter(&method), handler).route_layer(from_fn(without_query));
        self.signed_in(method, path, handler)
    }

    /// A route for whoever is signed in, whose handler reads its query parameters with [`crate::Params`].
    #[must_use]
    pub fn search<H: Handler<T, S>, T: 'static>(self, method: Method, path: &'static str, handler: H) -> Self {
        let handler = on(filter(&method), handler);
        self.signed_in(method, path, handler)
    }

    /// A route for whoever is signed in, without query parameters, whose handler proves that itself with [`crate::Bearer`],
    /// in the read that it acts on. Who shows nothing does not reach it.
    #[must_use]
    pub fn proving<H: Handler<T, S>, T: 'static>(mut self, method: Method, path: &'static str, handler: H) -> Self {
        let handler =
            on(filter(&method), handler).route_layer(from_fn(without_query)).route_layer(from_fn(shows_something));
        self.open = self.open.route(path, handler);
        self.declared.push(Declared { method, path, access: Access::SignedIn });
        self
    }

    /// A route for anybody, without query parameters.
    #[must_use]
    pub fn open<H: Handler<T, S>, T: 'static>(self, method: Method, path: &'static str, handler: H) -> Self {
        let handler = on(filter(&method), handler).route_layer(from_fn(without_query));
        self.opened(method, path, handler)
    }

    /// A page for anybody; what links add behind the path makes no difference.
    #[must_use]
    pub fn page<H: Handler<T, S>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.opened(Method::GET, path, on(MethodFilter::GET, handler))
    }

    /// Whatever fits no other route of any function.
    #[must_use]
    pub fn otherwise<H: Handler<T, S>, T: 'static>(mut self, handler: H) -> Self {
        self.open = self.open.route("/{*rest}", any(handler));
        let method = Method::from_bytes(b"ANY").unwrap_or_default();
        self.declared.push(Declared { method, path: "$default", access: Access::Open });
        self
    }

    fn signed_in(mut self, method: Method, path: &'static str, handler: MethodRouter<S>) -> Self {
        self.signed_in = self.signed_in.route(path, handler);
        self.declared.push(Declared { method, path, access: Access::SignedIn });
        self
    }

    fn opened(mut self, method: Method, path: &'static str, handler: MethodRouter<S>) -> Self {
        self.open = self.open.route(path, handler);
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

/// A parameter that nobody reads would be a wish that is silently ignored.
async fn without_query(request: Request, next: Next) -> Response {
    match request.uri().query() {
        None | Some("") => next.run(request).await,
        Some(_) => Problem::from(Error::new(Code::Malformed, "the route takes no parameters")).into_response(),
    }
}

async fn shows_something(request: Request, next: Next) -> Response {
    match Shown::in_headers(request.headers()) {
        Some(_) => next.run(request).await,
        None => Problem::from(refused()).into_response(),
    }
}

fn filter(method: &Method) -> MethodFilter {
    MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET)
}
