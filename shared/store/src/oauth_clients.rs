//! OAuth clients of an organization: make, list, read, edit, delete, and which version of its secret is used.

use domain::change::{Change, Target};
use domain::id::{OauthClientId, OrganizationId};
use domain::oauth_client::{
    CreateOauthClient, DeleteOauthClient, EditOauthClient, OauthClient, ReadOauthClients, RemoveClientSecret,
    SetClientSecret,
};
use domain::provider::{Credential, CredentialMark};
use domain::{Code, Command, Error, EventKind, Granted, Mint, OrgScope, Result};
use serde_json::{Value, json};

use crate::core::{Store, decode, encode, put_new};
use crate::cursor::Cursor;
use crate::edit::Edit;
use crate::idempotency::{Idempotency, Made};
use crate::items::{ClaimItem, TenantItem};
use crate::keys::{Key, tool};
use crate::organizations::acting;
use crate::page::{Page, Query};

const OPTIONAL: [&str; 4] = ["issuer", "authorization_endpoint", "token_endpoint", "credential"];

/// Where the secret of an OAuth client lies in the vault.
#[must_use]
pub fn client_secret_path(scope: &OrgScope, id: OauthClientId) -> String {
    format!("orgs/{}/oauth-clients/{id}", scope.organization())
}

impl Store {
    /// AP-324. A client without a secret, its name claimed, and the event in one transaction.
    ///
    /// # Errors
    /// [`Code::OauthClientNameTaken`]; [`Code::OrganizationNotActive`] where content is not made yet or being purged;
    /// [`Code::Invalid`] as [`CreateOauthClient::made`].
    pub async fn create_oauth_client(
        &self,
        granted: &Granted<CreateOauthClient>,
        sent: Option<&Idempotency>,
        mint: &mut Mint,
    ) -> Result<Made<OauthClient>> {
        let (scope, id) = (granted.scope(), mint.id());
        let client = granted.command().made(id, acting(granted.actor()), mint.now())?;
        let changes = between(None, Some(&client));
        let event = granted.event(mint, EventKind::OauthClientCreated, target(&client), changes);
        let table = self.tenant(scope);
        let writes = vec![
            put_new(&table, &ClaimItem::of(name_key(scope, &client), id))?,
            put_new(&table, &TenantItem::of(key(scope, id), &client))?,
            self.event(&event)?,
            self.has_content(scope)?,
        ];
        let mark = self.mark(granted.actor(), sent, id, mint)?;
        self.make(writes, mark, client).await?.map_err(|fault| match fault.refused() {
            Some(0) => name_taken(),
            Some(3) => Error::new(Code::OrganizationNotActive, "the organization is not active"),
            _ => fault.into_error("making an OAuth client"),
        })
    }

