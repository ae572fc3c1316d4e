//! Key and value pairs that an organization's admins keep beside it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Rejected;

/// At most 50 pairs, keys of 1 to 64 and values of at most 512 characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>", into = "BTreeMap<String, String>")]
pub struct Metadata(BTreeMap<String, String>);

impl Metadata {
    /// The pairs, by key.
    #[must_use]
    pub fn pairs(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    /// These pairs with a merge patch over them: `None` removes a key.
    ///
    /// # Errors
    /// When the result is beyond the limits.
    pub fn patched(&self, patch: BTreeMap<String, Option<String>>) -> Result<Self, Rejected> {
        let mut pairs = self.0.clone();
        for (key, value) in patch {
            match value {
                Some(value) => pairs.insert(key, value),
                None => pairs.remove(&key),
            };
        }
        Self::try_from(pairs)
    }
}

impl TryFrom<BTreeMap<String, String>> for Metadata {
    type Error = Rejected;
    fn try_from(pairs: BTreeMap<String, String>) -> Result<Self, Rejected> {
        let fits = pairs.len() <= 50
            && pairs.keys().all(|key| (1..=64).contains(&key.chars().count()) && !key.chars().any(char::is_control))
            && pairs.values().all(|value| value.chars().count() <= 512);
        fits.then_some(Self(pairs))
            .ok_or(Rejected("must be at most 50 pairs, keys of 1 to 64 and values of up to 512 characters"))
    }
}

impl From<Metadata> for BTreeMap<String, String> {
    fn from(metadata: Metadata) -> Self {
        metadata.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(count: usize, key: usize, value: usize) -> BTreeMap<String, String> {
        (0..count).map(|n| (format!("{n:0key$}"), "é".repeat(value))).collect()
    }

    #[test]
    fn the_limits_are_counted_in_characters_and_are_inclusive() {
        assert!(Metadata::try_from(pairs(50, 64, 512)).is_ok());
        assert!(Metadata::try_from(pairs(51, 64, 512)).is_err());
        assert!(Metadata::try_from(pairs(1, 65, 1)).is_err());
        assert!(Metadata::try_from(pairs(1, 1, 513)).is_err());
    }

    #[test]
    fn a_patch_removes_with_null_and_keeps_what_it_does_not_name() {
        let before = Metadata::try_from(BTreeMap::from([("a".into(), "1".into()), ("b".into(), "2".into())])).unwrap();
        let after = before.patched(BTreeMap::from([("a".into(), None), ("c".into(), Some("3".into()))])).unwrap();
        assert_eq!(after.pairs(), &BTreeMap::from([("b".into(), "2".into()), ("c".into(), "3".into())]));
    }
}
