//! From `deleting` to a tombstone.

use domain::organization::{Organization, Purge};
use domain::{Error, Granted, Mint, Result};
use store::Departures;

use crate::Tenancy;

impl Tenancy {
    /// Removes everything of an organization whose 30 days are over: members, service accounts, its own data, what people were
    /// told of it, what it used of the platform's providers, objects, secrets, and its encryption key last. True once only the tombstone is left; false where a later sweep has to go on, which is also
    /// where `is_over` says that the time for this organization is: members are many, and others wait.
    ///
    /// # Errors
    /// When a part does not answer; repeating goes on where it stopped.
    pub async fn purge(
        &self,
        organization: &Organization,
        is_over: impl Fn() -> bool,
        mint: &mut Mint,
    ) -> Result<bool> {
        let granted = Self::actor(Some(organization)).grant(Purge, organization.id)?;
        // The list that named it may be behind: what the entry says now decides, and from here on it stays so.
        let Some(begun) = self.store.begin_purge(&granted, mint).await? else { return Ok(false) };
        if !self.purge_members(&granted, &is_over).await?
            || !self.store.purge_service_accounts(&granted).await?
            || !self.store.purge_content(&granted).await?
            || !self.purge_notices(&granted, &is_over).await?
        {
            return Ok(false);
        }
        self.store.purge_provider_uses(&granted).await?;
        self.blobs.delete_under(&format!("orgs/{}/", organization.id)).await.map_err(Error::unavailable)?;
        for secret in self.vault.secrets_under(&format!("orgs/{}", organization.id)).await? {
            self.vault.destroy_secret(&secret).await?;
        }
        self.vault.destroy_organization_key(&organization.id.to_string()).await?;
        self.store.finish_purge(&granted, &begun, mint).await?;
        Ok(true)
    }

    /// Walks through the members until a walk finds nobody. One that only meets people who are gone already is ahead of
    /// the index: a later sweep looks again.
    async fn purge_members(&self, granted: &Granted<Purge>, is_over: &impl Fn() -> bool) -> Result<bool> {
        loop {
            let (mut listed, mut gone, mut cursor) = (0, 0, None);
            loop {
                let part = self.store.purge_members(granted, cursor.as_ref()).await?;
                (listed, gone, cursor) = (listed + part.listed, gone + part.gone, part.next);
                match cursor {
                    None => break,
                    Some(_) if is_over() => return Ok(false),
                    Some(_) => {}
                }
            }
            if listed == 0 || gone == 0 || is_over() {
                return Ok(listed == 0);
            }
        }
    }

    /// Takes what people were told of the organization out of their inboxes, until all that is listed went. Where only such are
    /// listed that are gone already or are read at this moment, a later sweep looks again.
    async fn purge_notices(&self, granted: &Granted<Purge>, is_over: &impl Fn() -> bool) -> Result<bool> {
        loop {
            let Departures { listed, gone, next } = self.store.purge_notices(granted).await?;
            if next.is_none() && gone == listed {
                return Ok(true);
            }
            if gone == 0 || is_over() {
                return Ok(false);
            }
        }
    }
}
