use proptest::prelude::*;

use super::tests::{Bench, MINUTE, NOON, asked, at};

#[derive(Clone, Debug)]
enum Move {
    Take(u64, u64),
    Settle(u64, u64),
    Release(u64),
    Wait(u64),
    Set(Option<u64>, Option<u64>),
    BringUp,
    Tidy,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let limit = || prop_oneof![Just(None), (0..400_u64).prop_map(Some)];
    let one = prop_oneof![
        8 => (0..40_u64, 1..12_u64).prop_map(|(number, amount)| Move::Take(number, amount)),
        4 => (0..40_u64, 0..16_u64).prop_map(|(number, used)| Move::Settle(number, used)),
        2 => (0..40_u64).prop_map(Move::Release),
        1 => prop_oneof![Just(1_u64), Just(6 * MINUTE), Just(20 * MINUTE), Just(13 * 60 * MINUTE)].prop_map(Move::Wait),
        1 => (limit(), limit()).prop_map(|(daily, monthly)| Move::Set(daily, monthly)),
        1 => Just(Move::BringUp),
        1 => Just(Move::Tidy),
    ];
    prop::collection::vec(one, 1..120)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whoever goes alone gets exactly what a single counter would give.
    #[test]
    fn a_counter_with_branches_refuses_when_a_single_one_would(moves in moves(), pushes in any::<bool>()) {
        let (mut bench, mut single, mut now) = (Bench::new(Some(200), Some(300)), Bench::new(Some(200), Some(300)), NOON);
        single.branching.open_at = usize::MAX;
        // A period counts from the first write under its limit on. That is the same one for both where every limit is brought to
        // the counters at once, and where both periods count from the beginning.
        if !pushes {
            for bench in [&mut bench, &mut single] {
                prop_assert!(bench.take(&asked(99, 1), now));
                bench.settle(99, 0, now);
            }
        }
        for step in moves {
            match step {
                Move::Wait(millis) => now += millis,
                Move::Set(daily, monthly) => {
                    bench.set(daily.or(Some(90)), monthly);
                    single.set(daily.or(Some(90)), monthly);
                    if pushes {
                        bench.follow(|ground| ground.bring_up(at(now)));
                        single.follow(|ground| ground.bring_up(at(now)));
                    }
                }
                Move::BringUp => {
                    bench.follow(|ground| ground.bring_up(at(now)));
                    single.follow(|ground| ground.bring_up(at(now)));
                }
                Move::Tidy => bench.follow(|ground| ground.tidy(at(now))),
                Move::Take(number, amount) => {
                    prop_assert_eq!(bench.holds(number, now), single.holds(number, now));
                    if !bench.holds(number, now) {
                        let asked = asked(number, amount);
                        prop_assert_eq!(bench.take(&asked, now), single.take(&asked, now), "{:?}", step);
                    }
                }
                // What has lapsed may be there still or not.
                Move::Settle(number, _) | Move::Release(number) if !bench.holds(number, now) => {}
                Move::Settle(number, used) => {
                    bench.settle(number, used, now);
                    single.settle(number, used, now);
                }
                Move::Release(number) => {
                    bench.follow(|ground| ground.release(asked(number, 1).key(), None, at(now)));
                    single.follow(|ground| ground.release(asked(number, 1).key(), None, at(now)));
                }
            }
        }
    }
}
