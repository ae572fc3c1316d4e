//! What a process has learned and need not ask again: bounded, and never what anything is decided by.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// So many are remembered; then all are forgotten, and learned again.
const REMEMBERED_MAX: usize = 10_000;

/// Values by key. What is remembered saves a call, and losing it costs one.
#[derive(Clone, Debug)]
pub(crate) struct Remembered<K, V>(Arc<Mutex<HashMap<K, V>>>);

impl<K, V> Default for Remembered<K, V> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Eq + Hash, V: Clone> Remembered<K, V> {
    pub(crate) fn get(&self, key: &K) -> Option<V> {
        self.known().get(key).cloned()
    }

    pub(crate) fn remember(&self, key: K, value: V) {
        let mut known = self.known();
        if known.len() >= REMEMBERED_MAX {
            known.clear();
        }
        known.insert(key, value);
    }

    pub(crate) fn forget(&self, key: &K) {
        self.known().remove(key);
    }

    fn known(&self) -> MutexGuard<'_, HashMap<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_meets_ever_new_keys_does_not_grow_for_ever() {
        let numbers = Remembered::default();
        for number in 0..=REMEMBERED_MAX {
            numbers.remember(number, "known");
            assert!(numbers.known().len() <= REMEMBERED_MAX);
        }
        assert_eq!(numbers.get(&REMEMBERED_MAX), Some("known"), "the latest");
        assert_eq!(numbers.get(&0), None, "those before it are learned again");
        numbers.forget(&REMEMBERED_MAX);
        assert_eq!(numbers.get(&REMEMBERED_MAX), None);
    }

    #[test]
    fn what_one_clone_learns_the_others_know() {
        let (numbers, other) = (Remembered::default(), Remembered::<i32, ()>::default());
        numbers.clone().remember(1, ());
        assert_eq!((numbers.get(&1), other.get(&1)), (Some(()), None));
    }
}
