//! Where new ids and secrets come from: one instant and one seed, given by the caller.

use sha2::{Digest, Sha256};

use crate::{Id, Timestamp};

/// Makes ids and random bytes for one change. The same instant and seed make the same values again, which is how a
/// replayed import row gets the same user.
pub struct Mint {
    now: Timestamp,
    seed: [u8; 32],
    drawn: u64,
}

impl Mint {
    /// A mint at `now`; `seed` must be 32 unpredictable bytes, or a keyed hash where a replay must repeat.
    #[must_use]
    pub fn new(now: Timestamp, seed: [u8; 32]) -> Self {
        Self { now, seed, drawn: 0 }
    }

    /// The instant of the change.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// A new id, of the instant of the change.
    pub fn id<K: crate::id::Kind>(&mut self) -> Id<K> {
        let bytes = self.bytes();
        let random = bytes.iter().take(10).fold(0_u128, |sum, byte| (sum << 8) | u128::from(*byte));
        Id::from_parts(self.now.millis(), random)
    }

    /// 32 bytes that follow from the seed and from how often the mint was asked before.
    pub fn bytes(&mut self) -> [u8; 32] {
        self.drawn += 1;
        Sha256::new().chain_update(self.seed).chain_update(self.drawn.to_be_bytes()).finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::UserId;

    #[test]
    fn a_mint_repeats_itself_only_for_the_same_seed_and_instant() {
        let at = Timestamp::from_millis(1_795_476_475_120);
        let ids = |at, seed| {
            let mut mint = Mint::new(at, [seed; 32]);
            (mint.id::<crate::id::User>(), mint.id::<crate::id::User>())
        };
        let (first, second): (UserId, UserId) = ids(at, 1);
        assert_ne!(first, second);
        assert_eq!((first, second), ids(at, 1));
        assert_ne!((first, second), ids(at, 2));
        assert_ne!((first, second), ids(Timestamp::from_millis(1), 1));
    }
}
