use super::tests::{Bench, DAY, MINUTE, NOON, asked, at, tokens};
use crate::quota::{Hold, Next, Period, Refused, Taking};

#[test]
fn a_hold_that_takes_the_place_of_a_lapsed_one_of_its_size_still_needs_room_when_it_is_written() {
    let mut bench = Bench::new(None, Some(10));
    bench.take(&asked(1, 4), NOON);
    let Taking::Take(take) = bench.ground().take(&asked(2, 4), true, at(NOON + 20 * MINUTE)) else { panic!() };
    let late = asked(3, 1).hold(at(NOON));
    let used = Hold { amount: tokens(7), ..late };
    bench.follow(bench.ground().hold_belated(asked(3, 1).key(), used, at(NOON)));
    assert_eq!(take.write.apply(bench.counter.as_ref()), Err(Refused), "3 are left, and 4 would have been taken");
}

#[test]
fn what_is_spent_by_a_belated_settlement_is_charged_once_and_where_it_was_reserved() {
    let mut bench = Bench::new(Some(100), Some(100));
    bench.take(&asked(1, 1), NOON);
    let late = Hold { lapses_at: at(NOON + 35 * MINUTE), ..asked(2, 30).hold(at(NOON)) };
    for _ in 0..2 {
        bench.follow(bench.ground().hold_belated(asked(2, 30).key(), late, at(NOON + 20 * MINUTE)));
        assert_eq!(bench.counter.as_ref().unwrap().holds[&asked(2, 30).key()], late);
    }
    bench.settle(2, 30);
    assert_eq!(bench.left(Period::Monthly), 70, "the other one's hold has lapsed by then");
    assert_eq!(bench.ground().hold_belated(asked(3, 9).key(), late, at(NOON + 60 * DAY)), Next::Done);
}

#[test]
fn a_hold_that_lapses_while_it_is_settled_is_nobody_elses_in_between() {
    let mut bench = Bench::new(None, Some(100));
    bench.take(&asked(1, 60), NOON);
    for moment in [14 * MINUTE + 30_000, 29 * MINUTE + 30_000] {
        let hold = bench.counter.as_ref().unwrap().holds[&asked(1, 60).key()];
        let renewal = bench.ground().hold_belated(asked(1, 60).key(), hold, at(NOON + moment));
        assert_ne!(renewal, Next::Done);
        bench.follow(renewal);
        assert!(!bench.take(&asked(2, 60), NOON + moment + MINUTE), "it has not lapsed");
    }
    bench.settle(1, 60);
    assert_eq!(bench.left(Period::Monthly), 40);
}
