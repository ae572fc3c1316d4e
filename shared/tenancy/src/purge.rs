//! From `deleting` to a tombstone.

use domain::organization::{Organization, Purge};
use domain::{Error, Mint, Result};

use crate::{Tenancy, vault_fault};

impl Tenancy {
    /// Removes everything of an organization whose 30 days are over: members, its own data, objects, secrets, and its
    /// encryption key last. True once only the tombstone is left; false where a later sweep has to go on.
    ///
    /// # Errors
    /// When a part does not answer; repeating goes on where it stopped.
    pub async fn purge(&self, organization: &Organization, mint: &mut Mint) -> Result<bool> {
        let granted = Self::actor(Some(organization)).grant(Purge, organization.id)?;
        // The list that named it may be behind: what the entry says now decides, and from here on it stays so.
        let Some(begun) = self.store.begin_purge(&granted, mint).await? else { return Ok(false) };
        while !self.store.purge_members(&granted).await? {}
        if !self.store.purge_content(&granted).await? {
            return Ok(false);
        }
        self.blobs.delete_under(&format!("orgs/{}/", organization.id)).await.map_err(Error::unavailable)?;
        for secret in self.vault.secrets_under(&format!("orgs/{}", organization.id)).await.map_err(vault_fault)? {
            self.vault.destroy_secret(&secret).await.map_err(vault_fault)?;
        }
        self.vault.destroy_organization_key(&organization.id.to_string()).await.map_err(vault_fault)?;
        self.store.finish_purge(&granted, &begun, mint).await?;
        Ok(true)
    }
}
