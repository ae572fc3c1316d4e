//! Leases of credentials: which provider serves a call that is reserved, and the record that its credential was handed out.

use std::time::Duration;

use domain::change::Change;
use domain::id::OrganizationId;
use domain::project::Project;
use domain::provider::{LeaseCredential, Leased, Rank};
use domain::{Code, Error, EventKind, Granted, Mint, OrgScope, Result, Timestamp};

use crate::core::Store;
use crate::edit::Edit;
use crate::items::{OrganizationItem, TenantItem};
use crate::keys::{self, provider, tenant};
use crate::model_choices::ModelGround;
use crate::provider_credentials::path_of;
use crate::providers::target;
use crate::quota::{Check, facts, live};

/// When a credential was used last is written at most that often.
const TOUCH: Duration = Duration::from_secs(60);

/// Where the credential that is leased lies in the vault.
#[must_use]
pub fn leased_path(scope: &OrgScope, leased: &Leased) -> String {
    path_of(home_of(scope, leased.rank), leased.provider.id)
}

/// The organization, where the provider is its own.
fn home_of(scope: &OrgScope, rank: Rank) -> Option<OrganizationId> {
    match rank {
        Rank::Own | Rank::OwnDefault => Some(scope.organization()),
        Rank::Default | Rank::Global => None,
    }
}

impl Store {
    /// AP-288. The provider that serves the call, where the call is reserved and everything that it names is in use.
    ///
    /// # Errors
    /// What the call names is not there or not in use, with a pointer; [`Code::ReservationNotLive`]; [`Code::ReservationReused`];
    /// [`Code::ModelNotUsable`].
    pub async fn leased(&self, granted: &Granted<LeaseCredential>, check: &Check, now: Timestamp) -> Result<Leased> {
        let LeaseCredential { reservation, set, model } = granted.command();
        facts::in_use(&check.found, check.organization, set).map_err(|(field, error)| error.at(format!("/{field}")))?;
        let state = check.state(*reservation, set)?;
        let is_live = live::is_live(&state, *reservation, *set, now).map_err(|error| error.at("/reservation_id"))?;
        if !is_live {
            return Err(not_live());
        }
        let found = |what: &'static str| Error::internal(what);
        let project: Option<TenantItem<Project>> =
            check.found.get(&tenant::project(check.organization, set.project))?;
        let project = project.ok_or_else(|| found("a project that was there was not read"))?.content;
        let entry: Option<OrganizationItem> = check.found.get(&keys::organization(check.organization))?;
        let entry = entry.ok_or_else(|| found("an organization that was there was not read"))?;
        let settings = domain::organization::Organization::from(entry).settings;
        let (offers, choices) = self.offered(check.organization, &check.table).await?;
        let ground = ModelGround { offers, choices, settings };
        let explained = ground.explain(Some(&project), model.as_ref());
        Leased::of(&explained, ground.offers.into_iter().map(|offer| offer.provider))
    }

    /// AP-289. The record that a credential, or the way to a provider that needs none, was handed out for that call; and beside it,
    /// once a minute at most, when it was used last.
    pub async fn record_lease(
        &self,
        granted: &Granted<LeaseCredential>,
        leased: &Leased,
        mint: &mut Mint,
    ) -> Result<()> {
        let Leased { provider, wanted, .. } = leased;
        let LeaseCredential { reservation, set, .. } = granted.command();
        let version = provider.credential.as_ref().map(|credential| credential.version);
        let changes = vec![
            Change::set("model", &wanted.model),
            Change::set("reservation", *reservation),
            Change::set("credential_version", version),
        ];
        let event = granted.event(mint, EventKind::CredentialLeased, target(provider), changes).in_project(set.project);
        let writes = vec![self.event(&event)?];
        let touched = self.touch_credential(granted, leased, mint.now());
        let (written, ()) = futures::join!(self.transact(writes), touched);
        written.map_err(|fault| fault.into_error("recording a lease"))
    }

    /// What is lost of it is a last use that is a minute older.
    async fn touch_credential(&self, granted: &Granted<LeaseCredential>, leased: &Leased, now: Timestamp) {
        let Some(credential) = &leased.provider.credential else { return };
        if credential.last_used_at.is_some_and(|last| now < last.plus(TOUCH)) {
            return;
        }
        let (scope, id) = (granted.scope(), leased.provider.id);
        let home = home_of(scope, leased.rank);
        let table = home.map_or_else(|| self.platform.clone(), |_| self.tenant(scope));
        let edit = Edit::of(&table, provider::one(home, id)).set("credential.last_used_at", now);
        let edit = edit.and_then(|edit| edit.when("credential.version", "=", credential.version));
        if let Ok(edit) = edit
            && let Err(fault) = edit.send(&self.client).await
        {
            tracing::debug!(%fault, "the last use of a credential was not written");
        }
    }
}

fn not_live() -> Error {
    Error::new(Code::ReservationNotLive, "reserve tokens for the call first: this reservation is not there, or over")
        .at("/reservation_id")
}
