//! What tables know of the credentials of providers: which version of the secret in the vault is used, and its mark.

use domain::change::Change;
use domain::home::{Home, HomeCommand, InHome};
use domain::id::{OrganizationId, ProviderId};
use domain::provider::{Credential, CredentialMark, Provider, RemoveCredential, SetCredential, TestProvider};
use domain::{Error, EventKind, Granted, Mint, OrgScope, Result};

use crate::core::Store;
use crate::organizations::acting;
use crate::providers::{between, target};
use crate::rotation_entries::Forget;

/// Where the credential of a provider lies in the vault.
#[must_use]
pub fn credential_path(home: &impl Home, id: ProviderId) -> String {
    path_of(home.organization().map(OrgScope::organization), id)
}

/// The same, of the organization's own or of the platform's.
pub(crate) fn path_of(organization: Option<OrganizationId>, id: ProviderId) -> String {
    match organization {
        Some(organization) => format!("orgs/{organization}/providers/{id}"),
        None => format!("platform/providers/{id}"),
    }
}

impl Store {
    /// The provider whose credential is to be set, on the version that was read.
    ///
    /// # Errors
    /// [`domain::Code::PreconditionFailed`]
    pub async fn provider_to_set<H: Home>(&self, granted: &Granted<InHome<H, SetCredential>>) -> Result<Provider> {
        let SetCredential { id, version } = granted.command().what;
        let provider = self.provider(granted.scope(), id).await?;
        if provider.version == version { Ok(provider) } else { Err(Error::stale()) }
    }

    /// AP-277. From here on that version of the secret is the provider's credential.
    ///
    /// # Errors
    /// [`domain::Code::PreconditionFailed`] where the provider is another one than was read.
    pub async fn set_credential<H: Home>(
        &self,
        granted: &Granted<InHome<H, SetCredential>>,
        before: &Provider,
        (version, mark): (u64, CredentialMark),
        mint: &mut Mint,
    ) -> Result<Provider> {
        let set_by = acting(granted.actor());
        let credential = Credential { version, mark, set_at: mint.now(), set_by, last_used_at: None };
        self.put_credential(granted, before, Some(credential), EventKind::ProviderCredentialSet, mint).await
    }

    /// AP-278. The provider has no credential from here on. Which version it was, where it had one.
    ///
    /// # Errors
    /// [`domain::Code::PreconditionFailed`] where somebody changes it at this moment.
    pub async fn remove_credential<H: Home>(
        &self,
        granted: &Granted<InHome<H, RemoveCredential>>,
        mint: &mut Mint,
    ) -> Result<Option<u64>> {
        let before = self.provider(granted.scope(), granted.command().what.id).await?;
        let Some(Credential { version, .. }) = before.credential else { return Ok(None) };
        self.put_credential(granted, &before, None, EventKind::ProviderCredentialRemoved, mint).await?;
        Ok(Some(version))
    }

    /// AP-279. The record that a provider was called with its credential, and what came of it.
    pub async fn record_provider_test<H: Home>(
        &self,
        granted: &Granted<InHome<H, TestProvider>>,
        tested: &Provider,
        outcome: &str,
        mint: &mut Mint,
    ) -> Result<()> {
        let changes = vec![Change::set("outcome", outcome)];
        let event = granted.event(mint, EventKind::ProviderTested, target(tested), changes);
        let written = self.transact(vec![self.event(&event)?]).await;
        written.map_err(|fault| fault.into_error("recording a test of a provider"))
    }

    async fn put_credential<H: Home, C: HomeCommand>(
        &self,
        granted: &Granted<InHome<H, C>>,
        before: &Provider,
        credential: Option<Credential>,
        kind: EventKind,
        mint: &mut Mint,
    ) -> Result<Provider> {
        let after = Provider { credential, updated_at: mint.now(), version: before.version + 1, ..before.clone() };
        let event = granted.event(mint, kind, target(&after), between(Some(before), Some(&after)));
        let mut writes = vec![self.replace_provider(granted.scope(), before, &after)?, self.event(&event)?];
        let forget = match (&after.credential, &before.credential) {
            (Some(new), _) => Some(Forget::Before(new.version)),
            (None, Some(old)) => Some(Forget::Version(old.version)),
            (None, None) => None,
        };
        let forget = forget.map(|forget| self.to_forget(granted.scope(), after.id, forget, mint.now())).transpose()?;
        writes.extend(forget);
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(0) => Error::stale(),
            _ => fault.into_error("changing a provider's credential"),
        })?;
        Ok(after)
    }
}
