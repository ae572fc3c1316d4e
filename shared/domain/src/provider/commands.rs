//! What is asked of providers, in the two homes that they have.

use std::marker::PhantomData;

use super::{BaseUrl, EndpointPatch, ModelsPatch, ProviderType, TypeSettings};
use crate::id::ProviderId;
use crate::name::ItemName;
use crate::scope::Reach;
use crate::{Action, Command, OrgScope, Patch, PlatformScope};

/// Where providers live: an organization, or the platform.
pub trait ProviderHome: Reach {
    /// The right to look after them.
    const MANAGE: Action;
    /// The organization, if it is one.
    fn organization(&self) -> Option<&OrgScope>;
}

impl ProviderHome for OrgScope {
    const MANAGE: Action = Action::ManageOwnProviders;

    fn organization(&self) -> Option<&OrgScope> {
        Some(self)
    }
}

impl ProviderHome for PlatformScope {
    const MANAGE: Action = Action::ManageGlobalProviders;

    fn organization(&self) -> Option<&OrgScope> {
        None
    }
}

/// Something that is done to the providers of a home, all of it by one right.
#[derive(Debug)]
pub struct OfProviders<H, C> {
    /// What.
    pub what: C,
    home: PhantomData<fn() -> H>,
}

impl<H: ProviderHome, C> OfProviders<H, C> {
    /// That, in the home which the type names.
    pub fn new(what: C) -> Self {
        Self { what, home: PhantomData }
    }
}

impl<H: ProviderHome, C> Command for OfProviders<H, C> {
    type Scope = H;
    fn action(&self) -> Action {
        H::MANAGE
    }
}

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
