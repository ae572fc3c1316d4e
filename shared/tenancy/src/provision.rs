//! From `provisioning` to `active`.

use domain::organization::{Organization, Provision, Status};
use domain::{Mint, Result};
use store::TableState;

use crate::Tenancy;

impl Tenancy {
    /// Makes what is missing of an organization's table, key and default project, in that order, and makes it active.
    /// Gives it back as it was where its table is still being made: the sweep comes again.
    ///
    /// # Errors
    /// When a part does not answer; repeating goes on where it stopped.
    pub async fn provision(&self, organization: &Organization, mint: &mut Mint) -> Result<Organization> {
        if organization.state.status() != Status::Provisioning {
            return Ok(organization.clone());
        }
        let granted = Self::actor(Some(organization)).grant(Provision, organization.id)?;
        if self.store.ensure_tenant_table(&granted).await? != TableState::Ready {
            return Ok(organization.clone());
        }
        self.store.protect_tenant_table(&granted).await?;
        self.vault.create_organization_key(&organization.id.to_string()).await?;
        self.store.finish_provisioning(&granted, organization, mint).await
    }
}
