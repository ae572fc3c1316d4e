//! What the product means: ids, roles and the one permission decision, names, errors, audit events, import rows.
//!
//! No I/O, no async, no clock, no randomness, no HTTP, no AWS: time and random bytes arrive as arguments ([`Mint`]).

pub mod account_link;
pub mod action;
pub mod actor;
pub mod audit;
pub mod authentication;
pub mod change;
mod code;
pub mod decide;
pub mod delivery;
pub mod email;
pub mod error;
pub mod event;
mod event_kind;
pub mod granted;
pub mod id;
pub mod import;
pub mod import_row;
pub mod inbox;
mod inbox_text;
pub mod invitation;
pub mod member;
pub mod metadata;
pub mod mint;
pub mod name;
pub mod notices;
pub mod notification;
pub mod notification_choices;
pub mod organization;
mod organization_state;
pub mod patch;
pub mod project;
pub mod role;
pub mod scope;
pub mod service_account;
mod service_account_commands;
pub mod session;
pub mod settings;
pub mod time;
pub mod user;

pub use action::Action;
pub use actor::{Actor, Origin, Principal, Standing};
pub use email::Email;
pub use error::{Code, Error, Rejected, Result};
pub use event::Event;
pub use event_kind::{Category, EventKind};
pub use granted::{Command, Granted};
pub use id::Id;
pub use mint::Mint;
pub use patch::Patch;
pub use role::{OrgRole, ProjectRole};
pub use scope::{CallerScope, OrgScope, PlatformScope, ProjectScope, SelfScope};
pub use time::Timestamp;
