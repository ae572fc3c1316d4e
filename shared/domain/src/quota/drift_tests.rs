use super::*;
use crate::id::{ProjectId, ReservationId};
use crate::quota::{Entry, Hold, ScopeSet, Tokens, Usage, UsageSource};

const MINUTE: Duration = Duration::from_secs(60);

fn now() -> Timestamp {
    Timestamp::try_from("2026-11-30T12:00:00Z".to_owned()).unwrap()
}

fn reading() -> Reading {
    Reading { from: now(), to: now() }
}

fn tokens(count: u64) -> Tokens {
    Tokens::try_from(count).unwrap()
}

fn line(number: u64, reserved_at: Timestamp, settled_at: Timestamp, late: bool) -> Settled {
    let usage = Usage {
        prompt: tokens(10),
        completion: tokens(5),
        source: UsageSource::Provider,
        model: None,
        provider: None,
        cost_micro_usd: 0,
    };
    let set = ScopeSet { project: ProjectId::from_parts(1, 1), use_case: None, user: None };
    let id = ReservationId::from_parts(reserved_at.millis(), u128::from(number));
    Settled { id, set, usage, charged: None, reserved_at, settled_at, late, attempts: [7].into() }
}

/// A counter of the month that says so much was used, and holds 100 for that line.
fn counter(used: i64, held_for: Option<(&Settled, u32)>) -> Counter {
    let window = Window::of(Period::Monthly, now());
    let entry = Entry::new(window, Some(tokens(1000)), 1000 - used);
    let mut counter =
        Counter { entries: ByPeriod { monthly: Some(entry), ..ByPeriod::default() }, ..Counter::default() };
    if let Some((line, attempt)) = held_for {
        let hold = Hold {
            amount: tokens(100),
            reserved_at: line.reserved_at,
            lapses_at: now().plus(MINUTE),
            set: [0; 8],
            attempt,
        };
        counter.hold(HoldKey::of(line.id), hold);
    }
    counter
}

fn drift(counter: &Counter, lines: &[Settled]) -> Option<i64> {
    let mut ledger = ByPeriod::default();
    lines.iter().for_each(|line| counter.add_line(&mut ledger, line, reading()));
    counter.drift(&ledger, now()).monthly
}

#[test]
fn what_the_ledger_knows_and_the_counter_does_not_is_charged() {
    let old = line(1, now().minus(MINUTE * 30), now().minus(MINUTE * 29), false);
    assert_eq!(drift(&counter(15, None), std::slice::from_ref(&old)), None);
    let lacking = counter(0, None);
    let by = drift(&lacking, std::slice::from_ref(&old));
    assert_eq!(by, Some(15));
    let repaired = lacking.repaired(&ByPeriod { monthly: by, ..ByPeriod::default() });
    assert_eq!((repaired.used(Period::Monthly), drift(&repaired, &[old])), (Some(15), None));
}

#[test]
fn what_the_counter_charged_and_no_line_says_is_given_back() {
    let both = counter(40, None);
    let by = drift(&both, &[line(1, now().minus(MINUTE * 3), now().minus(MINUTE * 2), false)]);
    assert_eq!(by, Some(-25));
    assert_eq!(both.repaired(&ByPeriod { monthly: by, ..ByPeriod::default() }).used(Period::Monthly), Some(15));
}

#[test]
fn a_line_whose_hold_is_there_still_was_not_charged_yet() {
    let line = line(1, now().minus(MINUTE), now().minus(MINUTE / 2), false);
    assert_eq!(drift(&counter(0, Some((&line, 7))), std::slice::from_ref(&line)), None);
    // A hold of a try that does not stand for the line says nothing either way.
    for used in [0, 15] {
        assert_eq!(drift(&counter(used, Some((&line, 8))), std::slice::from_ref(&line)), None);
    }
}

