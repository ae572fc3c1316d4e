use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

const DAY_MILLIS: u64 = 24 * HOUR_MILLIS;

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000 + millis)
}

fn limits(per_second: u32, per_day: u32) -> MailLimits {
    MailLimits::new(per_second, per_day).unwrap()
}

#[test]
fn limits_are_one_or_more_and_no_more_than_any_account_has() {
    assert!(MailLimits::new(1, 1).is_ok() && MailLimits::new(1_000, 100_000_000).is_ok());
    for (per_second, per_day) in [(0, 1), (1, 0), (1_001, 1), (1, 100_000_001)] {
        assert!(MailLimits::new(per_second, per_day).is_err());
    }
}

#[test]
fn permits_of_two_senders_never_have_the_same_instant() {
    let (limits, now) = (limits(10, 1_000), at(0));
    let Taken::Permits(budget, mut one) = MailBudget::default().take(limits, Turn::Usual, 5, now, at(5_000)) else {
        panic!("no permits")
    };
    let Taken::Permits(_, mut other) = budget.take(limits, Turn::Usual, 5, now, at(5_000)) else { panic!("none") };
    let mut slots = vec![];
    for permits in [&mut one, &mut other] {
        while !permits.are_used() {
            slots.push(permits.slot().millis() - now.millis());
            permits.use_one();
        }
    }
    assert_eq!(slots, [0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
}

#[test]
fn whoever_comes_when_every_instant_is_taken_gets_none() {
    let (limits, now) = (limits(10, 1_000), at(0));
    let Taken::Permits(budget, _) = MailBudget::default().take(limits, Turn::Usual, 100, now, at(5_000)) else {
        panic!("no permits")
    };
    assert_eq!(budget.take(limits, Turn::First, 1, now, at(5_000)), Taken::NotYet);
    assert!(matches!(budget.take(limits, Turn::First, 1, at(5_000), at(9_000)), Taken::Permits(..)));
}

#[test]
fn the_last_tenth_of_a_day_is_for_what_goes_first() {
    let limits = limits(1_000, 100);
    let Taken::Permits(budget, permits) = MailBudget::default().take(limits, Turn::Usual, 500, at(0), at(9_000)) else {
        panic!("no permits")
    };
    assert_eq!(permits.count, 90);
    assert_eq!(budget.take(limits, Turn::Usual, 1, at(1_000), at(9_000)), Taken::Spent);
    let Taken::Permits(budget, permits) = budget.take(limits, Turn::First, 500, at(1_000), at(9_000)) else {
        panic!("no permits")
    };
    assert_eq!(permits.count, 10);
    assert!(!permits.serve(Turn::Usual, at(1_000)), "what is kept for the first is not for others");
    assert_eq!(budget.take(limits, Turn::First, 1, at(2_000), at(9_000)), Taken::Spent);
    let later = at(DAY_MILLIS + 2 * HOUR_MILLIS);
    assert!(matches!(budget.take(limits, Turn::Usual, 1, later, later.plus(STALE)), Taken::Permits(..)));
}

#[test]
fn what_was_not_used_can_be_taken_again() {
    let limits = limits(10, 100);
    let Taken::Permits(budget, mut permits) = MailBudget::default().take(limits, Turn::First, 50, at(0), at(9_000))
    else {
        panic!("no permits")
    };
    permits.use_one();
    let budget = budget.give_back(&permits);
    assert_eq!(budget.sent_in_a_day(at(0)), 1);
    let Taken::Permits(_, permits) = budget.take(limits, Turn::First, 1, at(50), at(9_000)) else { panic!("none") };
    assert_eq!(permits.slot(), at(100));
}

#[test]
fn a_permit_that_was_not_used_in_time_is_worth_nothing() {
    let limits = limits(10, 100);
    let Taken::Permits(_, permits) = MailBudget::default().take(limits, Turn::First, 2, at(0), at(9_000)) else {
        panic!("no permits")
    };
    assert!(permits.serve(Turn::First, at(1_000)) && !permits.serve(Turn::First, at(1_001)));
}

proptest! {
    /// Senders come at any time, take what they want, use some of it, and give the rest back or are cut off.
    #[test]
    fn neither_limit_is_ever_exceeded(
        per_second in 1_u32..50,
        per_day in 1_u32..400,
        steps in prop::collection::vec((0_u64..4 * HOUR_MILLIS, 1_u32..60, any::<bool>(), 0_u32..60, any::<bool>()), 1..60),
    ) {
        let limits = limits(per_second, per_day);
        let (mut budget, mut now, mut sent) = (MailBudget::default(), at(0), BTreeSet::new());
        for (passed, wanted, first, used, gives_back) in steps {
            now = now.plus(Duration::from_millis(passed));
            let turn = if first { Turn::First } else { Turn::Usual };
            let Taken::Permits(left, mut permits) = budget.take(limits, turn, wanted, now, now.plus(Duration::from_secs(40)))
            else { continue };
            budget = left;
            for _ in 0..used.min(permits.count) {
                prop_assert!(sent.insert(permits.slot().millis()), "two mails at one instant");
                permits.use_one();
            }
            if gives_back {
                budget = budget.give_back(&permits);
            }
        }
        let sent: Vec<u64> = sent.into_iter().collect();
        let most = |window: u64| sent.iter().map(|from| sent.iter().filter(|at| **at >= *from && **at < from + window).count()).max();
        prop_assert!(most(DAY_MILLIS).unwrap_or(0) <= usize::try_from(per_day).unwrap());
        prop_assert!(most(1_000).unwrap_or(0) <= usize::try_from(per_second).unwrap());
    }
}
