//! What is known of a thing that may be limited: whether it is there, what it is called, what was set on it and what is left.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::change::{Change, Target};
use domain::project::{Project, UseCase};
use domain::quota::{Ground, Limits, PeriodStanding, QuotaScope, ScopeKind, ScopeObject};
use domain::{Code, Error, Event, OrgScope, Result, Timestamp};
use serde::{Deserialize, Serialize};

use super::desk::{CallState, ScopeState};
use super::read::{Found, scope_keys};
use crate::core::{Store, put};
use crate::edit::Edit;
use crate::fault::Fault;
use crate::items::{OrganizationItem, TenantItem};
use crate::keys::{self, Key, allowance, quota, tenant};
use crate::person_items::{MembershipItem, UserItem};

/// Things of an organization, each of which is there, with all that their limits come from.
pub(crate) struct Known {
    things: Vec<(ScopeObject, String)>,
    state: CallState,
}

/// That a thing has limits of its own, or top-ups, or had some.
#[derive(Serialize, Deserialize)]
pub(crate) struct LimitedItem {
    pk: String,
    sk: String,
    pub(crate) on: ScopeObject,
}

/// How far the limits of one thing are used.
#[derive(Clone, Debug)]
pub struct ThingStanding {
    /// Which.
    pub object: ScopeObject,
    /// What it is called.
    pub name: String,
    /// Each period, the shortest first.
    pub periods: [PeriodStanding; 3],
}

impl Store {
    /// All that is known of these things, in one consistent read.
    ///
    /// # Errors
    /// [`Code::NotFound`] where one of them is not the organization's.
    pub(crate) async fn known(&self, scope: &OrgScope, objects: &[ScopeObject]) -> Result<Known> {
        let (organization, table) = (scope.organization(), self.tenant(scope));
        let (mut platform, mut own) = (BTreeSet::from([quota::platform_defaults()]), BTreeSet::new());
        for object in objects {
            let (of_platform, of_tenant) = named(scope, *object);
            platform.extend(of_platform);
            own.extend(of_tenant);
        }
        let scopes = || objects.iter().map(|object| object.scope());
        own.extend(scope_keys(organization, scopes()));
        let mut found = Found::of(self.get_all(&[(&self.platform, platform), (&table, own)]).await?);
        self.add_branches(organization, &table, &mut found, scopes()).await?;
        let state = found.state(organization, scopes(), None)?;
        let name = |object: &ScopeObject| name(&found, scope, *object).map(|name| (*object, name));
        Ok(Known { things: objects.iter().map(name).collect::<Result<_>>()?, state })
    }

    /// Part of a transaction: the limits are those that were read, and become these.
    pub(crate) fn replace_limits(
        &self,
        scope: &OrgScope,
        object: ScopeObject,
        before: &Limits,
        after: &Limits,
    ) -> Result<TransactWriteItem> {
        let edit = Edit::of(&self.tenant(scope), quota::limits(scope.organization(), object.scope()));
        let edit = edit.set("own", after.own)?.set("top_ups", after.top_ups)?.set("version", after.version)?;
        match before.version {
            0 => edit.if_absent().update(),
            version => edit.when("version", "=", version)?.update(),
        }
    }

    /// Part of a transaction: the thing is there, and so is the organization's content; and it is listed among those that have
    /// limits.
    pub(crate) fn list_limited(&self, scope: &OrgScope, object: ScopeObject) -> Result<TransactWriteItem> {
        let Key { pk, sk } = allowance::limited_thing(scope.organization(), object.scope());
        put(&self.tenant(scope), &LimitedItem { pk, sk, on: object })
    }

    /// Part of a transaction: the organization's content is there, and in it the thing. See [`refused_thing`].
    pub(crate) fn has_thing(&self, scope: &OrgScope, object: ScopeObject) -> Result<Vec<TransactWriteItem>> {
        let (table, organization) = (self.tenant(scope), scope.organization());
        let mut checks = vec![self.has_content(scope)?];
        if let Some(project) = object.project().filter(|project| *project != scope.default_project()) {
            checks.push(Edit::of(&table, tenant::project(organization, project)).if_there().check()?);
        }
        match object {
            ScopeObject::Organization | ScopeObject::Project { .. } => {}
            ScopeObject::UseCase { id, project } => {
                let key = tenant::registered(organization, project, &id.to_string());
                checks.push(Edit::of(&table, key).if_there().check()?);
            }
            ScopeObject::User { id } => {
                checks.push(Edit::of(&self.platform, keys::membership(id, organization)).if_there().check()?);
            }
        }
        Ok(checks)
    }
}

