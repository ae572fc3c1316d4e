//! Usage over time: what was closed, and what was added up of the days that are not.

use std::collections::BTreeSet;

use domain::quota::{Closing, ReadUsage, ScopeObject, Spent, SpentOn, Window};
use domain::{Error, Granted, Result, Timestamp};

use super::close::DayItem;
use crate::core::Store;
use crate::items::TenantItem;
use crate::keys::{self, Key, spending, tenant};
use crate::quota::read::Found;

/// What was used over some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Each day, in order.
    pub days: Vec<DayUsage>,
    /// When days that are not closed were added up last; none = never yet.
    pub as_of: Option<Timestamp>,
}

/// What was used on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayUsage {
    /// The day.
    pub day: Window,
    /// How much.
    pub spent: Spent,
}

impl Store {
    /// AP-264. What a scope has used on each of at most 92 days, in one round trip: a day's own row, and those of the days beside it
    /// whose calls were reserved on it. What is gone has its usage still.
    ///
    /// # Errors
    /// [`domain::Code::NotFound`] for what is neither there nor has used anything in these days.
    pub async fn usage(&self, granted: &Granted<ReadUsage>) -> Result<Usage> {
        let (asked, organization) = (granted.command(), granted.scope().organization());
        let on = SpentOn::from(asked.scope());
        let key = |day: Window| spending::used(organization, day, &on);
        let outer = [asked.from.before(), asked.to.after()];
        let ledgers: BTreeSet<Window> = asked.days().chain(outer).collect();
        let (closing, [of_tenant, of_platform]) = (spending::closing(organization), itself(granted));
        let keys = ledgers.iter().map(|day| key(*day)).chain([closing.clone()]).chain(of_tenant.clone()).collect();
        let table = self.tenant(granted.scope());
        let asked_for = [(table.as_str(), keys), (&self.platform, of_platform.iter().cloned().collect())];
        let found = Found::of(self.get_all(&asked_for).await?);
        let mut rows = vec![];
        for day in ledgers {
            rows.extend(found.get::<DayItem>(&key(day))?.map(|item| (day, item.used)));
        }
        let itself: Vec<&Key> = of_tenant.iter().chain(&of_platform).collect();
        let is_there = itself.is_empty() || itself.into_iter().any(|key| found.raw(key).is_some());
        if rows.is_empty() && !is_there {
            return Err(Error::not_found());
        }
        let of_day = |day: Window| {
            let parts = rows.iter().map(|(ledger, used)| used.within(*ledger, day));
            DayUsage { day, spent: parts.fold(Spent::default(), Spent::plus) }
        };
        let closing = found.get::<TenantItem<Closing>>(&closing)?;
        Ok(Usage { days: asked.days().map(of_day).collect(), as_of: closing.and_then(|item| item.content.added_up_at) })
    }
}

/// What shows that there is such a thing in the organization: any of these, of the tenant's and of the platform's table. Nothing
/// has to show it of the organization, and of the caller.
fn itself(granted: &Granted<ReadUsage>) -> [Vec<Key>; 2] {
    let (asked, organization) = (granted.command(), granted.scope().organization());
    match asked.object {
        _ if asked.is_own() => [vec![], vec![]],
        ScopeObject::Organization => [vec![], vec![]],
        ScopeObject::Project { id } => {
            [vec![tenant::project(organization, id), tenant::deleted_project(organization, id)], vec![]]
        }
        ScopeObject::UseCase { id, project } => {
            [vec![tenant::registered(organization, project, &id.to_string())], vec![]]
        }
        ScopeObject::User { id } => [vec![], vec![keys::membership(id, organization)]],
    }
}
