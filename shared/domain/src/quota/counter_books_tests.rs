use std::collections::BTreeMap;

use proptest::prelude::*;

use super::tests::{Bench, DAY, MINUTE, NOON, asked, at, tokens};
use crate::quota::{Next, Period, Refused, Taking, Tokens, TopUps, Window};

#[test]
fn a_window_that_begins_with_holds_in_it_is_not_written_where_one_of_them_has_gone() {
    let mut bench = Bench::new(None, Some(1_000));
    assert!(bench.take(&asked(1, 9), NOON));
    // A caller whose clock stands still begins the day before.
    bench.set(Some(100), Some(1_000));
    assert!(bench.take(&asked(2, 7), NOON - DAY));
    let Taking::Take(take) = bench.ground().take(&asked(3, 6), true, at(NOON)) else { panic!() };
    bench.settle(1, 9);
    assert_eq!(take.write.apply(bench.counter.as_ref()), Err(Refused), "it would count the 9 as held for ever");
    assert!(bench.take(&asked(3, 6), NOON));
    assert_eq!(bench.left(Period::Daily), 94);
}

#[derive(Clone, Debug)]
enum Move {
    Take(u64, u64),
    Settle(u64, u64),
    Release(u64),
    Wait(u64),
    Set(Option<u64>, Option<u64>),
    TopUp(u64),
    BringUp,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let limit = || proptest::option::weighted(0.8, 0_u64..60);
    let one = prop_oneof![
        6 => (0_u64..12, 1_u64..20).prop_map(|(number, amount)| Move::Take(number, amount)),
        4 => (0_u64..12, 0_u64..25).prop_map(|(number, used)| Move::Settle(number, used)),
        2 => (0_u64..12).prop_map(Move::Release),
        2 => prop_oneof![Just(MINUTE), Just(8 * MINUTE), Just(DAY / 3), Just(40 * DAY)].prop_map(Move::Wait),
        1 => (limit(), limit()).prop_map(|(daily, monthly)| Move::Set(daily, monthly)),
        1 => (1_u64..20).prop_map(Move::TopUp),
        1 => Just(Move::BringUp),
    ];
    proptest::collection::vec(one, 1..120)
}

/// What a bookkeeper would write down: every hold and every use, with the instant it counts at.
#[derive(Default)]
struct Books {
    holds: BTreeMap<u64, (u64, u64)>,
    uses: Vec<(u64, u64)>,
}

impl Books {
    fn taken(&self, window: Window) -> i64 {
        let held = self.holds.values().filter(|(when, _)| window.contains(at(*when))).map(|(_, amount)| amount);
        let used = self.uses.iter().filter(|(when, _)| window.contains(at(*when))).map(|(_, amount)| amount);
        i64::try_from(held.chain(used).sum::<u64>()).unwrap()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// `used + held + left = cap`, whatever happens; and what is taken always was there.
    #[test]
    fn a_counter_agrees_with_its_books(moves in moves()) {
        let (mut bench, mut books, mut now) = (Bench::new(Some(40), Some(60)), Books::default(), NOON);
        for step in moves {
            match step {
                Move::Wait(millis) => now += millis,
                Move::Set(daily, monthly) => bench.set(daily.or(Some(30)), monthly),
                Move::TopUp(sum) => {
                    let window = Window::of(Period::Daily, at(now));
                    let before = bench.own.topped_up(Period::Daily, at(now));
                    bench.own.top_ups.daily = Some(TopUps { window, sum: before.plus(tokens(sum)) });
                    bench.own.version += 1;
                }
                Move::BringUp => bench.bring_up(now),
                Move::Take(number, amount) => {
                    let is_held = |bench: &Bench| bench.counter.as_ref().is_some_and(|counter| {
                        counter.holds.get(&asked(number, 1).key()).is_some_and(|hold| !hold.has_lapsed(at(now)))
                    });
                    if !is_held(&bench) && bench.take(&asked(number, amount), now) {
                        books.holds.insert(number, (now, amount));
                        let counter = bench.counter.as_ref().unwrap();
                        prop_assert!(counter.entries.iter().all(|(_, entry)| entry.cap.is_none() || entry.left >= 0));
                    }
                }
                Move::Settle(number, used) => {
                    let before = bench.counter.clone();
                    bench.settle(number, used);
                    if bench.counter != before {
                        let (when, _) = books.holds.remove(&number).unwrap();
                        books.uses.push((when, used));
                    }
                }
                Move::Release(number) => {
                    let next = bench.ground().release(asked(number, 1).key(), None, at(now));
                    if next != Next::Done {
                        bench.follow(next);
                        books.holds.remove(&number);
                    }
                }
            }
            let Some(counter) = &bench.counter else { continue };
            books.holds.retain(|number, _| counter.holds.contains_key(&asked(*number, 1).key()));
            prop_assert_eq!(books.holds.len(), counter.holds.len());
            for (period, entry) in counter.entries.iter() {
                let cap = entry.cap.map_or(0, Tokens::signed);
                if period == Period::Daily {
                    prop_assert_eq!(entry.left, cap - books.taken(entry.window), "{:?}", entry);
                }
                let standing = counter.standing(period).unwrap();
                let sum = standing.used.signed() + standing.held.signed() + entry.left;
                prop_assert_eq!(sum, cap);
            }
        }
    }
}
