//! Service accounts of an organization or of the platform: make, list, read, edit, delete.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::change::{Change, Target};
use domain::home::{Home, HomeCommand, InHome};
use domain::id::{ProjectId, ServiceAccountId};
use domain::member::{may_act_on, may_give};
use domain::service_account::{
    AccountHome, Belongs, CreateServiceAccount, DeleteServiceAccount, EditServiceAccount, ReadServiceAccounts,
    ServiceAccount,
};
use domain::{Actor, Code, Error, EventKind, Granted, Mint, OrgScope, Result};

use crate::core::{Store, decode, encode, put_new};
use crate::cursor::Cursor;
use crate::edit::Edit;
use crate::fault::Fault;
use crate::homes::list_of;
use crate::idempotency::{Idempotency, Made};
use crate::keys::{self, index, tenant};
use crate::organizations::acting;
use crate::page::{Page, Query};
use crate::service_items::{OF_TOKENS, ServiceAccountItem};

const LISTS: [&str; 2] = ["service-accounts", "platform-service-accounts"];

impl Store {
    /// AP-153. A service account without tokens; of an organization only while that is in use, with roles in team
    /// projects that are there.
    ///
    /// # Errors
    /// [`Code::Forbidden`] above the own role, [`Code::OrganizationNotActive`], [`Code::NotFound`],
    /// [`Code::ProjectDefault`] and [`Code::ProjectArchived`] for a project.
    pub async fn create_service_account<H: AccountHome>(
        &self,
        granted: &Granted<InHome<H, CreateServiceAccount<H::Roles>>>,
        sent: Option<&Idempotency>,
        mint: &mut Mint,
    ) -> Result<Made<ServiceAccount>> {
        let CreateServiceAccount { name, roles } = &granted.command().what;
        let account = ServiceAccount {
            id: mint.id(),
            belongs: granted.scope().belongs(roles),
            name: name.clone(),
            suspended: false,
            created_at: mint.now(),
            created_by: acting(granted.actor()),
            updated_at: mint.now(),
            version: 1,
        };
        may_hold(granted.actor(), &account.belongs)?;
        let changes = [Change::set("name", &account.name)].into_iter().chain(roles_between(None, &account.belongs));
        let event = granted.event(mint, EventKind::ServiceAccountCreated, target(&account), changes.collect());
        let mut writes = vec![put_new(&self.platform, &ServiceAccountItem::from(&account))?, self.event(&event)?];
        if let Some(scope) = granted.scope().organization() {
            let gate = keys::tally_of(scope.organization(), account.id.ulid().0);
            writes.push(Edit::of(&self.platform, gate).when("open", "=", true)?.check()?);
            writes.extend(self.open_projects(scope, account.belongs.newly_in(None)?)?);
        }
        let mark = self.mark(granted.actor(), sent, account.id, mint)?;
        self.make(writes, mark, account).await?.map_err(|fault| match fault.refused() {
            Some(2) => Error::new(Code::OrganizationNotActive, "the organization is not active"),
            _ => project_refusal(fault, "making a service account"),
        })
    }

