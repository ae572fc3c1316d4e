//! What is asked of OAuth clients.

use std::collections::BTreeSet;

use super::{AuthorizationServerPatch, ClientId, RedirectUri, Scope};
use crate::id::OauthClientId;
use crate::name::ItemName;
use crate::{Action, Command, OrgScope, Patch};

/// `POST …/oauth-clients`
#[derive(Clone, Debug)]
pub struct CreateOauthClient {
    /// Its name.
    pub name: ItemName,
    /// Who gives access.
    pub server: AuthorizationServerPatch,
    /// As whom it is known there.
    pub client_id: ClientId,
    /// What it asks for.
    pub scopes: BTreeSet<Scope>,
    /// Where people may be sent back to.
    pub redirect_uris: BTreeSet<RedirectUri>,
}

/// `GET …/oauth-clients`, and one of them.
#[derive(Clone, Copy, Debug)]
pub struct ReadOauthClients;

/// `PATCH …/oauth-clients/{id}`
#[derive(Clone, Debug)]
pub struct EditOauthClient {
    /// Which.
    pub id: OauthClientId,
    /// The version that was read.
    pub version: u64,
    /// Another name.
    pub name: Option<ItemName>,
    /// Somebody else who gives access.
    pub server: AuthorizationServerPatch,
    /// Another name there.
    pub client_id: Option<ClientId>,
    /// Other scopes, all of them.
    pub scopes: Patch<BTreeSet<Scope>>,
    /// Other redirect URIs, all of them.
    pub redirect_uris: Patch<BTreeSet<RedirectUri>>,
}

/// `DELETE …/oauth-clients/{id}`
#[derive(Clone, Copy, Debug)]
pub struct DeleteOauthClient {
    /// Which.
    pub id: OauthClientId,
}

/// `PUT …/oauth-clients/{id}/credential`. The value goes to the vault, and is no part of this.
#[derive(Clone, Copy, Debug)]
pub struct SetClientSecret {
    /// Of which client.
    pub id: OauthClientId,
    /// The version of the client that was read: a secret is meant for the server that its owner saw.
    pub version: u64,
}

/// `DELETE …/oauth-clients/{id}/credential`
#[derive(Clone, Copy, Debug)]
pub struct RemoveClientSecret {
    /// Of which client.
    pub id: OauthClientId,
}

/// The runtime asks for a client and its secret.
#[derive(Clone, Copy, Debug)]
pub struct LeaseOauthClient {
    /// Which.
    pub id: OauthClientId,
}

/// Gives commands of an organization the right to look after its clients: that of providers, since the same rules hold.
macro_rules! manage {
    ($($command:ty),+ $(,)?) => { $(impl Command for $command {
        type Scope = OrgScope;
        fn action(&self) -> Action {
            Action::ManageOwnProviders
        }
    })+ };
}

manage!(CreateOauthClient, ReadOauthClients, EditOauthClient, DeleteOauthClient, SetClientSecret, RemoveClientSecret,);

impl Command for LeaseOauthClient {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::LeaseCredential
    }
}
