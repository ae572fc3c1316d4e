//! The scheduled sweep over tenants: finishes what was begun, and purges what is due.

use std::time::Duration;

use domain::organization::{Organization, Status, SweepTenants};
use domain::scope::Platform;
use domain::{Mint, Result, Timestamp};
use serde_json::{Value, json};
use tenancy::Tenancy;

/// So long may one organization's purge keep the others waiting; then a later sweep goes on with it.
const SHARE: Duration = Duration::from_secs(15);

/// What this function stands on.
#[derive(Clone)]
pub struct App {
    /// The parts that a tenant is made of.
    pub tenancy: Tenancy,
    /// The clock.
    pub clock: fn() -> Timestamp,
    /// 32 unpredictable bytes.
    pub random: fn() -> [u8; 32],
}

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Organizations that became active.
    pub provisioned: u32,
    /// Organizations of which only the tombstone is left.
    pub purged: u32,
    /// Organizations that a later sweep has to look at again.
    pub left: u32,
}

impl Swept {
    /// As the platform's log shows it.
    #[must_use]
    pub fn into_answer(self) -> Value {
        let Self { provisioned, purged, left } = self;
        json!({ "provisioned": provisioned, "purged": purged, "left": left })
    }
}

impl App {
    /// Finishes provisioning and purges once. One organization that cannot be finished keeps no other one waiting, and a
    /// large one keeps them for 15 seconds at most while its members go.
    ///
    /// # Errors
    /// When the registry cannot be read.
    pub async fn sweep(&self) -> Result<Swept> {
        let granted = Tenancy::actor(None).grant(SweepTenants, Platform)?;
        let mut swept = Swept::default();
        for status in [Status::Provisioning, Status::Deleting] {
            let mut cursor = None;
            loop {
                let page = self.tenancy.store.organizations_in(&granted, status, cursor.as_ref()).await?;
                for organization in &page.items {
                    self.finish(organization, &mut swept).await;
                }
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
        }
        Ok(swept)
    }

    async fn finish(&self, organization: &Organization, swept: &mut Swept) {
        if organization.state.status() == Status::Provisioning {
            let outcome = self.tenancy.provision(organization, &mut self.mint()).await;
            let active = outcome.map(|organization| organization.state.status() == Status::Active);
            count(active, organization, &mut swept.provisioned, &mut swept.left);
        } else {
            let clock = self.clock;
            let end = clock().plus(SHARE);
            let is_over = move || clock() >= end;
            let outcome = self.tenancy.purge(organization, is_over, &mut self.mint()).await;
            count(outcome, organization, &mut swept.purged, &mut swept.left);
        }
    }

    fn mint(&self) -> Mint {
        Mint::new((self.clock)(), (self.random)())
    }
}

fn count(outcome: Result<bool>, organization: &Organization, done: &mut u32, left: &mut u32) {
    match outcome {
        Ok(true) => *done += 1,
        Ok(false) => *left += 1,
        Err(error) => {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            tracing::error!(organization = %organization.id, error = %error, source, "a tenant could not be swept");
            *left += 1;
        }
    }
}
