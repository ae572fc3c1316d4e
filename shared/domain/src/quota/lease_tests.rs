use proptest::prelude::*;

use super::*;
use crate::id::ProjectId;

fn tokens(count: u64) -> Tokens {
    Tokens::try_from(count).unwrap()
}

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn id(number: u128) -> ReservationId {
    ReservationId::from_parts(1_000, number)
}

fn set() -> ScopeSet {
    ScopeSet { project: ProjectId::from_parts(1, 1), use_case: None, user: None }
}

fn usage(prompt: u64) -> Usage {
    let source = if prompt > 0 { UsageSource::Provider } else { UsageSource::None };
    Usage { prompt: tokens(prompt), completion: tokens(0), source, model: None, provider: None, cost_micro_usd: 3 }
}

#[test]
fn a_lease_is_what_is_wanted_or_an_eighth_of_what_is_left_and_none_below_its_least() {
    let lease = TakeLease { wanted: Call { id: id(1), set: set(), amount: tokens(100) }, at_least: tokens(10) };
    for (left, size) in [(None, Some(100)), (Some(8_000), Some(100)), (Some(400), Some(50)), (Some(80), Some(10))] {
        assert_eq!(lease.size(left).ok().map(Tokens::get), size, "{left:?}");
    }
    for left in [79, 0, -5] {
        assert_eq!(lease.size(Some(left)).unwrap_err().code(), Code::LeaseTooSmall);
    }
}

#[test]
fn what_a_lease_was_spent_on_adds_up_to_what_it_is_charged_and_no_token_stands_in_the_ledger_twice() {
    let lines = [(2, 30), (3, 0), (4, 12)].map(|(number, used)| LeaseLine { id: id(number), usage: usage(used) });
    let back = ReturnLease::new(id(1), set(), lines.to_vec(), at(1_000)).unwrap();
    let (block, lines) = (back.settlement(), back.settled(at(1_000), at(2_000)));
    assert_eq!(block.charged, Some(tokens(42)));
    let in_ledger = lines.iter().fold(block.usage.total(), |sum, line| sum.plus(line.usage.total()));
    let charged = lines.iter().fold(tokens(42), |sum, line| sum.plus(line.tokens()));
    assert_eq!((in_ledger, charged), (tokens(42), tokens(42)));
}

#[test]
fn a_return_names_each_line_once_and_points_at_what_is_wrong() {
    let line = |number, used: Usage| LeaseLine { id: id(number), usage: used };
    let no_source = Usage { source: UsageSource::None, ..usage(5) };
    for (lines, pointer) in [
        (vec![line(1, usage(1))], "/lines/0/id"),
        (vec![line(2, usage(1)), line(2, usage(1))], "/lines/1/id"),
        (vec![line(2, no_source)], "/lines/0/source"),
        ((0..51).map(|number| line(100 + number, usage(1))).collect(), "/lines"),
    ] {
        let refused = ReturnLease::new(id(1), set(), lines, at(1_000)).unwrap_err();
        assert_eq!(refused.pointer(), Some(pointer));
    }
}

#[test]
fn a_block_is_spent_for_a_minute_and_not_a_moment_longer() {
    let mut block = Block::new(tokens(10), at(0));
    assert!(block.take(tokens(1), at(59_999)) && !block.take(tokens(1), at(60_000)));
}

proptest! {
    /// What is taken and not yet settled, what was used and what is left are never more than the block, as long as no call uses
    /// more than was taken for it.
    #[test]
    fn a_block_never_gives_away_more_than_it_has(size in 0_u64..200, calls in proptest::collection::vec((1_u64..40, 0_u64..40), 0..40)) {
        let mut block = Block::new(tokens(size), at(0));
        let mut open = vec![];
        for (amount, used) in calls {
            if block.take(tokens(amount), at(1)) {
                open.push((amount, used.min(amount)));
            }
            if used % 3 == 0 && let Some((taken, used)) = open.pop() {
                block.settle(tokens(taken), tokens(used));
            }
            let taken: u64 = open.iter().map(|(taken, _)| taken).sum();
            prop_assert_eq!(block.left().get() + block.used().get() + taken, size);
        }
    }
}