#[test]
fn what_was_settled_in_the_moment_of_reading_is_repaired_neither_way() {
    let second = Duration::from_secs(1);
    for (reserved, settled, late) in [
        (now().minus(second), now(), false),
        (now().plus(second), now().plus(second), false),
        (now().minus(MINUTE * 60), now().minus(second), true),
    ] {
        for used in [0, 15] {
            assert_eq!(drift(&counter(used, None), &[line(1, reserved, settled, late)]), None, "{used}");
        }
        assert_eq!(drift(&counter(16, None), &[line(1, reserved, settled, late)]), Some(-1), "one more than it may be");
    }
}

#[test]
fn what_began_after_the_counter_was_read_is_not_missed_in_it() {
    let later = line(1, now().plus(MINUTE), now().plus(MINUTE * 2), false);
    assert_eq!(drift(&counter(0, None), &[later]), None);
}

#[test]
fn another_window_is_not_touched() {
    let counter = counter(0, None);
    let old = line(1, now().minus(MINUTE * 60 * 24 * 31), now().minus(MINUTE * 60), false);
    assert_eq!(drift(&counter, &[old]), None);
    let over = Window::of(Period::Monthly, now()).end();
    let lacking = line(1, now().minus(MINUTE * 30), now().minus(MINUTE * 29), false);
    let mut ledger = ByPeriod::default();
    counter.add_line(&mut ledger, &lacking, reading());
    assert_eq!(counter.drift(&ledger, over).monthly, None, "a window that is over is not repaired");
}

#[test]
fn of_a_reading_that_took_long_more_is_unclear() {
    let line = line(1, now().plus(MINUTE), now().plus(MINUTE), false);
    let long = Reading { from: now(), to: now().plus(MINUTE) };
    assert_eq!(counter(0, None).has_charged(&line, reading()), Charged::NotYet);
    assert_eq!(counter(0, None).has_charged(&line, long), Charged::Unclear);
}

#[test]
fn what_is_missing_of_the_time_before_a_counter_counted_is_told_from_a_drift() {
    let since = now().minus(MINUTE * 20);
    let began = |used| {
        let mut counter = counter(used, None);
        counter.entries.slot(Period::Monthly).as_mut().unwrap().since = Some(since);
        counter
    };
    let before = line(1, since.minus(MINUTE), since.minus(MINUTE), false);
    let after = line(2, since.plus(MINUTE), since.plus(MINUTE), false);
    let told = |counter: &Counter| {
        let mut ledger = ByPeriod::default();
        [&before, &after].into_iter().for_each(|line| counter.add_line(&mut ledger, line, reading()));
        let by = counter.drift(&ledger, now());
        (by.monthly, counter.misses_no_more_than_before(&by, &ledger))
    };
    assert_eq!(told(&began(15)), (Some(15), true), "it has charged what came after");
    assert_eq!(told(&began(0)), (Some(30), false), "it has charged nothing");
    assert_eq!(told(&began(45)), (Some(-15), false), "it has charged too much");
    assert_eq!(told(&counter(15, None)), (Some(15), false), "it has counted from the start");
}

#[test]
fn a_closed_day_counts_as_before_where_it_began_before_the_counting_did() {
    let mut counter = counter(0, None);
    let since = Timestamp::try_from("2026-11-20T12:00:00Z".to_owned()).unwrap();
    counter.entries.slot(Period::Monthly).as_mut().unwrap().since = Some(since);
    let mut ledger = ByPeriod::default();
    for (day, expected) in [("2026-11-19", 15), ("2026-11-20", 30), ("2026-11-21", 30)] {
        let day = Window::try_from(day.to_owned()).unwrap();
        let mut used = DayUse::default();
        used.add(day, &line(1, day.start().plus(MINUTE), day.start().plus(MINUTE), false));
        counter.add_day(&mut ledger, day, &used);
        assert_eq!(ledger.monthly.unwrap().before, expected, "{day}");
    }
    assert_eq!(ledger.monthly.unwrap().certain, 45);
}
