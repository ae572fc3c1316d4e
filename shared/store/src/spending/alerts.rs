//! What an organization's admins are told of its limits: once for each scope, window and threshold.

use std::collections::BTreeMap;

use domain::change::{Change, Target};
use domain::id::OrganizationId;
use domain::quota::{Alert, DayUse, Period, QuotaScope, ResetQuotas, SpentOn, Tokens, Watched, Window};
use domain::{EventKind, Granted, Mint, Result};
use serde::Serialize;

use super::close::DayItem;
use crate::core::{Store, put_new};
use crate::keys::{Key, spending};
use crate::quota::CallState;
use crate::quota::read::Found;

/// What was told is forgotten so long after its window.
const KEPT: std::time::Duration = std::time::Duration::from_secs(8 * 86_400);

/// That something was told.
#[derive(Serialize)]
struct AlertItem {
    pk: String,
    sk: String,
    at: domain::Timestamp,
    expires: u64,
}

impl Store {
    /// AP-268. Tells what these scopes have reached and was not told yet. `used` and `held` are those of the counters, which were read a
    /// moment ago; a day's share is held to what was added up of the day. Gives back how many alerts there were.
    pub async fn tell_alerts(
        &self,
        granted: &Granted<ResetQuotas>,
        state: &CallState,
        mint: &mut Mint,
    ) -> Result<usize> {
        let (now, organization) = (mint.now(), granted.scope().organization());
        let today = Window::of(Period::Daily, now);
        let counted = || state.scopes.iter().filter(|scope| scope.counter.is_some());
        let keys = counted().map(|scope| spending::used(organization, today, &SpentOn::from(scope.scope))).collect();
        let table = self.tenant(granted.scope());
        let rows = Found::of(self.get_all(&[(&table, keys)]).await?);
        let mut reached = vec![];
        for (scope, ground) in state.scopes.iter().zip(state.grounds()) {
            if scope.counter.is_none() {
                continue;
            }
            let row = rows.get::<DayItem>(&spending::used(organization, today, &SpentOn::from(scope.scope)))?;
            let used = row.map(|row| row.used).unwrap_or_default();
            let charged = Tokens::try_from(used.within(today, today).charged).unwrap_or(Tokens::MAX);
            reached.extend(ground.alerts(Some(charged), now).into_iter().map(|alert| (alert, used)));
        }
        let told = self.told_before(granted, &reached).await?;
        let mut count = 0;
        for (alert, used) in reached {
            let lower = alert.with_lower().filter(|lower| !told.contains_key(&key_of(organization, lower)));
            let untold: Vec<Alert> = lower.collect();
            if untold.contains(&alert) && self.tell(granted, (alert, used), untold, mint).await? {
                count += 1;
            }
        }
        Ok(count)
    }

    async fn told_before(
        &self,
        granted: &Granted<ResetQuotas>,
        reached: &[(Alert, DayUse)],
    ) -> Result<BTreeMap<Key, ()>> {
        let organization = granted.scope().organization();
        let all = reached.iter().flat_map(|(alert, _)| alert.with_lower());
        let keys: std::collections::BTreeSet<Key> = all.map(|alert| key_of(organization, &alert)).collect();
        let found = Found::of(self.get_all(&[(&self.tenant(granted.scope()), keys.clone())]).await?);
        Ok(keys.into_iter().filter(|key| found.raw(key).is_some()).map(|key| (key, ())).collect())
    }

    /// False where somebody else told it at this moment.
    async fn tell(
        &self,
        granted: &Granted<ResetQuotas>,
        (alert, used): (Alert, DayUse),
        untold: Vec<Alert>,
        mint: &mut Mint,
    ) -> Result<bool> {
        let (table, organization) = (self.tenant(granted.scope()), granted.scope().organization());
        let name = self.name_of(granted.scope(), alert.scope, used).await?;
        let target = target(organization, alert.scope, name);
        let event = granted.event(mint, EventKind::QuotaThresholdReached, target, changes(&alert));
        let event = match (alert.scope, used.project) {
            (QuotaScope::Project(project), _) | (QuotaScope::UseCase(_), Some(project)) => event.in_project(project),
            (QuotaScope::UseCase(_), None) | (QuotaScope::Organization | QuotaScope::User(_), _) => event,
        };
        let mut writes = vec![];
        for alert in &untold {
            let Key { pk, sk } = key_of(organization, alert);
            let expires = alert.watched.end().plus(KEPT).seconds();
            writes.push(put_new(&table, &AlertItem { pk, sk, at: mint.now(), expires })?);
        }
        writes.push(self.event(&event)?);
        match self.transact(writes).await {
            Ok(()) => Ok(true),
            Err(fault) if fault.refused().is_some() => Ok(false),
            Err(fault) => Err(fault.into_error("telling of a threshold")),
        }
    }
}

fn key_of(organization: OrganizationId, alert: &Alert) -> Key {
    spending::alert(organization, alert.scope, alert.watched, alert.threshold.percent())
}

fn changes(alert: &Alert) -> Vec<Change> {
    let (window, share) = match alert.watched {
        Watched::Window(window) => (window, false),
        Watched::DayShare(day) => (day, true),
    };
    vec![
        Change::set("of", alert.scope.kind()),
        Change::set("period", window.period()),
        Change::set("window", window),
        Change::set("share", share),
        Change::set("percent", alert.threshold.percent()),
        Change::set("tokens", alert.taken),
        Change::set("limit", alert.whole),
    ]
}

/// A scope as the target of a record.
pub(super) fn target(organization: OrganizationId, of: QuotaScope, name: Option<String>) -> Target {
    let kind = match of {
        QuotaScope::Organization => "organization",
        QuotaScope::Project(_) => "project",
        QuotaScope::UseCase(_) => "use-case",
        QuotaScope::User(_) => "user",
    };
    let id = of.id().unwrap_or_else(|| organization.to_string());
    Target { kind: kind.to_owned(), id, name }
}
