use std::collections::BTreeMap;

use super::*;
use crate::Timestamp;
use crate::id::{ProjectId, ReservationId};
use crate::quota::{
    Asked, ByPeriod, Counter, CounterWrite, Defaults, Ground, Layers, Limits, Next, Period, Refused, ScopeSet, Taking,
    Tokens,
};

/// 2026-11-30T12:00:00Z, a Monday and the last day of a month.
pub(super) const NOON: u64 = 1_796_040_000_000;
pub(super) const MINUTE: u64 = 60_000;
/// Opens with the third hold; a branch is given a quarter of what is left.
const SMALL: Branching = Branching { open_at: 3, share: 4, calls: 1 };

pub(super) fn tokens(count: u64) -> Tokens {
    Tokens::try_from(count).unwrap()
}

pub(super) fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

pub(super) fn asked(number: u64, amount: u64) -> Asked {
    let set = ScopeSet { project: ProjectId::from_parts(1, 1), use_case: None, user: None };
    let id = ReservationId::from_parts(NOON, u128::from(number));
    Asked { id, set, amount: tokens(amount), attempt: u32::try_from(number).unwrap() }
}

/// One scope with all its parts, as the database has them.
pub(super) struct Bench {
    own: Limits,
    none: Defaults,
    pub(super) root: Option<Counter>,
    pub(super) stored: BTreeMap<Branch, Option<Counter>>,
    pub(super) branching: Branching,
}

impl Bench {
    pub(super) fn new(daily: Option<u64>, monthly: Option<u64>) -> Self {
        let own = Limits::default();
        let mut bench = Self { own, none: Defaults::default(), root: None, stored: BTreeMap::new(), branching: SMALL };
        bench.set(daily, monthly);
        bench
    }

    pub(super) fn set(&mut self, daily: Option<u64>, monthly: Option<u64>) {
        let own = ByPeriod { daily: daily.map(tokens), weekly: None, monthly: monthly.map(tokens) };
        self.own = Limits { own, version: self.own.version + 1, ..self.own };
    }

    /// What a reader has that reads these branches.
    fn read(&self, home: Option<Branch>) -> BTreeMap<Branch, Option<Counter>> {
        let has_branches = self.root.as_ref().is_some_and(|root| root.phase.has_branches());
        let read = Branch::all().filter(|branch| has_branches && home.is_none_or(|home| home == *branch));
        read.map(|branch| (branch, self.stored.get(&branch).cloned().flatten())).collect()
    }

    fn ground<'a>(&'a self, branches: &'a BTreeMap<Branch, Option<Counter>>) -> Ground<'a> {
        let layers = Layers { platform: &self.none, organization: &self.none, own: &self.own };
        let (scope, branching) = (QuotaScope::Organization, self.branching);
        Ground { scope, layers, counter: self.root.as_ref(), branches, branching }
    }