    /// AP-325. The clients of an organization, oldest first.
    pub async fn list_oauth_clients(
        &self,
        granted: &Granted<ReadOauthClients>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<OauthClient>> {
        let (table, partition) = (self.tenant(granted.scope()), tool::oauth_clients(of(granted.scope())));
        let query = Query::of(&table, partition).beginning_with(tool::OAUTH_PREFIX);
        let page = self.page("oauth-clients", query, cursor, limit).await?;
        let items = page.items.into_iter().map(|item| Ok(decode::<TenantItem<OauthClient>>(item)?.content));
        Ok(Page { items: items.collect::<Result<_>>()?, next: page.next })
    }

    /// AP-326. One of them; also what an earlier request with the same idempotency key made.
    pub async fn read_oauth_client<C: Command<Scope = OrgScope>>(
        &self,
        granted: &Granted<C>,
        id: OauthClientId,
    ) -> Result<OauthClient> {
        self.oauth_client(granted.scope(), id).await
    }

    /// AP-327. What it is and asks for, on the version that was read. As somebody else, or for another server, its secret is
    /// void from here on: then also which version it was.
    ///
    /// # Errors
    /// [`Code::PreconditionFailed`], [`Code::OauthClientNameTaken`], [`Code::Invalid`] as [`EditOauthClient::apply`].
    pub async fn edit_oauth_client(
        &self,
        granted: &Granted<EditOauthClient>,
        mint: &mut Mint,
    ) -> Result<(OauthClient, Option<u64>)> {
        let (scope, asked) = (granted.scope(), granted.command());
        let before = self.oauth_client(scope, asked.id).await?;
        if asked.version != before.version {
            return Err(Error::stale());
        }
        let after = asked.apply(&before, mint.now())?;
        let changes = between(Some(&before), Some(&after));
        if changes.is_empty() {
            return Ok((before, None));
        }
        let event = granted.event(mint, EventKind::OauthClientEdited, target(&after), changes);
        let mut writes = vec![self.replace_oauth_client(scope, &before, &after)?.update()?, self.event(&event)?];
        let (from, to) = (name_key(scope, &before), name_key(scope, &after));
        if from != to {
            let table = self.tenant(scope);
            writes.push(put_new(&table, &ClaimItem::of(to, after.id))?);
            writes.push(Edit::of(&table, from).delete()?);
        }
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(0) => Error::stale(),
            Some(2) => name_taken(),
            _ => fault.into_error("editing an OAuth client"),
        })?;
        let void = before.credential.filter(|_| after.credential.is_none()).map(|credential| credential.version);
        Ok((after, void))
    }

    /// AP-328. The client goes, and with it the way to its secret. Nothing names clients yet, so none is refused to go for that.
    ///
    /// # Errors
    /// [`Code::Conflict`] where it is changed at this moment.
    pub async fn delete_oauth_client(&self, granted: &Granted<DeleteOauthClient>, mint: &mut Mint) -> Result<()> {
        let scope = granted.scope();
        let before = self.oauth_client(scope, granted.command().id).await?;
        let event = granted.event(mint, EventKind::OauthClientDeleted, target(&before), between(Some(&before), None));
        let table = self.tenant(scope);
        let entry = Edit::of(&table, key(scope, before.id)).when("version", "=", before.version)?;
        let writes = vec![entry.delete()?, Edit::of(&table, name_key(scope, &before)).delete()?, self.event(&event)?];
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(_) => Error::new(Code::Conflict, "somebody changed the client at this moment; try again"),
            None => fault.into_error("deleting an OAuth client"),
        })
    }

    /// The client whose secret is to be set, on the version that was read.
    ///
    /// # Errors
    /// [`Code::PreconditionFailed`]
    pub async fn oauth_client_to_set(&self, granted: &Granted<SetClientSecret>) -> Result<OauthClient> {
        let SetClientSecret { id, version } = *granted.command();
        let client = self.oauth_client(granted.scope(), id).await?;
        if client.version == version { Ok(client) } else { Err(Error::stale()) }
    }

    /// AP-329. From here on that version of the secret is the client's, or none is: then also which version it was.
    ///
    /// # Errors
    /// [`Code::PreconditionFailed`] where the client is another one than was read.
    pub async fn set_client_secret(
        &self,
        granted: &Granted<SetClientSecret>,
        before: &OauthClient,
        (version, mark): (u64, CredentialMark),
        mint: &mut Mint,
    ) -> Result<OauthClient> {
        let set_by = acting(granted.actor());
        let credential = Credential { version, mark, set_at: mint.now(), set_by, last_used_at: None };
        self.put_client_secret(granted, before, Some(credential), EventKind::OauthClientCredentialSet, mint).await
    }

    /// AP-329. The same without one. Which version it was, where it had one.
    ///
    /// # Errors
    /// [`Code::PreconditionFailed`] where somebody changes it at this moment.
    pub async fn remove_client_secret(
        &self,
        granted: &Granted<RemoveClientSecret>,
        mint: &mut Mint,
    ) -> Result<Option<u64>> {
        let before = self.oauth_client(granted.scope(), granted.command().id).await?;
        let Some(Credential { version, .. }) = before.credential else { return Ok(None) };
        self.put_client_secret(granted, &before, None, EventKind::OauthClientCredentialRemoved, mint).await?;
        Ok(Some(version))
    }

    /// A client of that organization; another one's is unknown.
    pub(crate) async fn oauth_client(&self, scope: &OrgScope, id: OauthClientId) -> Result<OauthClient> {
        let item: Option<TenantItem<OauthClient>> = self.get(&self.tenant(scope), &key(scope, id)).await?;
        item.map(|item| item.content).ok_or_else(Error::not_found)
    }

    async fn put_client_secret<C: Command<Scope = OrgScope>>(
        &self,
        granted: &Granted<C>,
        before: &OauthClient,
        credential: Option<Credential>,
        kind: EventKind,
        mint: &mut Mint,
    ) -> Result<OauthClient> {
        let after = OauthClient { credential, updated_at: mint.now(), version: before.version + 1, ..before.clone() };
        let event = granted.event(mint, kind, target(&after), between(Some(before), Some(&after)));
        let replaced = self.replace_oauth_client(granted.scope(), before, &after)?.update()?;
        self.transact(vec![replaced, self.event(&event)?]).await.map_err(|fault| match fault.refused() {
            Some(0) => Error::stale(),
            _ => fault.into_error("changing an OAuth client's secret"),
        })?;
        Ok(after)
    }

    /// The client as it is now, on the version that was read; what it does not have any more goes.
    fn replace_oauth_client(&self, scope: &OrgScope, before: &OauthClient, after: &OauthClient) -> Result<Edit> {
        let item = encode(after)?;
        let gone = OPTIONAL.into_iter().filter(|attribute| !item.contains_key(*attribute));
        let edit = Edit::of(&self.tenant(scope), key(scope, after.id));
        let edit = gone.fold(edit, Edit::remove);
        edit.set_all(item.clone(), &[])?.when("version", "=", before.version)
    }
}

fn of(scope: &OrgScope) -> OrganizationId {
    scope.organization()
}

pub(crate) fn key(scope: &OrgScope, id: OauthClientId) -> Key {
    tool::oauth_client(of(scope), id)
}

fn name_key(scope: &OrgScope, named: &OauthClient) -> Key {
    tool::oauth_client_name(of(scope), &named.name.folded())
}

pub(crate) fn target(client: &OauthClient) -> Target {
    Target::named("oauth-client", client.id, &client.name)
}

fn name_taken() -> Error {
    Error::new(Code::OauthClientNameTaken, "another OAuth client here has that name").at("/name")
}

/// What the record says: each field; of the secret only its mask.
fn between(before: Option<&OauthClient>, after: Option<&OauthClient>) -> Vec<Change> {
    let field = |name: &str, get: fn(&OauthClient) -> Value| Change::between(name, before.map(get), after.map(get));
    let fields = [
        field("name", |client| client.name.to_string().into()),
        field("authorization_server", |client| json!(client.server)),
        field("client_id", |client| json!(client.client_id)),
        field("scopes", |client| json!(client.scopes)),
        field("redirect_uris", |client| json!(client.redirect_uris)),
        field("credential", |client| json!(client.credential.as_ref().map(|credential| &credential.mark.mask))),
    ];
    fields.into_iter().flatten().collect()
}
