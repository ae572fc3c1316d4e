//! The one way an HTTP request comes in: from its bytes to a caller with rights, and from a value or an error to its
//! bytes.

pub mod answer;
mod api_token;
mod authenticate;
mod bearer;
mod body;
mod caller;
mod core;
mod edge;
mod guest;
mod if_match;
mod look;
mod names;
mod object;
mod page;
mod params;
mod person;
mod place;
mod problem;
mod quota_problem;
mod rate_limit;
mod routes;
mod token;
mod visitor;

pub use answer::Reply;
pub use api_token::{API_TOKEN_PREFIX, ApiToken};
pub use bearer::{Bearer, read_for};
pub use body::{Body, Keyed, Nothing, Once, OptionalBody};
pub use caller::{Caller, Identity};
pub use core::{Core, Settings};
pub use edge::finish;
pub use guest::Guest;
pub use if_match::{IfMatch, etag};
pub use names::{OrgRoleName, ProjectRoleName, StatusName};
pub use object::Object;
pub use page::{PageParams, PageView, cursor};
pub use params::Params;
pub use person::Person;
pub use place::At;
pub use problem::{FieldProblem, Problem, ProblemView, status, title};
pub use quota_problem::{QuotaScopeView, ShortageView};
pub use rate_limit::RateLimit;
pub use routes::{Access, Declared, Routes};
pub use token::{SESSION_COOKIE, Secret, Token};
pub use visitor::{ClientAddress, Visitor};
