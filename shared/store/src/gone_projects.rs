//! Roles in projects that are gone: they are not shown, though their own end may be a moment behind the project's.

use std::collections::BTreeSet;

use domain::granted::Command;
use domain::home::{Home, HomeCommand, InHome};
use domain::id::{OrganizationId, ProjectId};
use domain::member::Membership;
use domain::organization::Organization;
use domain::project::Project;
use domain::service_account::{Belongs, ServiceAccount, Whoami};
use domain::{Code, Granted, OrgScope, Result};

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
        let there = self.those_of(granted.scope(), named).await?;
        for member in &mut members {
            member.projects.retain(|project, _| there.contains(project));
        }
        Ok(members)
    }

    /// AP-201. The same of service accounts; the platform's have no such roles.
    pub async fn accounts_shown<H: Home, C: HomeCommand>(
        &self,
        granted: &Granted<InHome<H, C>>,
        mut accounts: Vec<ServiceAccount>,
    ) -> Result<Vec<ServiceAccount>> {
        let Some(scope) = granted.scope().organization() else { return Ok(accounts) };
        let named = accounts.iter().flat_map(|account| account.belongs.projects().into_keys()).collect();
        let there = self.those_of(scope, named).await?;
        accounts.iter_mut().for_each(|account| keep(&mut account.belongs, &there));
        Ok(accounts)
    }

    /// AP-201. What a program holds in its own organization, as it is shown to itself.
    pub async fn belongs_shown(&self, _: &Granted<Whoami>, home: &Organization, belongs: &Belongs) -> Result<Belongs> {
        let there = self.those_in(home, belongs.projects().into_keys().collect()).await?;
        let mut shown = belongs.clone();
        keep(&mut shown, &there);
        Ok(shown)
    }

    /// Of these projects of an organization those that are there; none where its own table is gone.
    pub(crate) async fn those_in(
        &self,
        organization: &Organization,
        named: BTreeSet<ProjectId>,
    ) -> Result<BTreeSet<ProjectId>> {
        let table = self.tenant_table(organization.id, organization.placement);
        match self.those_there(&table, organization.id, named).await {
            Err(error) if error.code() == Code::OrganizationNotActive => Ok(BTreeSet::new()),
            there => there,
        }
    }

    async fn those_of(&self, scope: &OrgScope, named: BTreeSet<ProjectId>) -> Result<BTreeSet<ProjectId>> {
        self.those_there(&self.tenant(scope), scope.organization(), named).await
    }

    async fn those_there(
        &self,
        table: &str,
        organization: OrganizationId,
        named: BTreeSet<ProjectId>,
    ) -> Result<BTreeSet<ProjectId>> {
        let keys: Vec<Key> = named.iter().map(|id| tenant::project(organization, *id)).collect();
        let mut there = BTreeSet::new();
        for some in keys.chunks(READ_AT_ONCE) {
            for item in self.get_many(table, some).await? {
                there.insert(decode::<TenantItem<Project>>(item)?.content.id);
            }
        }
        Ok(there)
    }
}

fn keep(belongs: &mut Belongs, there: &BTreeSet<ProjectId>) {
    if let Belongs::Organization { projects, .. } = belongs {
        projects.retain(|project, _| there.contains(project));
    }
}
