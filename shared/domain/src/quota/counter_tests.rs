use super::*;
use crate::Timestamp;
use crate::id::{ProjectId, ReservationId};
use crate::quota::{Asked, Defaults, Ground, HOLD, Layers, Limits, Next, Pace, Plan, QuotaScope, ScopeSet, Taking};

pub(super) const MINUTE: u64 = 60_000;
pub(super) const DAY: u64 = 24 * 60 * MINUTE;
/// 2026-11-30T12:00:00Z, a Monday and the last day of a month.
pub(super) const NOON: u64 = 1_796_040_000_000;

pub(super) fn tokens(count: u64) -> Tokens {
    Tokens::try_from(count).unwrap()
}

pub(super) fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn set() -> ScopeSet {
    ScopeSet { project: ProjectId::from_parts(1, 1), use_case: None, user: None }
}

pub(super) fn asked(number: u64, amount: u64) -> Asked {
    let id = ReservationId::from_parts(NOON, u128::from(number));
    Asked { id, set: set(), amount: tokens(amount), attempt: u32::try_from(number).unwrap() }
}

/// One scope with a ghost that adds up what was taken and used, in plain integers.
pub(super) struct Bench {
    pub(super) own: Limits,
    none: Defaults,
    pub(super) counter: Option<Counter>,
}

impl Bench {
    pub(super) fn new(daily: Option<u64>, monthly: Option<u64>) -> Self {
        let mut bench = Self { own: Limits::default(), none: Defaults::default(), counter: None };
        bench.set(daily, monthly);
        bench
    }

    pub(super) fn set(&mut self, daily: Option<u64>, monthly: Option<u64>) {
        let own = ByPeriod { daily: daily.map(tokens), weekly: None, monthly: monthly.map(tokens) };
        self.own = Limits { own, version: self.own.version + 1, ..self.own };
    }

    pub(super) fn ground(&self) -> Ground<'_> {
        let layers = Layers { platform: &self.none, organization: &self.none, own: &self.own };
        Ground::unbranched(QuotaScope::Organization, layers, self.counter.as_ref())
    }

    pub(super) fn write(&mut self, write: &CounterWrite) {
        self.counter = Some(write.apply(self.counter.as_ref()).unwrap());
    }

    pub(super) fn take(&mut self, asked: &Asked, now: u64) -> bool {
        loop {
            match self.ground().take(asked, true, at(now)) {
                Taking::Take(take) => {
                    self.write(&take.write);
                    return true;
                }
                Taking::Prepare(writes) => writes.iter().for_each(|(_, write)| self.write(write)),
                Taking::Full(_) => return false,
                other => panic!("{other:?}"),
            }
        }
    }

    pub(super) fn bring_up(&mut self, now: u64) {
        let next = self.ground().bring_up(at(now));
        self.follow(next);
    }

    pub(super) fn follow(&mut self, next: Next) {
        if let Next::Write(writes) = next {
            writes.iter().for_each(|(_, write)| self.write(write));
        }
    }

    pub(super) fn settle(&mut self, number: u64, used: u64) {
        let key = asked(number, 1).key();
        let attempts = [u32::try_from(number).unwrap()].into();
        let next = self.ground().settle(key, tokens(used), &attempts, at(NOON));
        self.follow(next);
    }

    pub(super) fn left(&self, period: Period) -> i64 {
        self.counter.as_ref().unwrap().entries.get(period).unwrap().left
    }
}

#[test]
fn what_is_asked_for_is_taken_until_nothing_is_left_and_a_settlement_gives_the_rest_back() {
    let mut bench = Bench::new(None, Some(10));
    assert!(bench.take(&asked(1, 6), NOON) && !bench.take(&asked(2, 5), NOON) && bench.take(&asked(3, 4), NOON));
    bench.settle(1, 2);
    assert_eq!(bench.left(Period::Monthly), 4);
    bench.settle(1, 2);
    assert_eq!(bench.left(Period::Monthly), 4, "settled twice is settled once");
}

