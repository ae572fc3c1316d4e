//! What was spent on each model over some days, from the roll-ups of usage.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::OrganizationId;
use domain::provider::{ModelCost, ReadModelCosts};
use domain::quota::{Spent, SpentOn, Window};
use domain::settings::ModelId;
use domain::{Granted, Result};
use futures::future::try_join_all;

use crate::core::{Store, decode};
use crate::keys::spending;
use crate::model_choices::ModelGround;
use crate::page::Query;
use crate::spending::close::DayItem;

/// So many days are asked for at once.
const AT_ONCE: usize = 16;
/// What rows of models begin with.
const ROWS: &str = "model#";

impl Store {
    /// AP-292. What each model was used for on these days, and what that costs, the dearest first. Days count as in the usage:
    /// a call counts on the day on which it was reserved.
    pub async fn model_costs(&self, granted: &Granted<ReadModelCosts>) -> Result<Vec<ModelCost>> {
        let (asked, scope) = (granted.command(), granted.scope());
        let (organization, table) = (scope.organization(), self.tenant(scope));
        let days: BTreeSet<Window> = std::iter::successors(Some(asked.from), |day| Some(day.after()))
            .take_while(|day| *day <= asked.to)
            .collect();
        let ledgers: BTreeSet<Window> = days.iter().copied().chain([asked.from.before(), asked.to.after()]).collect();
        let ledgers: Vec<Window> = ledgers.into_iter().collect();
        let (rows, entry, (offers, choices)) = futures::try_join!(
            self.rows_on(&table, organization, &ledgers),
            self.organization(organization),
            self.offered(organization, &table),
        )?;
        let ground = ModelGround { offers, choices, settings: entry.settings };
        let mut spent: BTreeMap<Option<ModelId>, Spent> = BTreeMap::new();
        for (ledger, DayItem { sk, used, .. }) in rows {
            let Ok(SpentOn::Model(model)) = sk.parse() else { continue };
            let of = days.iter().fold(Spent::default(), |sum, day| sum.plus(used.within(ledger, *day)));
            let sum = spent.entry(model.and_then(|model| ModelId::try_from(model).ok())).or_default();
            *sum = sum.plus(of);
        }
        let used = spent.into_iter().filter(|(_, spent)| !spent.is_nothing());
        let price = |model: &ModelId| ground.price(model);
        let mut costs: Vec<_> = used.map(|(model, spent)| ModelCost::of(model, spent, &asked.instead, price)).collect();
        costs.sort_by_key(|cost| (std::cmp::Reverse(cost.now()), cost.model.clone()));
        Ok(costs)
    }

    /// What several ledgers say of models, so many of them at once.
    async fn rows_on(
        &self,
        table: &str,
        organization: OrganizationId,
        ledgers: &[Window],
    ) -> Result<Vec<(Window, DayItem)>> {
        let mut rows = vec![];
        for some in ledgers.chunks(AT_ONCE) {
            let read = some.iter().map(|ledger| self.rows_of(table, organization, *ledger));
            rows.extend(try_join_all(read).await?.into_iter().flatten());
        }
        Ok(rows)
    }

    async fn rows_of(
        &self,
        table: &str,
        organization: OrganizationId,
        ledger: Window,
    ) -> Result<Vec<(Window, DayItem)>> {
        let query = Query::of(table, spending::usage(organization, ledger)).beginning_with(ROWS);
        self.whole(&query).await?.into_iter().map(|item| Ok((ledger, decode(item)?))).collect()
    }
}
