//! Roles in projects that are gone: they are not shown, though their own end may be a moment behind the project's.

use std::collections::BTreeSet;

use domain::granted::Command;
use domain::id::ProjectId;
use domain::member::Membership;
use domain::project::Project;
use domain::service_account::{Belongs, Home, Manage, ServiceAccount};
use domain::{Granted, OrgScope, Result};

use crate::core::{Store, decode};
use crate::items::TenantItem;
use crate::keys::{Key, tenant};

/// What one read takes.
const READ_AT_ONCE: usize = 100;

impl Store {
    /// AP-201. Memberships without their roles in projects that are gone; reads nothing where there are no roles.
    pub async fn members_shown<C: Command<Scope = OrgScope>>(
        &self,
        granted: &Granted<C>,
        mut members: Vec<Membership>,
    ) -> Result<Vec<Membership>> {
        let named = members.iter().flat_map(|member| member.projects.keys().copied()).collect();
        let there = self.those_there(granted.scope(), named).await?;
        for member in &mut members {
            member.projects.retain(|project, _| there.contains(project));
        }
        Ok(members)
    }

    /// AP-201. The same of service accounts; the platform's have no such roles.
    pub async fn accounts_shown<H: Home, C>(
        &self,
        granted: &Granted<Manage<H, C>>,
        mut accounts: Vec<ServiceAccount>,
    ) -> Result<Vec<ServiceAccount>> {
        let Some(scope) = granted.scope().organization() else { return Ok(accounts) };
        let named = accounts.iter().flat_map(|account| account.belongs.projects().into_keys()).collect();
        let there = self.those_there(scope, named).await?;
        for account in &mut accounts {
            if let Belongs::Organization { projects, .. } = &mut account.belongs {
                projects.retain(|project, _| there.contains(project));
            }
        }
        Ok(accounts)
    }

    async fn those_there(&self, scope: &OrgScope, named: BTreeSet<ProjectId>) -> Result<BTreeSet<ProjectId>> {
        let keys: Vec<Key> = named.iter().map(|id| tenant::project(scope.organization(), *id)).collect();
        let mut there = BTreeSet::new();
        for some in keys.chunks(READ_AT_ONCE) {
            for item in self.get_many(&self.tenant(scope), some).await? {
                there.insert(decode::<TenantItem<Project>>(item)?.content.id);
            }
        }
        Ok(there)
    }
}