#[test]
fn a_settlement_above_its_hold_is_charged_in_full() {
    let mut bench = Bench::new(None, Some(10));
    bench.take(&asked(1, 6), NOON);
    bench.settle(1, 50);
    assert_eq!(bench.left(Period::Monthly), -40);
    assert!(!bench.take(&asked(2, 1), NOON));
    let standing = bench.counter.as_ref().unwrap().standing(Period::Monthly).unwrap();
    assert_eq!((standing.used, standing.held, standing.remaining), (tokens(50), tokens(0), tokens(0)));
}

#[test]
fn zero_blocks_all_and_a_refusal_names_what_it_refused_for() {
    let bench = Bench::new(Some(0), Some(10));
    let Taking::Full(short) = bench.ground().take(&asked(1, 1), true, at(NOON)) else { panic!("nothing blocks") };
    assert_eq!((short.period(), short.limit, short.remaining), (Period::Daily, tokens(0), tokens(0)));
    assert_eq!(short.resets_at(), at(NOON + DAY / 2));
    let refusal = short.refusal(at(NOON));
    assert_eq!(refusal.retry_after_seconds(), Some(12 * 60 * 60));
}

#[test]
fn a_window_begins_anew_also_after_months_of_silence() {
    let mut bench = Bench::new(Some(5), Some(8));
    assert!(bench.take(&asked(1, 5), NOON));
    bench.settle(1, 5);
    assert!(!bench.take(&asked(2, 1), NOON + DAY / 2 - 1), "the last millisecond of the day");
    assert!(bench.take(&asked(2, 5), NOON + DAY / 2), "the first one of the next, which is another month too");
    assert!(bench.take(&asked(3, 5), NOON + 200 * DAY));
    assert_eq!((bench.left(Period::Daily), bench.left(Period::Monthly)), (0, 3));
}

#[test]
fn a_clock_that_is_behind_never_brings_a_window_back() {
    let mut bench = Bench::new(Some(5), None);
    assert!(bench.take(&asked(1, 5), NOON + DAY / 2));
    assert!(!bench.take(&asked(2, 1), NOON), "it counts in the window that another clock has begun");
}

#[test]
fn what_is_settled_after_midnight_touches_nothing_of_the_new_day() {
    let mut bench = Bench::new(Some(5), Some(10));
    bench.take(&asked(1, 5), NOON + DAY / 4);
    assert!(bench.take(&asked(2, 5), NOON + DAY), "the new day and month");
    bench.settle(1, 0);
    assert_eq!((bench.left(Period::Daily), bench.left(Period::Monthly)), (0, 5));
}

#[test]
fn a_hold_lapses_by_time_and_its_tokens_are_there_again() {
    let mut bench = Bench::new(None, Some(5));
    bench.take(&asked(1, 5), NOON);
    let lapse = NOON + u64::try_from(HOLD.as_millis()).unwrap();
    assert!(!bench.take(&asked(2, 5), lapse - 1));
    assert!(bench.take(&asked(2, 5), lapse));
    bench.settle(1, 5);
    assert_eq!(bench.left(Period::Monthly), 0, "its hold is gone");
}

#[test]
fn more_lapsed_holds_than_one_write_takes_away_are_no_reason_to_refuse() {
    let mut bench = Bench::new(None, Some(100));
    assert!((0..100).all(|number| bench.take(&asked(number, 1), NOON)));
    assert!(!bench.take(&asked(100, 100), NOON));
    assert!(bench.take(&asked(100, 100), NOON + 20 * MINUTE));
    assert_eq!(bench.counter.as_ref().unwrap().holds.len(), 1);
}

#[test]
fn a_limit_that_is_taken_away_and_set_again_still_knows_what_was_used() {
    let mut bench = Bench::new(Some(50), Some(100));
    bench.take(&asked(1, 40), NOON);
    bench.settle(1, 40);
    bench.set(Some(50), None);
    assert!(bench.take(&asked(2, 10), NOON));
    bench.set(Some(50), Some(60));
    assert!(!bench.take(&asked(3, 20), NOON));
    bench.bring_up(NOON);
    assert_eq!(bench.left(Period::Monthly), 10);
    assert_eq!(bench.ground().bring_up(at(NOON)), Next::Done, "nothing is left to be brought up");
}

