//! The projects that somebody may see, a page at a time.

use std::collections::BTreeSet;

use domain::id::ProjectId;
use domain::project::{ListProjects, Project};
use domain::{Actor, Granted, OrgRole, OrgScope, Result};

use crate::core::{Store, decode};
use crate::cursor::Cursor;
use crate::items::TenantItem;
use crate::keys::tenant;
use crate::page::{Filling, Page, Query, Weighed, weight};

/// The list's name in its cursors.
const LIST: &str = "projects";
/// What one `BatchGetItem` takes.
const READ_AT_ONCE: usize = 100;

impl Store {
    /// AP-31. The projects that the caller may see, by id: an organization's admin sees all, a member the default one
    /// and those with a grant.
    pub async fn list_projects(
        &self,
        granted: &Granted<ListProjects>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Project>> {
        let (actor, scope) = (granted.actor(), granted.scope());
        if !actor.is_superadmin() && actor.role() < Some(OrgRole::Admin) {
            return self.own_projects(actor, scope, cursor, limit).await;
        }
        let table = self.tenant(scope);
        let query = Query::of(&table, tenant::projects(scope.organization())).beginning_with(tenant::PROJECT_PREFIX);
        let page = self.page(LIST, query, cursor, limit).await?;
        let projects = page.items.into_iter().map(|item| decode::<TenantItem<Project>>(item).map(|item| item.content));
        Ok(Page { items: projects.collect::<Result<_>>()?, next: page.next })
    }

    /// The default project and those with a grant are known from the caller's own membership, so no other is read. A
    /// grant may outlive its project; then there is nothing to show.
    async fn own_projects(
        &self,
        actor: &Actor,
        scope: &OrgScope,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Project>> {
        let after = cursor.map(|cursor| place(cursor, scope)).transpose()?;
        let granted = actor.standing.iter().flat_map(|standing| standing.projects.keys().copied());
        let own: BTreeSet<ProjectId> = granted.chain([scope.default_project()]).collect();
        let left: Vec<ProjectId> = own.into_iter().filter(|id| after.is_none_or(|after| *id > after)).collect();
        let mut page = Filling::new(limit);
        for ids in left.chunks(READ_AT_ONCE) {
            let keys: Vec<_> = ids.iter().map(|id| tenant::project(scope.organization(), *id)).collect();
            let mut found: Vec<Weighed<Project>> = vec![];
            for item in self.get_many(&self.tenant(scope), &keys).await? {
                let weight = weight(&item);
                found.push(Weighed { weight, one: decode::<TenantItem<Project>>(item)?.content });
            }
            found.sort_by_key(|project| project.one.id);
            for Weighed { weight, one } in found {
                if !page.take(weight, one) {
                    let last = page.last().map(|last| vec![tenant::project(scope.organization(), last.id).sk]);
                    let next = last.map(|place| Cursor::at(LIST, &place)).transpose()?;
                    return Ok(Page { items: page.items, next });
                }
            }
        }
        Ok(Page { items: page.items, next: None })
    }
}

/// The project at which a page ended, with the key that a query of all of them ends at.
fn place(cursor: &Cursor, scope: &OrgScope) -> Result<ProjectId> {
    let place: Vec<String> = cursor.place(LIST)?;
    let id = place.first().and_then(|sk| sk.strip_prefix(tenant::PROJECT_PREFIX)).and_then(|id| id.parse().ok());
    id.filter(|id| place == [tenant::project(scope.organization(), *id).sk]).ok_or_else(Cursor::refused)
}
