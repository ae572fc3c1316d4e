//! What an organization stands on in the database: its own table, its default project, its open gates.

use aws_sdk_dynamodb::types::TableDescription;
use domain::change::Change;
use domain::organization::{Organization, Provision, State, Status, SweepTenants};
use domain::{EventKind, Granted, Mint, Result};

use crate::core::{Store, decode, put_new};
use crate::cursor::Cursor;
use crate::fault::Fault;
use crate::items::{ClaimItem, OrganizationItem, TenantItem};
use crate::keys::{index, tenant};
use crate::organizations::target;
use crate::page::{Page, Query};
use crate::projects::default_project;

/// Whether an organization's table can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableState {
    /// There is none.
    Missing,
    /// It is being made, or going.
    Changing,
    /// It is there.
    Ready,
}

impl Store {
    /// AP-15. Organizations in a state that a sweep has to end, 100 at a time.
    pub async fn organizations_in(
        &self,
        _: &Granted<SweepTenants>,
        status: Status,
        cursor: Option<&Cursor>,
    ) -> Result<Page<Organization>> {
        let query = Query::on(&self.platform, index::SECOND, index::organizations_of(status));
        let page = self.page("sweep", query, cursor, 100).await?;
        let items = page.items.into_iter().map(|item| decode::<OrganizationItem>(item).map(Organization::from));
        Ok(Page { items: items.collect::<Result<_>>()?, next: page.next })
    }

    /// AP-16. Makes the organization's own table if it is missing; a pooled organization has none of its own.
    pub async fn ensure_tenant_table(&self, granted: &Granted<Provision>) -> Result<TableState> {
        let name = self.tenant(granted.scope());
        if name == self.pooled_table() {
            return Ok(TableState::Ready);
        }
        match self.table_state(&name).await? {
            TableState::Missing => {
                self.create_tenant_table(&name).await?;
                self.table_state(&name).await
            }
            state => Ok(state),
        }
    }

    /// AP-1C. Switches expiry and recovery of the organization's own table on; repeating changes nothing.
    pub async fn protect_tenant_table(&self, granted: &Granted<Provision>) -> Result<()> {
        let name = self.tenant(granted.scope());
        if name == self.pooled_table() { Ok(()) } else { self.protect_table(&name).await }
    }

    /// AP-17. The default project, open gates, and the organization active, in one transaction; once, however often.
    pub async fn finish_provisioning(
        &self,
        granted: &Granted<Provision>,
        before: &Organization,
        mint: &mut Mint,
    ) -> Result<Organization> {
        let after = Organization {
            state: State::Active,
            version: before.version + 1,
            updated_at: mint.now(),
            ..before.clone()
        };
        let project = default_project(before, mint)?;
        let table = self.tenant(granted.scope());
        let changes = Change::between("status", Status::Provisioning, Status::Active).into_iter().collect();
        let event = granted.event(mint, EventKind::OrganizationProvisioned, target(before), changes);
        let name = tenant::project_name(before.id, &project.name.folded());
        let mut writes = vec![
            self.replace(&after, before.version)?,
            put_new(&table, &ClaimItem::of(name, project.id))?,
            put_new(&table, &TenantItem::of(tenant::project(before.id, project.id), &project))?,
            self.event(&event)?,
        ];
        writes.extend(self.gates(before.id, true)?);
        match self.transact(writes).await {
            Ok(()) => Ok(after),
            // Another run finished it, or somebody changed it: what is there counts.
            Err(fault) if fault.refused().is_some() => self.organization(before.id).await,
            Err(fault) => Err(fault.into_error("finishing an organization")),
        }
    }

    pub(crate) async fn table_state(&self, name: &str) -> Result<TableState> {
        use aws_sdk_dynamodb::types::TableStatus;
        Ok(match self.described(name).await?.map(|table| table.table_status) {
            None => TableState::Missing,
            Some(Some(TableStatus::Active)) => TableState::Ready,
            Some(_) => TableState::Changing,
        })
    }

    pub(crate) async fn described(&self, name: &str) -> Result<Option<TableDescription>> {
        match self.client.describe_table().table_name(name).send().await {
            Ok(answer) => Ok(answer.table),
            Err(why) if why.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) => Ok(None),
            Err(why) => Err(Fault::from(why).into_error("describing a table")),
        }
    }
}
