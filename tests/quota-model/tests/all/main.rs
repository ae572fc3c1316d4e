//! Nothing is ever overspent, in whatever order callers go on, whatever is disturbed and whoever is killed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "helpers of tests are tests too"
)]

use std::hash::{BuildHasher, RandomState};

use quota_model::{Crowd, Figures, Random};

/// So many steps are gone, unless `QUOTA_STEPS` says otherwise.
const STEPS: u64 = 1_000_000;
/// So many of them with the same people and limits.
const STEPS_OF_ONE: u64 = 20_000;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|why| panic!("{name}: {why}")))
}

#[test]
fn in_a_million_steps_of_many_callers_nothing_is_overspent_lost_or_promised_in_vain() {
    let seed = number("QUOTA_SEED").unwrap_or_else(|| RandomState::new().hash_one(0));
    let steps = number("QUOTA_STEPS").unwrap_or(STEPS);
    println!("QUOTA_SEED={seed} repeats this run");
    let (mut seeds, mut gone) = (Random::new(seed), 0);
    while gone < steps {
        let (one, callers) = (seeds.number(), 2 + seeds.below(24));
        let figures = Crowd::new(one, callers).run(STEPS_OF_ONE.min(steps));
        println!("{callers:>3} callers: {figures:?}");
        gone += figures.steps;
    }
}

#[test]
fn a_seed_gives_the_same_run_every_time_and_a_run_meets_everything() {
    let run = |seed| Crowd::new(seed, 12).run(20_000);
    let all: Vec<Figures> = (7..12).map(run).collect();
    assert_eq!(all[0], run(7));
    assert_ne!(all[0], all[1]);
    let met = |times: fn(&Figures) -> u64| all.iter().map(times).sum::<u64>();
    for (what, times) in [
        ("reserved", met(|figures| figures.reserved)),
        ("refused", met(|figures| figures.refused)),
        ("settled", met(|figures| figures.settled)),
        ("late", met(|figures| figures.late)),
        ("failed", met(|figures| figures.failed)),
        ("killed", met(|figures| figures.killed)),
        ("disturbed", met(|figures| figures.disturbed)),
        ("refused writes", met(|figures| figures.refused_writes)),
        ("leases taken", met(|figures| figures.leased[0])),
        ("leases returned", met(|figures| figures.leased[1])),
        ("counters opened", met(|figures| figures.branching.opened)),
        ("counters joined", met(|figures| figures.branching.joined)),
        ("tokens lent to a branch", met(|figures| figures.branching.lent)),
        ("tokens returned by one", met(|figures| figures.branching.returned)),
        ("held in a branch", met(|figures| figures.branching.held)),
    ] {
        assert!(times > 10, "{what}: {times}");
    }
}
