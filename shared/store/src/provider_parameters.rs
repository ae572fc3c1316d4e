//! Default parameters of providers: an organization's are its content and come here sealed, the platform's in clear.

use domain::change::Change;
use domain::home::{Home, InHome};
use domain::id::ProviderId;
use domain::provider::{Provider, SetParameters, StoredParameters};
use domain::sealed::Attribute;
use domain::{Error, EventKind, Granted, Mint, OrgScope, Result};

use crate::core::Store;
use crate::keys::provider;
use crate::providers::target;
use crate::sealed_families::{PARAMETERS, PROVIDERS};

impl Store {
    /// Where the default parameters of an organization's provider stand.
    #[must_use]
    pub fn parameters_of_provider(&self, scope: &OrgScope, id: ProviderId) -> Attribute {
        let sk = provider::one(Some(scope.organization()), id).sk;
        self.sealed_attribute(scope, &PROVIDERS, sk, PARAMETERS)
    }

    /// AP-287. Other default parameters, on the version that was read, or none. The record says that they changed, not what they are.
    ///
    /// # Errors
    /// [`domain::Code::PreconditionFailed`]
    pub async fn set_parameters<H: Home>(
        &self,
        granted: &Granted<InHome<H, SetParameters>>,
        parameters: Option<StoredParameters>,
        mint: &mut Mint,
    ) -> Result<Provider> {
        let SetParameters { id, version } = granted.command().what;
        let before = self.provider(granted.scope(), id).await?;
        if before.version != version {
            return Err(Error::stale());
        }
        let after = Provider { parameters, updated_at: mint.now(), version: before.version + 1, ..before.clone() };
        let changes = Change::between("parameters", before.parameters.is_some(), after.parameters.is_some());
        let changes = vec![changes.unwrap_or_else(|| Change::set("parameters", "changed"))];
        let event = granted.event(mint, EventKind::ProviderParametersSet, target(&after), changes);
        let writes = vec![self.replace_provider(granted.scope(), &before, &after)?, self.event(&event)?];
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(0) => Error::stale(),
            _ => fault.into_error("setting parameters of a provider"),
        })?;
        Ok(after)
    }
}