/// Why a transaction was refused whose checks of [`Store::has_thing`] begin at `from`.
pub(crate) fn refused_thing(fault: Fault, from: usize, doing: &'static str) -> Error {
    match fault.refused() {
        Some(at) if at == from => Error::new(Code::OrganizationNotActive, "the organization is not active"),
        Some(at) if at > from => Error::not_found(),
        _ => fault.into_error(doing),
    }
}

impl Known {
    /// The first of them: where only one was asked about, that one.
    pub(crate) fn first(&self) -> Result<Thing<'_>> {
        let thing = self.things.first().zip(self.state.scopes.first());
        let ((object, name), state) = thing.ok_or_else(|| Error::internal("nothing was asked about"))?;
        Ok(Thing { object: *object, name, limits: &state.limits, ground: self.state.ground(state) })
    }

    /// How far each is used.
    pub(crate) fn standings(&self, now: Timestamp) -> Vec<ThingStanding> {
        let standing = |((object, name), state): (&(ScopeObject, String), &ScopeState)| ThingStanding {
            object: *object,
            name: name.clone(),
            periods: self.state.ground(state).standings(now),
        };
        self.things.iter().zip(&self.state.scopes).map(standing).collect()
    }
}

/// One thing that is there.
pub(crate) struct Thing<'a> {
    pub(crate) object: ScopeObject,
    pub(crate) name: &'a str,
    pub(crate) limits: &'a Limits,
    pub(crate) ground: Ground<'a>,
}

impl Thing<'_> {
    /// The target of a record about it.
    pub(crate) fn target(&self, scope: &OrgScope) -> Target {
        let id = || self.object.scope().id().unwrap_or_default();
        match self.object.scope() {
            QuotaScope::Organization => Target::named("organization", scope.organization(), self.name),
            QuotaScope::Project(_) => Target::named("project", id(), self.name),
            QuotaScope::UseCase(_) => Target::named("use-case", id(), self.name),
            QuotaScope::User(_) => Target::named("user", id(), self.name),
        }
    }

    /// What a change of its own limits says.
    pub(crate) fn changes(&self, after: &Limits) -> Vec<Change> {
        let change = |period: domain::quota::Period| {
            Change::between(period.as_str(), self.limits.own.get(period), after.own.get(period))
        };
        domain::quota::Period::ALL.into_iter().filter_map(change).collect()
    }
}

/// The same record in the project of the thing, where it has one.
pub(crate) fn placed(event: Event, object: ScopeObject) -> Event {
    match object.project() {
        Some(project) => event.in_project(project),
        None => event,
    }
}

/// What says that a thing is there: of the platform's table and of the organization's.
fn named(scope: &OrgScope, object: ScopeObject) -> (Vec<Key>, Vec<Key>) {
    let organization = scope.organization();
    let project = object.project().map(|id| tenant::project(organization, id));
    match object {
        ScopeObject::Organization => (vec![keys::organization(organization)], vec![]),
        ScopeObject::Project { .. } => (vec![], project.into_iter().collect()),
        ScopeObject::UseCase { id, project: within } => {
            let use_case = tenant::registered(organization, within, &id.to_string());
            (vec![], project.into_iter().chain([use_case]).collect())
        }
        ScopeObject::User { id } => (vec![keys::user(id), keys::membership(id, organization)], vec![]),
    }
}

fn name(found: &Found, scope: &OrgScope, object: ScopeObject) -> Result<String> {
    let organization = scope.organization();
    if let Some(id) = object.project() {
        let project = found.get::<TenantItem<Project>>(&tenant::project(organization, id))?;
        let name = project.ok_or_else(Error::not_found)?.content.name.to_string();
        if object.scope().kind() == ScopeKind::Project {
            return Ok(name);
        }
    }
    match object {
        ScopeObject::Organization => {
            let entry = found.get::<OrganizationItem>(&keys::organization(organization))?;
            let entry = entry.map(domain::organization::Organization::from).ok_or_else(Error::not_found)?;
            Ok(entry.name.to_string())
        }
        ScopeObject::UseCase { id, project } => {
            let key = tenant::registered(organization, project, &id.to_string());
            let use_case = found.get::<TenantItem<UseCase>>(&key)?.ok_or_else(Error::not_found)?;
            Ok(use_case.content.name.to_string())
        }
        ScopeObject::User { id } => {
            found.get::<MembershipItem>(&keys::membership(id, organization))?.ok_or_else(Error::not_found)?;
            let user = found.get::<UserItem>(&keys::user(id))?.ok_or_else(Error::not_found)?;
            Ok(domain::user::User::from(user).email.to_string())
        }
        // Its name was found above.
        ScopeObject::Project { .. } => Err(Error::not_found()),
    }
}
