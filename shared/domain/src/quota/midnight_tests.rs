//! A million counters at the end of a day and a month: each is right on the other side, by what is shown of it and by its next
//! reservation, and nothing was written meanwhile.

use std::collections::BTreeMap;
use std::time::Duration;

use super::*;
use crate::Timestamp;
use crate::id::{ProjectId, ReservationId, UserId};

const COUNTERS: usize = 1_000_000;
/// 2026-12-01T00:00:00Z, a Tuesday: a day and a month have ended, the week goes on.
const MIDNIGHT: u64 = 1_796_083_200_000;
const HELD: u64 = 30;

fn tokens(count: u64) -> Tokens {
    Tokens::try_from(count).unwrap()
}

fn before() -> Timestamp {
    Timestamp::from_millis(MIDNIGHT - 1)
}

fn set() -> ScopeSet {
    ScopeSet { project: ProjectId::from_parts(1, 1), use_case: None, user: None }
}

fn id(number: u64) -> ReservationId {
    ReservationId::from_parts(MIDNIGHT, number.into())
}

fn limits() -> ByPeriod<Tokens> {
    ByPeriod { daily: Some(tokens(1_000)), weekly: Some(tokens(5_000)), monthly: Some(tokens(20_000)) }
}

/// What a counter had used in each window; one in sixteen also holds something.
fn used(number: u64) -> u64 {
    number % 900
}

fn held(number: u64) -> u64 {
    if number.is_multiple_of(16) { HELD } else { 0 }
}

/// As its calls have left it a moment before midnight.
fn counter(number: u64) -> Counter {
    let entries = ByPeriod::from_fn(|period| {
        let cap = *limits().get(period)?;
        let left = cap.signed() - i64::try_from(used(number) + held(number)).unwrap();
        Some(Entry::new(Window::of(period, before()), Some(cap), left))
    });
    let reserved_at = before().minus(Duration::from_secs(60));
    let hold =
        Hold { amount: tokens(HELD), reserved_at, lapses_at: reserved_at.plus(HOLD), set: set().digest(), attempt: 1 };
    let holds = if held(number) > 0 { BTreeMap::from([(HoldKey::of(id(number)), hold)]) } else { BTreeMap::new() };
    Counter { entries, versions: Versions { own: 1, ..Versions::default() }, holds, ..Counter::default() }
}

fn check(number: u64, counter: &Counter) {
    let (none, now) = (Defaults::default(), Timestamp::from_millis(MIDNIGHT));
    let own = Limits { own: limits(), version: 1, ..Limits::default() };
    let layers = Layers { platform: &none, organization: &none, own: &own };
    let ground = Ground::unbranched(QuotaScope::User(UserId::from_parts(1, 1)), layers, Some(counter));
    let (used, held) = (used(number), held(number));
    let wanted = [(0, 0, 1_000), (used, held, 5_000 - used - held), (0, 0, 20_000)];
    for (standing, (used, held, remaining)) in ground.standings(now).into_iter().zip(wanted) {
        let bound = standing.bound.unwrap();
        let seen = (bound.used.get(), bound.held.get(), bound.remaining.get());
        assert_eq!(seen, (used, held, remaining), "{number} {:?}", standing.window);
        assert!(standing.window.contains(now));
    }
    let asked = |amount| Asked { id: id(number + 1), set: set(), amount: tokens(amount), attempt: 2 };
    let Taking::Take(take) = ground.take(&asked(1_000), true, now) else { panic!("{number}: a new day's tokens") };
    let left = |period| take.after.entries.get(period).unwrap().left;
    let week = i64::try_from(4_000 - used - held).unwrap();
    assert_eq!([Period::Daily, Period::Weekly, Period::Monthly].map(left), [0, week, 19_000], "{number}");
    if number.is_multiple_of(64) {
        assert_eq!(take.write.apply(Some(counter)).as_ref(), Ok(&take.after), "in one write, on what is there still");
        assert!(matches!(ground.take(&asked(1_001), true, now), Taking::Full(_)), "{number}: and no token more");
    }
}

#[test]
fn a_million_counters_are_right_after_midnight_without_having_been_written() {
    let counters: Vec<Counter> = (0..).take(COUNTERS).map(counter).collect();
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let part = COUNTERS.div_ceil(workers);
    std::thread::scope(|scope| {
        for (counters, first) in counters.chunks(part).zip((0..).step_by(part)) {
            scope.spawn(move || (first..).zip(counters).for_each(|(number, counter)| check(number, counter)));
        }
    });
}
