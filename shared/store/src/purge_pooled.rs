//! The end of an organization's own data where it shares a table with others.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::{DeleteRequest, WriteRequest};
use domain::invitation::Invitation;
use domain::project::Project;
use domain::{Error, OrgScope, Result};

use crate::core::{ATTEMPTS, Item, Store, decode, pause, primary, put};
use crate::edit::Edit;
use crate::fault::Fault;
use crate::items::TenantItem;
use crate::keys::{provider, tenant, tool};
use crate::page::Query;

/// What one `BatchWriteItem` takes.
pub(crate) const AT_ONCE: u32 = 25;

/// What one `BatchWriteItem` takes.
const DELETED_AT_ONCE: usize = 25;

impl Store {
    /// Every family of keys in `keys::tenant` has its line here. Projects are retired first, the default one before all
    /// others: every write of a tenant depends on one of them, so that none succeeds any more. What was in them is found
    /// through what stays of them, which goes last.
    pub(crate) async fn purge_pooled(&self, table: &str, scope: &OrgScope) -> Result<()> {
        let organization = scope.organization();
        let default = tenant::project(organization, scope.default_project());
        while let Some(item) = self.get::<TenantItem<Project>>(table, &default).await? {
            self.retire(table, scope, &item.content).await?;
        }
        let live = Query::of(table, tenant::projects(organization)).beginning_with(tenant::PROJECT_PREFIX);
        loop {
            let (projects, _) = self.query(&live, None, AT_ONCE).await?;
            if projects.is_empty() {
                break;
            }
            for item in projects {
                self.retire(table, scope, &decode::<TenantItem<Project>>(item)?.content).await?;
            }
        }
        self.purge_invitations(table, scope).await?;
        self.purge_allowances(table, organization).await?;
        self.purge_partition(table, provider::partition(Some(organization))).await?;
        self.purge_partition(table, tool::mcp_servers(Some(organization))).await?;
        self.purge_partition(table, tool::oauth_clients(organization)).await?;
        self.purge_retired(table, scope).await
    }

    /// The project and the claim of its name go, what is needed to find its content stays. Refused where somebody edits
    /// it at this moment: then it is met again.
    async fn retire(&self, table: &str, scope: &OrgScope, project: &Project) -> Result<()> {
        let organization = scope.organization();
        let entry = Edit::of(table, tenant::project(organization, project.id));
        let writes = vec![
            entry.when("version", "=", project.version)?.delete()?,
            put(table, &TenantItem::of(tenant::deleted_project(organization, project.id), project))?,
            Edit::of(table, tenant::project_name(organization, &project.name.folded())).delete()?,
        ];
        match self.transact(writes).await {
            Err(fault) if fault.refused().is_none() => Err(fault.into_error("retiring a project")),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    async fn purge_retired(&self, table: &str, scope: &OrgScope) -> Result<()> {
        let organization = scope.organization();
        let retired = Query::of(table, tenant::projects(organization));
        loop {
            let (projects, _) = self.query(&retired, None, AT_ONCE).await?;
            if projects.is_empty() {
                return Ok(());
            }
            for item in &projects {
                let id = decode::<TenantItem<Project>>(item.clone())?.content.id;
                self.purge_partition(table, tenant::registered_in(organization, id)).await?;
            }
            self.delete_all(table, projects).await?;
        }
    }

    /// The claims of their e-mails first, which are found through them.
    async fn purge_invitations(&self, table: &str, scope: &OrgScope) -> Result<()> {
        let organization = scope.organization();
        let all = Query::of(table, tenant::invitations(organization));
        loop {
            let (invitations, _) = self.query(&all, None, AT_ONCE).await?;
            if invitations.is_empty() {
                return Ok(());
            }
            let mut claims = BTreeSet::new();
            for item in &invitations {
                let email = decode::<TenantItem<Invitation>>(item.clone())?.content.email.folded();
                claims.insert(tenant::invitation_email(organization, &email));
            }
            self.delete_all(table, claims.iter().map(primary).collect()).await?;
            self.delete_all(table, invitations).await?;
        }
    }

    pub(crate) async fn purge_partition(&self, table: &str, partition: String) -> Result<()> {
        let query = Query::of(table, partition);
        loop {
            let (items, _) = self.query(&query, None, AT_ONCE).await?;
            if items.is_empty() {
                return Ok(());
            }
            self.delete_all(table, items).await?;
        }
    }

    /// In as many requests as it takes, none for nothing. What the database leaves undone is asked again after a pause, not for ever.
    pub(crate) async fn delete_all(&self, table: &str, items: Vec<Item>) -> Result<()> {
        for some in items.chunks(DELETED_AT_ONCE) {
            self.delete_some(table, some.to_vec()).await?;
        }
        Ok(())
    }

    async fn delete_some(&self, table: &str, items: Vec<Item>) -> Result<()> {
        let mut left = items.into_iter().map(deletion).collect::<Result<Vec<_>>>()?;
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                pause(attempt).await;
            }
            let asked = HashMap::from([(table.to_owned(), left)]);
            let answer = self.client.batch_write_item().set_request_items(Some(asked)).send().await;
            let answer = answer.map_err(|why| Fault::from(why).into_error("deleting items"))?;
            left = answer.unprocessed_items.and_then(|mut tables| tables.remove(table)).unwrap_or_default();
            if left.is_empty() {
                return Ok(());
            }
        }
        Err(Error::unavailable("items stayed undeleted after every attempt"))
    }
}

fn deletion(mut item: Item) -> Result<WriteRequest> {
    let key = ["pk", "sk"].iter().filter_map(|name| item.remove_entry(*name)).collect();
    let delete = DeleteRequest::builder().set_key(Some(key)).build().map_err(Error::internal)?;
    Ok(WriteRequest::builder().delete_request(delete).build())
}
