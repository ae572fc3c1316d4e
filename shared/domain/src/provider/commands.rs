//! What is asked of providers, in the two homes that they have.

use super::{Assignment, BaseUrl, EndpointPatch, ModelsPatch, ProviderType, TypeSettings};
use crate::home::{Rights, take_rights};
use crate::id::ProviderId;
use crate::name::ItemName;
use crate::{Action, Patch};

/// The right to look after providers.
const MANAGE: Rights = Rights { organization: Action::ManageOwnProviders, platform: Action::ManageGlobalProviders };

take_rights!(MANAGE => CreateProvider, ReadProviders, EditProvider, DeleteProvider, SetCredential, RemoveCredential, ReadParameters, SetParameters, TestProvider);

/// `POST …/providers`
#[derive(Clone, Debug)]
pub struct CreateProvider {
    /// Its name.
    pub name: ItemName,
    /// What it speaks.
    pub kind: ProviderType,
    /// Where it is called; none = where its maker publishes it.
    pub base_url: Option<BaseUrl>,
    /// What its type needs besides.
    pub settings: TypeSettings,
    /// What it offers.
    pub models: ModelsPatch,
    /// Whether it begins with the well-known models of its type; those that are named besides are laid over them.
    pub with_catalogue: bool,
    /// For whom it is, of the platform's; none = all.
    pub assignment: Option<Assignment>,
}

/// `GET …/providers`, and one of them.
#[derive(Clone, Copy, Debug)]
pub struct ReadProviders;

/// `PATCH …/providers/{id}`
#[derive(Clone, Debug)]
pub struct EditProvider {
    /// Which.
    pub id: ProviderId,
    /// The version that was read.
    pub version: u64,
    /// Another name.
    pub name: Option<ItemName>,
    /// Another endpoint.
    pub endpoint: EndpointPatch,
    /// Other models.
    pub models: Patch<ModelsPatch>,
    /// Whether it may be used.
    pub enabled: Option<bool>,
    /// For whom it is, of the platform's.
    pub assignment: Option<Assignment>,
}

/// `DELETE …/providers/{id}`
#[derive(Clone, Copy, Debug)]
pub struct DeleteProvider {
    /// Which.
    pub id: ProviderId,
}

/// `PUT …/providers/{id}/credential`. The value goes to the vault, and is no part of this.
#[derive(Clone, Copy, Debug)]
pub struct SetCredential {
    /// Of which provider.
    pub id: ProviderId,
    /// The version of the provider that was read: a key is meant for the address that its owner saw.
    pub version: u64,
}

/// `DELETE …/providers/{id}/credential`
#[derive(Clone, Copy, Debug)]
pub struct RemoveCredential {
    /// Of which provider.
    pub id: ProviderId,
}

/// `GET …/providers/{id}/parameters`
#[derive(Clone, Copy, Debug)]
pub struct ReadParameters;

/// `PUT …/providers/{id}/parameters`. What they are is no part of this: an organization's are sealed before they are stored.
#[derive(Clone, Copy, Debug)]
pub struct SetParameters {
    /// Of which provider.
    pub id: ProviderId,
    /// The version that was read.
    pub version: u64,
}

/// `POST …/providers/{id}/test`
#[derive(Clone, Copy, Debug)]
pub struct TestProvider {
    /// Which.
    pub id: ProviderId,
}