#[test]
fn a_period_that_is_limited_while_calls_are_on_their_way_counts_what_they_hold() {
    let mut bench = Bench::new(None, Some(100));
    bench.take(&asked(1, 40), NOON);
    bench.set(Some(50), Some(100));
    let Taking::Take(take) = bench.ground().take(&asked(2, 10), true, at(NOON)) else { panic!() };
    let write = take.write;
    let before = bench.counter.clone();
    assert!(write.apply(before.as_ref()).is_ok());
    bench.settle(1, 40);
    assert_eq!(write.apply(bench.counter.as_ref()), Err(Refused), "the holds are not those that were seen");
}

#[test]
fn who_read_older_limits_than_the_counter_has_reads_again() {
    let mut bench = Bench::new(None, Some(100));
    let old = bench.own.clone();
    bench.set(None, Some(5));
    bench.take(&asked(1, 1), NOON);
    bench.own = old;
    assert_eq!(bench.ground().take(&asked(2, 50), true, at(NOON)), Taking::Behind);
    assert_eq!(bench.ground().bring_up(at(NOON)), Next::Behind, "and changes nothing");
}

#[test]
fn what_was_planned_under_older_limits_is_refused_once_newer_ones_are_there() {
    let mut bench = Bench::new(None, Some(100));
    bench.take(&asked(1, 10), NOON);
    let Taking::Take(take) = bench.ground().take(&asked(2, 50), true, at(NOON)) else { panic!() };
    let write = take.write;
    bench.set(None, Some(200));
    bench.bring_up(NOON);
    assert_eq!(write.apply(bench.counter.as_ref()), Err(Refused));
}

#[test]
fn an_id_stands_for_one_call() {
    let mut bench = Bench::new(None, Some(100));
    bench.take(&asked(1, 10), NOON);
    assert!(matches!(bench.ground().take(&asked(1, 10), false, at(NOON)), Taking::Held(_)));
    assert_eq!(bench.ground().take(&asked(1, 11), false, at(NOON)), Taking::Reused);
    let elsewhere = Asked { set: ScopeSet { project: ProjectId::from_parts(1, 2), ..set() }, ..asked(1, 10) };
    assert_eq!(bench.ground().take(&elsewhere, false, at(NOON)), Taking::Reused);
}

#[test]
fn a_try_takes_over_what_another_may_still_undo() {
    let mut bench = Bench::new(None, Some(10));
    bench.take(&asked(1, 10), NOON);
    let again = Asked { attempt: 99, ..asked(1, 10) };
    assert!(bench.take(&again, NOON + 1));
    assert_eq!(
        bench.ground().release(again.key(), Some(1), at(NOON + 1)),
        Next::Done,
        "the first try's undoing finds nothing of its own"
    );
    assert_eq!(bench.left(Period::Monthly), 0);
}

#[test]
fn only_a_try_that_holds_everything_is_taken_for_a_reservation() {
    let (mut wide, mut narrow) = (Bench::new(None, Some(10)), Bench::new(None, Some(10)));
    let first = asked(1, 4);
    let plan = |wide: &Bench, narrow: &Bench, asked: &Asked| {
        let narrow = Ground { scope: QuotaScope::Project(set().project), ..narrow.ground() };
        Plan::of(asked, &[wide.ground(), narrow], at(NOON))
    };
    wide.take(&first, NOON);
    let again = Asked { attempt: 7, ..first };
    let Plan::Take(takes, Pace::InTurn) = plan(&wide, &narrow, &again) else { panic!("half is taken for the whole") };
    assert_eq!(takes.len(), 2);
    narrow.take(&again, NOON);
    assert!(matches!(plan(&wide, &narrow, &again), Plan::Take(..)), "two tries hold a half each");
    wide.take(&again, NOON);
    assert!(matches!(plan(&wide, &narrow, &Asked { attempt: 8, ..first }), Plan::Held(_)));
}

#[test]
fn without_any_limit_nothing_is_counted() {
    let bench = Bench::new(None, None);
    assert_eq!(Plan::of(&asked(1, 5), &[bench.ground()], at(NOON)), Plan::Open);
}