    pub(super) fn whole<T>(&self, of: impl FnOnce(Ground<'_>) -> T) -> T {
        of(self.ground(&self.read(None)))
    }

    fn write(&mut self, part: Part, write: &CounterWrite) {
        let slot = match part {
            Part::Root => &mut self.root,
            Part::Branch(branch) => self.stored.entry(branch).or_default(),
        };
        *slot = Some(write.apply(slot.as_ref()).unwrap());
    }

    fn write_all(&mut self, writes: &[(Part, CounterWrite)]) {
        writes.iter().for_each(|(part, write)| self.write(*part, write));
    }

    pub(super) fn take(&mut self, asked: &Asked, now: u64) -> bool {
        let mut home = Some(Branch::of(asked.key()));
        for _ in 0..20 {
            let branches = self.read(home);
            match self.ground(&branches).take(asked, true, at(now)) {
                Taking::Take(take) => {
                    self.write(take.part, &take.write);
                    return true;
                }
                Taking::Prepare(writes) => self.write_all(&writes),
                Taking::Look => home = None,
                Taking::Full(_) => return false,
                other => panic!("{other:?}"),
            }
        }
        panic!("it goes round in circles: {:?}", self.root)
    }

    pub(super) fn follow(&mut self, plan: impl Fn(&Ground<'_>) -> Next) {
        for _ in 0..20 {
            match self.whole(|ground| plan(&ground)) {
                Next::Write(writes) => self.write_all(&writes),
                Next::Done => return,
                other => panic!("{other:?}"),
            }
        }
        panic!("it goes round in circles: {:?}", self.root)
    }

    pub(super) fn settle(&mut self, number: u64, used: u64, now: u64) {
        let attempts = [u32::try_from(number).unwrap()].into();
        self.follow(|ground| ground.settle(asked(number, 1).key(), tokens(used), &attempts, at(now)));
    }

    pub(super) fn holds(&self, number: u64, now: u64) -> bool {
        let key = asked(number, 1).key();
        self.whole(|ground| ground.holding(key).any(|(_, hold)| !hold.has_lapsed(at(now))))
    }

    pub(super) fn stage(&self) -> Stage {
        self.root.as_ref().unwrap().phase.stage()
    }

    /// One that is open, with holds of one token in every branch.
    fn opened(monthly: u64) -> Self {
        let mut bench = Self::new(None, Some(monthly));
        let mut number = 0;
        while bench.stored.len() < usize::from(BRANCHES) {
            number += 1;
            assert!(bench.take(&asked(number, 1), NOON));
        }
        assert_eq!(bench.stage(), Stage::Open);
        bench
    }
}

#[test]
fn a_counter_opens_once_many_hold_and_enough_is_left_and_closes_when_few_do() {
    let mut bench = Bench { branching: Branching::USUAL, ..Bench::new(None, Some(1_000_000)) };
    for number in 1..24 {
        assert!(bench.take(&asked(number, 1), NOON));
        assert_eq!(bench.stage(), Stage::Joined, "{number} hold");
    }
    assert!(bench.take(&asked(24, 1), NOON));
    assert_eq!(bench.stage(), Stage::Open);
    bench.follow(|ground| ground.tidy(at(NOON)));
    assert_eq!(bench.stage(), Stage::Open);
    (1..=16).for_each(|number| bench.settle(number, 1, NOON));
    bench.follow(|ground| ground.tidy(at(NOON)));
    assert_eq!(bench.stage(), Stage::Joined);

    let mut narrow = Bench { branching: Branching::USUAL, ..Bench::new(None, Some(4_000)) };
    assert!((1..=100).all(|number| narrow.take(&asked(number, 1), NOON)));
    assert_eq!(narrow.stage(), Stage::Joined, "4,096 calls would have to have room");
}

#[test]
fn everything_that_branches_have_free_is_there_for_one_call() {
    let mut bench = Bench::opened(10_000);
    let taken =
        bench.whole(|ground| ground.whole(at(NOON)).held_in(crate::quota::Window::of(Period::Monthly, at(NOON))));
    let lent: i64 = bench.root.as_ref().unwrap().entries.monthly.as_ref().unwrap().flows.net();
    assert!(lent > 5_000, "most is in branches: {lent}");
    assert!(bench.take(&asked(10_000, 10_000 - taken.get()), NOON));
    assert_eq!(bench.stage(), Stage::Joined);
    assert!(!bench.take(&asked(10_001, 1), NOON));
    bench.settle(10_000, 10_000 - taken.get() - 1, NOON);
    assert!(bench.take(&asked(10_001, 1), NOON) && !bench.take(&asked(10_002, 1), NOON));
}

#[test]
fn what_comes_back_to_a_closed_branch_is_there_before_anybody_is_refused() {
    let mut bench = Bench::opened(1_000);
    let in_branch = (1..100).find(|number| {
        bench.stored.values().flatten().any(|branch| branch.holds.contains_key(&asked(*number, 1).key()))
    });
    let held = bench.whole(|ground| ground.whole(at(NOON)).holds.len());
    let rest = 1_000 - u64::try_from(held).unwrap();
    assert!(bench.take(&asked(5_000, rest), NOON) && !bench.take(&asked(5_001, 1), NOON));
    bench.settle(in_branch.unwrap(), 0, NOON);
    assert!(bench.take(&asked(5_001, 1), NOON), "one was released in a branch");
}

#[test]
fn who_gives_back_what_another_takes_meanwhile_is_refused() {
    let mut bench = Bench::opened(1_000);
    let number = 7_000;
    let home = Branch::of(asked(number, 1).key());
    bench.root.as_mut().unwrap().phase = Phase(2);
    let Next::Write(writes) = bench.whole(|ground| ground.tidy(at(NOON))) else { panic!() };
    let (_, back) = writes.iter().find(|(part, _)| *part == Part::Branch(home)).unwrap();
    bench.root.as_mut().unwrap().phase = Phase(1);
    assert!(bench.take(&asked(number, 1), NOON));
    assert_eq!(back.apply(bench.stored[&home].as_ref()), Err(Refused), "one token less is free than was seen");
}

#[test]
fn a_call_that_used_more_than_it_held_leaves_nothing_free_that_is_owed() {
    let mut bench = Bench::opened(1_000);
    let number = (1..100).find(|number| {
        bench.stored.values().flatten().any(|branch| branch.holds.contains_key(&asked(*number, 1).key()))
    });
    let number = number.unwrap();
    let attempts = [u32::try_from(number).unwrap()].into();
    let key = asked(number, 1).key();
    for _ in 0..20 {
        let next = bench.whole(|ground| ground.settle(key, tokens(990), &attempts, at(NOON)));
        let Next::Write(writes) = next else { break };
        bench.write_all(&writes);
        let free: i64 = std::iter::once(bench.root.as_ref())
            .chain(bench.stored.values().map(Option::as_ref))
            .flatten()
            .map(|part| part.entries.monthly.as_ref().unwrap().left.max(0))
            .sum();
        let is_charged = !bench.whole(|ground| ground.holding(key).next().is_some());
        assert!(!is_charged || free == 0, "{free} are free, and none are left");
    }
    assert!(bench.whole(|ground| ground.holding(key).next().is_none()));
    assert!(!bench.take(&asked(9_000, 1), NOON));
}

#[test]
fn parts_that_were_not_read_at_one_moment_decide_nothing() {
    let mut bench = Bench::opened(10_000);
    let number = 7_000;
    let home = Branch::of(asked(number, 1).key());
    let old = bench.read(Some(home));
    let open_root = bench.root.clone();
    bench.set(None, Some(20_000));
    bench.follow(|ground| ground.bring_up(at(NOON)));
    assert_eq!(bench.stage(), Stage::Joined);
    let take = |bench: &Bench, branches: &_| bench.ground(branches).take(&asked(number, 1), true, at(NOON));
    assert_eq!(take(&bench, &old), Taking::Behind, "a joined root, and its branch as it was while it was open");
    assert!(matches!(take(&bench, &bench.read(Some(home))), Taking::Take(_)));
    let new = bench.read(Some(home));
    (bench.root, bench.own.version) = (open_root, 1);
    assert_eq!(take(&bench, &new), Taking::Behind, "an open root, and its branch as it is closed");
}

#[test]
fn a_reservation_that_lapsed_in_one_part_and_is_asked_for_again_holds_once() {
    let mut bench = Bench::new(None, Some(10_000));
    assert!(bench.take(&asked(1, 5), NOON));
    let later = NOON + 16 * MINUTE;
    let (first, second) = (asked(2, 1), asked(3, 1));
    bench.branching.open_at = 2;
    // Its own branch does not see the root's lapsed holds go, so that of the first one is still there.
    assert!(bench.take(&first, NOON + 10 * MINUTE) && bench.stage() == Stage::Open);
    assert!(bench.take(&second, later) && bench.take(&asked(1, 5), later));
    assert_eq!(bench.whole(|ground| ground.holding(asked(1, 5).key()).count()), 1);
    bench.settle(1, 5, later);
    let whole = bench.whole(|ground| ground.whole(at(later)));
    assert_eq!(whole.used(Period::Monthly), Some(5));
}

#[test]
fn what_a_closed_branch_used_beyond_its_hold_counts_where_a_limit_comes_later() {
    let mut bench = Bench::opened(1_000);
    let number = (1..100).find(|number| {
        bench.stored.values().flatten().any(|branch| branch.holds.contains_key(&asked(*number, 1).key()))
    });
    bench.set(Some(100_000), None);
    bench.follow(|ground| ground.bring_up(at(NOON)));
    assert_eq!(bench.stage(), Stage::Joined);
    bench.settle(number.unwrap(), 500, NOON);
    let taken = 500 + bench.whole(|ground| ground.whole(at(NOON)).holds.len());
    bench.set(Some(100_000), Some(u64::try_from(taken).unwrap()));
    assert!(!bench.take(&asked(5_000, 1), NOON), "nothing is left");
}

#[test]
fn a_period_that_is_limited_for_the_first_time_counts_what_all_branches_hold() {
    let mut bench = Bench::opened(1_000);
    bench.set(None, Some(1_001));
    bench.follow(|ground| ground.bring_up(at(NOON)));
    assert_eq!(bench.stage(), Stage::Joined);
    let held = u64::try_from(bench.whole(|ground| ground.whole(at(NOON)).holds.len())).unwrap();
    // Nobody brings it to the counter but the next call, which has read no branch but its own.
    bench.set(Some(held + 1), Some(1_001));
    assert!(!bench.take(&asked(5_000, 2), NOON), "one is left");
    assert!(bench.take(&asked(5_001, 1), NOON));
}

#[test]
fn a_period_that_is_limited_in_the_middle_of_its_window_says_since_when_and_its_next_window_does_not() {
    let mut bench = Bench::opened(1_000);
    let since = |bench: &Bench, now| bench.whole(|ground| ground.counter.unwrap().counts_since(at(now)));
    assert_eq!(since(&bench, NOON), Some(at(NOON)), "the month is counted since noon");
    bench.set(Some(1_000), Some(2_000));
    assert!(bench.take(&asked(6_000, 1), NOON + 1_000));
    assert_eq!(since(&bench, NOON + 1_000), Some(at(NOON + 1_000)), "the day since then");
    let tomorrow = NOON + 24 * 60 * MINUTE;
    assert!(bench.take(&asked(6_001, 1), tomorrow));
    assert_eq!(since(&bench, tomorrow), None, "the next day and the next month from their start");
}
