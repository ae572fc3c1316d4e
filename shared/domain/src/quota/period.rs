//! The three periods in which tokens are counted, and a value for each.

use serde::{Deserialize, Serialize};

/// For how long a limit counts, before it begins anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// A day in UTC.
    Daily,
    /// A week from Monday on, in UTC.
    Weekly,
    /// A calendar month in UTC; what is meant where none is named.
    #[default]
    Monthly,
}

impl Period {
    /// Each, the shortest first.
    pub const ALL: [Self; 3] = [Self::Daily, Self::Weekly, Self::Monthly];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
        }
    }
}

/// At most one value for each period; a period without one is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByPeriod<T> {
    /// Of the day.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub daily: Option<T>,
    /// Of the week.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub weekly: Option<T>,
    /// Of the month.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub monthly: Option<T>,
}

impl<T> Default for ByPeriod<T> {
    fn default() -> Self {
        Self { daily: None, weekly: None, monthly: None }
    }
}

impl<T> ByPeriod<T> {
    /// What it says of each period.
    pub fn from_fn(mut value: impl FnMut(Period) -> Option<T>) -> Self {
        Self { daily: value(Period::Daily), weekly: value(Period::Weekly), monthly: value(Period::Monthly) }
    }

    /// The value of a period.
    #[must_use]
    pub fn get(&self, period: Period) -> Option<&T> {
        match period {
            Period::Daily => self.daily.as_ref(),
            Period::Weekly => self.weekly.as_ref(),
            Period::Monthly => self.monthly.as_ref(),
        }
    }

    /// The place of a period's value.
    pub fn slot(&mut self, period: Period) -> &mut Option<T> {
        match period {
            Period::Daily => &mut self.daily,
            Period::Weekly => &mut self.weekly,
            Period::Monthly => &mut self.monthly,
        }
    }

    /// The periods that have a value, the shortest first.
    pub fn iter(&self) -> impl Iterator<Item = (Period, &T)> {
        Period::ALL.into_iter().filter_map(|period| self.get(period).map(|value| (period, value)))
    }

    /// Whether no period has a value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_under_its_period_alone() {
        for period in Period::ALL {
            let mut values = ByPeriod::default();
            *values.slot(period) = Some(7);
            assert_eq!(values.iter().collect::<Vec<_>>(), [(period, &7)]);
            assert_eq!(values, ByPeriod::from_fn(|asked| (asked == period).then_some(7)));
            let text = serde_json::to_string(&values).unwrap();
            assert_eq!(text, format!(r#"{{"{}":7}}"#, period.as_str()));
            assert_eq!(serde_json::from_str::<ByPeriod<i32>>(&text).unwrap(), values);
        }
        assert!(ByPeriod::<i32>::default().is_empty());
    }
}