    /// AP-154. The service accounts, oldest first; the index is eventually consistent. Then AP-201.
    pub async fn list_service_accounts<H: Home>(
        &self,
        granted: &Granted<InHome<H, ReadServiceAccounts>>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<ServiceAccount>> {
        let partition = index::service_accounts_of(granted.scope().organization().map(OrgScope::organization));
        let query = Query::on(&self.platform, index::FIRST, partition);
        let page = self.page(list_of(granted.scope(), LISTS), query, cursor, limit).await?;
        let items = page.items.into_iter().map(|item| decode::<ServiceAccountItem>(item)?.account());
        let items = self.accounts_shown(granted, items.collect::<Result<_>>()?).await?;
        Ok(Page { items, next: page.next })
    }

    /// AP-155. One of them, and then AP-201; also what an earlier request with the same idempotency key made.
    pub async fn read_service_account<H: Home, C: HomeCommand>(
        &self,
        granted: &Granted<InHome<H, C>>,
        id: ServiceAccountId,
    ) -> Result<ServiceAccount> {
        let account = self.service_account(granted.scope(), id).await?.account()?;
        self.accounts_shown(granted, vec![account]).await?.pop().ok_or_else(Error::not_found)
    }

    /// AP-156. Name, roles, and whether it is suspended, on the version that was read; effective on its next request.
    ///
    /// # Errors
    /// [`Code::PreconditionFailed`], and as [`Store::create_service_account`].
    pub async fn edit_service_account<H: Home>(
        &self,
        granted: &Granted<InHome<H, EditServiceAccount>>,
        mint: &mut Mint,
    ) -> Result<ServiceAccount> {
        let asked = &granted.command().what;
        let before = self.service_account(granted.scope(), asked.id).await?.account()?;
        let after = asked.apply(&before, mint.now());
        may_touch(granted.actor(), &before.belongs)?;
        may_hold(granted.actor(), &after.belongs)?;
        if asked.version != before.version {
            return Err(Error::stale());
        }
        let named = [
            Change::between("name", &before.name, &after.name),
            Change::between("suspended", before.suspended, after.suspended),
        ];
        let roles = roles_between(Some(&before.belongs), &after.belongs);
        let changes: Vec<Change> = named.into_iter().flatten().chain(roles).collect();
        if changes.is_empty() {
            return Ok(before);
        }
        let event = granted.event(mint, EventKind::ServiceAccountEdited, target(&after), changes);
        let item = encode(&ServiceAccountItem::from(&after))?;
        let edit = Edit::of(&self.platform, keys::service_account(after.id)).set_all(item, &OF_TOKENS)?;
        let mut writes = vec![edit.when("version", "=", before.version)?.update()?, self.event(&event)?];
        if let Some(scope) = granted.scope().organization() {
            writes.extend(self.open_projects(scope, after.belongs.newly_in(Some(&before.belongs))?)?);
        }
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(0) => Error::stale(),
            _ => project_refusal(fault, "editing a service account"),
        })?;
        Ok(after)
    }

    /// AP-157. The account goes with its tokens, at once.
    ///
    /// # Errors
    /// [`Code::Conflict`] where it or its tokens are changed at this moment.
    pub async fn delete_service_account<H: Home>(
        &self,
        granted: &Granted<InHome<H, DeleteServiceAccount>>,
        mint: &mut Mint,
    ) -> Result<()> {
        let item = self.service_account(granted.scope(), granted.command().what.id).await?;
        let gone = self.end_service_account(&item)?;
        let account = item.account()?;
        may_touch(granted.actor(), &account.belongs)?;
        let roles = account.belongs.role().map(|role| Change::cleared("role", role));
        let changes = [Change::cleared("name", &account.name)].into_iter().chain(roles).collect();
        let event = granted.event(mint, EventKind::ServiceAccountDeleted, target(&account), changes);
        let writes = gone.into_iter().chain([self.event(&event)?]).collect();
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(_) => busy(),
            None => fault.into_error("deleting a service account"),
        })
    }

    /// The account and every token on its list.
    pub(crate) fn end_service_account(&self, item: &ServiceAccountItem) -> Result<Vec<TransactWriteItem>> {
        let key = keys::Key { pk: item.pk.clone(), sk: item.sk.clone() };
        let account = Edit::of(&self.platform, key).when("token_changes", "=", item.token_changes)?;
        let tokens = item.tokens.keys().map(|id| {
            let sk = format!("{}{id}", keys::TOKEN_PREFIX);
            Edit::of(&self.platform, keys::Key { pk: item.pk.clone(), sk }).delete()
        });
        std::iter::once(account.delete()).chain(tokens).collect()
    }

    /// An account of that home; another home's is unknown.
    pub(crate) async fn service_account(&self, home: &impl Home, id: ServiceAccountId) -> Result<ServiceAccountItem> {
        let item: Option<ServiceAccountItem> = self.get(&self.platform, &keys::service_account(id)).await?;
        let own = item.filter(|item| item.organization == home.organization().map(OrgScope::organization));
        own.ok_or_else(Error::not_found)
    }

    /// Each is a team project in use, in the order given.
    fn open_projects(&self, scope: &OrgScope, projects: Vec<ProjectId>) -> Result<Vec<TransactWriteItem>> {
        let check = |id| {
            let project = Edit::of(&self.tenant(scope), tenant::project(scope.organization(), id));
            project.when("kind", "=", "team")?.when("archived", "=", false)?.check()
        };
        projects.into_iter().map(check).collect()
    }
}

/// Nobody gives more than they have.
fn may_hold(actor: &Actor, belongs: &Belongs) -> Result<()> {
    belongs.role().map_or(Ok(()), |role| may_give(actor, role))
}

/// Nobody acts on a higher role than the own.
pub(crate) fn may_touch(actor: &Actor, belongs: &Belongs) -> Result<()> {
    belongs.role().map_or(Ok(()), |role| may_act_on(actor, role))
}

fn roles_between(before: Option<&Belongs>, after: &Belongs) -> impl Iterator<Item = Change> {
    let (old, new) = (before.and_then(Belongs::role), after.role());
    let (had, has) = (before.map(Belongs::projects).unwrap_or_default(), after.projects());
    let role = Change::between("role", old, new);
    let text = |projects: std::collections::BTreeMap<ProjectId, domain::ProjectRole>| {
        let pairs = projects.into_iter().map(|(id, role)| (id.to_string(), role));
        Some(pairs.collect::<std::collections::BTreeMap<_, _>>()).filter(|projects| !projects.is_empty())
    };
    [role, Change::between("projects", text(had), text(has))].into_iter().flatten()
}

pub(crate) fn target(account: &ServiceAccount) -> Target {
    Target::named("service-account", account.id, &account.name)
}

pub(crate) fn busy() -> Error {
    Error::new(Code::Conflict, "somebody changed the service account at this moment; try again")
}

/// The refusal of one of the projects that were looked at.
fn project_refusal(fault: Fault, doing: &'static str) -> Error {
    let there = fault.refused().and_then(|at| fault.refused_at(at));
    let is_default = |kind: &&aws_sdk_dynamodb::types::AttributeValue| kind.as_s().is_ok_and(|kind| kind == "default");
    match there {
        Some(None) => Error::new(Code::NotFound, "there is no such project").at("/projects"),
        Some(Some(project)) if project.get("kind").filter(is_default).is_some() => {
            Error::new(Code::ProjectDefault, "the default project follows the organization's roles").at("/projects")
        }
        Some(Some(_)) => Error::new(Code::ProjectArchived, "the project is archived").at("/projects"),
        None => fault.into_error(doing),
    }
}
