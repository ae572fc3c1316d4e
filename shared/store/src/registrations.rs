//! Use cases and agents that Studio registers in a project.

use domain::change::{Change, Target};
use domain::id::{Agent, Id, Kind, UseCase};
use domain::project::{EditRegistered, ReadRegistered, Register, Registered};
use domain::{Code, Error, EventKind, Granted, Mint, ProjectScope, Result};

use crate::core::{Store, decode, encode, put_new};
use crate::cursor::Cursor;
use crate::edit::Edit;
use crate::idempotency::{Idempotency, Made};
use crate::items::TenantItem;
use crate::keys::{Key, tenant};
use crate::page::{Page, Query};

/// What can be registered.
pub trait RegisteredKind: Kind + Sized {
    /// What the audit log calls it.
    const TARGET: &'static str;
    /// Recorded when it is registered.
    const REGISTERED: EventKind;
    /// Recorded when it is edited.
    const EDITED: EventKind;
}

impl RegisteredKind for UseCase {
    const TARGET: &'static str = "use-case";
    const REGISTERED: EventKind = EventKind::UseCaseRegistered;
    const EDITED: EventKind = EventKind::UseCaseEdited;
}

impl RegisteredKind for Agent {
    const TARGET: &'static str = "agent";
    const REGISTERED: EventKind = EventKind::AgentRegistered;
    const EDITED: EventKind = EventKind::AgentEdited;
}

impl Store {
    /// AP-40. Registers a use case or an agent in a project that is in use.
    ///
    /// # Errors
    /// [`Code::ProjectArchived`], [`Code::NotFound`] without the project.
    pub async fn register<K: RegisteredKind>(
        &self,
        granted: &Granted<Register>,
        sent: Option<&Idempotency>,
        mint: &mut Mint,
    ) -> Result<Made<Registered<Id<K>>>> {
        let scope = granted.scope();
        let registered = Registered {
            id: mint.id::<K>(),
            project: scope.project(),
            name: granted.command().name.clone(),
            archived: false,
            created_at: mint.now(),
            updated_at: mint.now(),
            version: 1,
        };
        let event =
            granted.event(mint, K::REGISTERED, target(&registered), vec![Change::set("name", &registered.name)]);
        let project = tenant::project(scope.organization().organization(), scope.project());
        let table = self.tenant(scope.organization());
        let writes = vec![
            Edit::of(&table, project).when("archived", "=", false)?.check()?,
            put_new(&table, &TenantItem::of(key(scope, registered.id), &registered))?,
            self.event(&event.in_project(scope.project()))?,
        ];
        let mark = self.mark(granted.actor(), sent, registered.id, mint)?;
        self.make(writes, mark, registered).await?.map_err(|fault| {
            match (fault.refused(), fault.refused_at(0).flatten()) {
                (Some(0), Some(_)) => Error::new(Code::ProjectArchived, "the project is archived"),
                (Some(0), None) => Error::not_found(),
                _ => fault.into_error("registering"),
            }
        })
    }

    /// AP-44. What an earlier request with the same idempotency key made.
    pub async fn registered_before<K: RegisteredKind>(
        &self,
        granted: &Granted<Register>,
        id: Id<K>,
    ) -> Result<Registered<Id<K>>> {
        let (_, registered) = self.registered(granted.scope(), id).await?;
        Ok(registered)
    }

    /// AP-41. What is registered in a project, oldest first.
    pub async fn list_registered<K: RegisteredKind>(
        &self,
        granted: &Granted<ReadRegistered>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Registered<Id<K>>>> {
        let scope = granted.scope();
        let table = self.tenant(scope.organization());
        let partition = tenant::registered_in(scope.organization().organization(), scope.project());
        let query = Query::of(&table, partition).beginning_with(format!("{}_", K::PREFIX));
        let (project, page) = futures::join!(
            self.project(scope.organization(), scope.project()),
            self.page(K::TARGET, query, cursor, limit)
        );
        let (_, page) = (project?, page?);
        let items =
            page.items.into_iter().map(|item| decode::<TenantItem<Registered<Id<K>>>>(item).map(|item| item.content));
        Ok(Page { items: items.collect::<Result<_>>()?, next: page.next })
    }

    /// AP-42. One of them.
    pub async fn read_registered<K: RegisteredKind>(
        &self,
        granted: &Granted<ReadRegistered>,
        id: Id<K>,
    ) -> Result<Registered<Id<K>>> {
        let (_, registered) = self.registered(granted.scope(), id).await?;
        Ok(registered)
    }

    /// AP-43. Its name, and whether it is archived, on the version that was read.
    ///
    /// # Errors
    /// [`Code::PreconditionFailed`].
    pub async fn edit_registered<K: RegisteredKind>(
        &self,
        granted: &Granted<EditRegistered>,
        id: Id<K>,
        mint: &mut Mint,
    ) -> Result<Registered<Id<K>>> {
        let EditRegistered { version, name, archived } = granted.command().clone();
        let (table, before) = self.registered(granted.scope(), id).await?;
        if version != before.version {
            return Err(Error::stale());
        }
        let after = Registered {
            name: name.unwrap_or_else(|| before.name.clone()),
            archived: archived.unwrap_or(before.archived),
            updated_at: mint.now(),
            version: version + 1,
            ..before.clone()
        };
        let changes = [
            Change::between("name", &before.name, &after.name),
            Change::between("archived", before.archived, after.archived),
        ];
        let changes: Vec<_> = changes.into_iter().flatten().collect();
        if changes.is_empty() {
            return Ok(before);
        }
        let event = granted.event(mint, K::EDITED, target(&after), changes).in_project(granted.scope().project());
        let edit =
            Edit::of(&table, key(granted.scope(), id)).set_all(encode(&after)?, &[])?.when("version", "=", version)?;
        self.transact(vec![edit.update()?, self.event(&event)?]).await.map_err(|fault| match fault.refused() {
            Some(_) => Error::stale(),
            None => fault.into_error("editing a registration"),
        })?;
        Ok(after)
    }

    async fn registered<K: RegisteredKind>(
        &self,
        scope: &ProjectScope,
        id: Id<K>,
    ) -> Result<(String, Registered<Id<K>>)> {
        let table = self.tenant(scope.organization());
        let (project, item) = (self.project(scope.organization(), scope.project()), key(scope, id));
        let (project, item) = futures::join!(project, self.get::<TenantItem<Registered<Id<K>>>>(&table, &item));
        project?;
        Ok((table, item?.ok_or_else(Error::not_found)?.content))
    }
}

fn key<K: Kind>(scope: &ProjectScope, id: Id<K>) -> Key {
    tenant::registered(scope.organization().organization(), scope.project(), &id.to_string())
}

fn target<K: RegisteredKind>(registered: &Registered<Id<K>>) -> Target {
    Target::named(K::TARGET, registered.id, &registered.name)
}
