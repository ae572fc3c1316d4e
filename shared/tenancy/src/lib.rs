//! Making and unmaking what a tenant stands on: its table, its encryption key, its default project.
//!
//! Every step may be repeated and interrupted: each looks at what is there before it acts.

mod provision;
mod purge;

use blobs::Blobs;
use domain::actor::SystemPart;
use domain::organization::Organization;
use domain::{Actor, Origin, Principal};
use store::Store;
use vault::Vault;

/// The parts that a tenant is made of. Cheap to clone.
#[derive(Clone)]
pub struct Tenancy {
    /// The tables.
    pub store: Store,
    /// Encryption keys and secrets.
    pub vault: Vault,
    /// Objects.
    pub blobs: Blobs,
}

impl Tenancy {
    /// The part of the product that acts, standing in that organization.
    #[must_use]
    pub fn actor(organization: Option<&Organization>) -> Actor {
        let standing = organization.map(|organization| organization.standing(None, std::collections::BTreeMap::new()));
        let principal = Principal::System { part: SystemPart::TenantLifecycle, on_behalf_of: None };
        Actor { principal, standing, origin: Origin::default() }
    }
}
