//! The watch over MCP servers: whether they answer, and what they offer.
//!
//! Nothing depends on it. It may run twice, late, never, or end anywhere.

mod done;
mod homes;
mod turn;

use std::collections::BTreeMap;
use std::time::Duration;

use domain::actor::SystemPart;
use domain::mcp_server::WatchOrganizations;
use domain::organization::Organization;
use domain::scope::Platform;
use domain::{Actor, Mint, OrgScope, Origin, PlatformScope, Principal, Result, Timestamp};
use futures::stream::{StreamExt, TryStreamExt};
use outbound::Outbound;
use store::Store;
use vault::Vault;

pub use done::Done;
use turn::Turn;

/// So long one run begins with organizations, each of which may take a minute and a look longer; what is left, the next one does.
pub const BUDGET: Duration = Duration::from_secs(180);

/// So many homes are visited at a time.
const AT_ONCE: usize = 8;

/// What this function stands on.
#[derive(Clone)]
pub struct App {
    /// The tables.
    pub store: Store,
    /// Where headers are.
    pub vault: Vault,
    /// The way to addresses that customers typed in.
    pub outbound: Outbound,
    /// The clock.
    pub clock: fn() -> Timestamp,
    /// 32 unpredictable bytes.
    pub random: fn() -> [u8; 32],
    /// How long a run begins with organizations.
    pub budget: Duration,
}

impl App {
    /// Looks at the platform's servers, and at those of organizations from where the last run ended, once at most and until the
    /// time is over. The next one is visited as soon as one of eight is done with, so that a slow one takes one place of them.
    ///
    /// # Errors
    /// When the registry cannot be read. A home that cannot be finished is logged and keeps no other one waiting.
    pub async fn run(&self) -> Result<Done> {
        let granted = actor(None).grant(WatchOrganizations, Platform)?;
        let end = (self.clock)().plus(self.budget);
        let platform = self.home::<PlatformScope>(actor(None), Platform).await;
        let begun = self.store.watch_turn(&granted).await?;
        let turn = Turn::new(self, &granted, end, begun);
        let visits = turn.organizations().map(|found| async {
            match found {
                Ok(organization) => Ok(self.organization(&organization).await),
                Err(error) => Err(error),
            }
        });
        let together = async |done: Done, visited: Done| Ok(done.and(visited));
        let done = visits.buffer_unordered(AT_ONCE).try_fold(platform, together).await?;
        self.store.set_watch_turn(&granted, turn.reached().as_ref()).await?;
        Ok(done)
    }

    async fn organization(&self, organization: &Organization) -> Done {
        self.home::<OrgScope>(actor(Some(organization)), organization.id).await
    }

    fn mint(&self) -> Mint {
        Mint::new((self.clock)(), (self.random)())
    }
}

/// The part of the product that acts, standing in that organization.
fn actor(organization: Option<&Organization>) -> Actor {
    let standing = organization.map(|organization| organization.standing(None, BTreeMap::new()));
    let principal = Principal::System { part: SystemPart::ToolWatch, on_behalf_of: None };
    Actor { principal, standing, origin: Origin::default() }
}
