//! DynamoDB: the one place that knows tables, keys and transactions. `ACCESS_PATTERNS.md` numbers every pattern; each
//! method's documentation begins with its number.

mod authenticate;
mod bootstrap;
mod core;
mod cursor;
mod edit;
mod events;
mod fault;
mod idempotency;
mod import_item;
mod import_jobs;
mod import_rows;
mod items;
mod joining;
mod keys;
mod lifecycle;
mod members;
mod organizations;
mod page;
mod passwords;
mod person_items;
mod planned_join;
mod profile;
mod project_list;
mod project_members;
mod projects;
mod purge;
mod purge_pooled;
mod registrations;
mod schema;
mod sessions;
mod sign_in;
mod users;

pub use authenticate::{Asked, Identified};
pub use bootstrap::{Bootstrapped, CreateSuperadmin};
pub use core::{Config, Store, TenantTables};
pub use cursor::Cursor;
pub use events::EventFilter;
pub use idempotency::{Idempotency, Made};
pub use import_jobs::Chunk;
pub use lifecycle::TableState;
pub use page::Page;
pub use passwords::NewPassword;
pub use planned_join::{Joiner, NewPerson, PlannedJoin, RowOutcome};
pub use registrations::RegisteredKind;
pub use sign_in::{Login, SignIn};
