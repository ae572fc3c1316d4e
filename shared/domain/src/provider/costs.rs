//! What models cost an organization, and what it would have cost with others in their place.

use std::collections::BTreeMap;

use super::Cost;
use crate::quota::{Spent, Window};
use crate::settings::ModelId;
use crate::{Action, Code, Command, Error, OrgScope, Result};

/// So many days are looked at at most.
const DAYS_MAX: u32 = 92;
/// So many models are compared at most.
const COMPARED_MAX: usize = 50;

/// `GET …/model-costs`, `POST …/cost-comparisons`
#[derive(Clone, Debug)]
pub struct ReadModelCosts {
    /// The first day.
    pub from: Window,
    /// The last day.
    pub to: Window,
    /// Models, and what is put in the place of each.
    pub instead: BTreeMap<ModelId, ModelId>,
}

impl Command for ReadModelCosts {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ReadAnalytics
    }
}

impl ReadModelCosts {
    /// At most 92 days, and 50 models that others are put in the place of.
    ///
    /// # Errors
    /// [`Code::Invalid`]
    pub fn new((from, to): (Window, Window), instead: BTreeMap<ModelId, ModelId>) -> Result<Self> {
        let days = to.first_day().saturating_sub(from.first_day()).saturating_add(1);
        if from > to || i64::from(days) > i64::from(DAYS_MAX) {
            return Err(Error::new(Code::Invalid, "must be 1 to 92 days, the first not after the last").at("first_day"));
        }
        if instead.len() > COMPARED_MAX {
            return Err(Error::new(Code::Invalid, "must be at most 50 models").at("/instead"));
        }
        Ok(Self { from, to, instead })
    }
}

/// What one model was used for, and what that costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelCost {
    /// Which; none for calls that named none.
    pub model: Option<ModelId>,
    /// What was used, with the cost that the runtime reported.
    pub spent: Spent,
    /// The same at the price that the model has now, in millionths of a dollar; none where it has none.
    pub at_present: Option<u64>,
    /// What is put in its place, and what the same tokens cost there; none where that has no price.
    pub instead: Option<(ModelId, Option<u64>)>,
}

impl ModelCost {
    /// What it costs at the price of `prices`, and what with another model in its place.
    #[must_use]
    pub fn of(
        model: Option<ModelId>,
        spent: Spent,
        instead: &BTreeMap<ModelId, ModelId>,
        price: impl Fn(&ModelId) -> Option<Cost>,
    ) -> Self {
        let cost = |model: &ModelId| price(model).map(|price| price.of(spent.prompt, spent.completion));
        let to = model.as_ref().and_then(|model| instead.get(model)).cloned();
        Self { at_present: model.as_ref().and_then(&cost), instead: to.map(|to| (to.clone(), cost(&to))), model, spent }
    }

    /// What comparisons begin with: the present price, or where there is none what the runtime reported.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.at_present.unwrap_or(self.spent.cost_micro_usd)
    }

    /// What would be spent with the model that is put in its place; as now where there is none, or it has no price.
    #[must_use]
    pub fn then(&self) -> u64 {
        self.instead.as_ref().and_then(|(_, cost)| *cost).unwrap_or_else(|| self.now())
    }
}

impl Cost {
    /// What so many tokens cost, in millionths of a dollar: rounded to the nearest, halves up; at most 2⁶⁴ − 1.
    #[must_use]
    pub fn of(self, read: u64, written: u64) -> u64 {
        let million = 1_000_000_u128;
        let exact = u128::from(read) * u128::from(self.input()) + u128::from(written) * u128::from(self.output());
        u64::try_from((exact + million / 2) / million).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(raw: &str) -> ModelId {
        ModelId::try_from(raw.to_owned()).unwrap()
    }

    fn spent(prompt: u64, completion: u64, reported: u64) -> Spent {
        Spent { lines: 1, prompt, completion, charged: prompt + completion, cost_micro_usd: reported }
    }

    #[test]
    fn a_price_is_of_a_million_tokens_and_rounded_to_the_nearest_millionth() {
        let cost = Cost::try_from((150_000, 600_000)).unwrap();
        assert_eq!(cost.of(1_000_000, 1_000_000), 750_000);
        assert_eq!((cost.of(3, 0), cost.of(4, 0), cost.of(0, 0)), (0, 1, 0));
        assert_eq!(Cost::try_from((10_000_000_000, 10_000_000_000)).unwrap().of(u64::MAX, u64::MAX), u64::MAX);
    }

    #[test]
    fn a_comparison_is_at_present_prices_and_as_reported_where_there_is_none() {
        let price = |id: &ModelId| match String::from(id.clone()).as_str() {
            "dear" => Cost::try_from((10_000_000, 0)).ok(),
            "cheap" => Cost::try_from((1_000_000, 0)).ok(),
            _ => None,
        };
        let instead =
            [(model("dear"), model("cheap")), (model("gone"), model("cheap")), (model("cheap"), model("gone"))].into();
        let of = |id: &str| ModelCost::of(Some(model(id)), spent(1_000_000, 0, 7), &instead, price);
        assert_eq!((of("dear").now(), of("dear").then()), (10_000_000, 1_000_000));
        assert_eq!(
            (of("gone").now(), of("gone").then()),
            (7, 1_000_000),
            "what has no price any more costs what was reported"
        );
        assert_eq!(
            (of("cheap").now(), of("cheap").then()),
            (1_000_000, 1_000_000),
            "nothing is known of the other one"
        );
        let unnamed = ModelCost::of(None, spent(5, 5, 9), &instead, price);
        assert_eq!((unnamed.now(), unnamed.then()), (9, 9));
    }

    #[test]
    fn at_most_92_days_and_50_models_are_compared() {
        let day = |raw: &str| Window::try_from(raw.to_owned()).unwrap();
        let of = |from, to| ReadModelCosts::new((day(from), day(to)), BTreeMap::new());
        assert!(of("2026-01-01", "2026-04-02").is_ok() && of("2026-01-01", "2026-01-01").is_ok());
        assert!(of("2026-01-01", "2026-04-03").is_err() && of("2026-01-02", "2026-01-01").is_err());
        let many = (0..=COMPARED_MAX).map(|number| (model(&format!("m{number}")), model("x"))).collect();
        assert!(ReadModelCosts::new((day("2026-01-01"), day("2026-01-01")), many).is_err());
    }
}
