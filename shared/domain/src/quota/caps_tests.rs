use proptest::prelude::*;

use super::*;
use crate::quota::{ByKind, TopUps};

fn tokens(count: u64) -> Tokens {
    Tokens::try_from(count).unwrap()
}

fn now() -> Timestamp {
    Timestamp::try_from("2026-11-30T12:00:00Z".to_owned()).unwrap()
}

fn defaults(kind: ScopeKind, monthly: Option<u64>) -> Defaults {
    let mut limits = ByKind::<ByPeriod<Tokens>>::default();
    limits.slot(kind).monthly = monthly.map(tokens);
    Defaults { limits, version: 1 }
}

#[test]
fn the_nearest_layer_that_says_something_binds_zero_too() {
    use Source::{Explicit, OrganizationDefault, PlatformDefault};
    for (own, organization, platform, wanted) in [
        (None, None, None, None),
        (None, None, Some(3), Some((3, PlatformDefault))),
        (None, Some(2), Some(3), Some((2, OrganizationDefault))),
        (Some(1), Some(2), Some(3), Some((1, Explicit))),
        (Some(0), Some(2), Some(3), Some((0, Explicit))),
        (None, Some(0), Some(3), Some((0, OrganizationDefault))),
        (Some(9), None, Some(3), Some((9, Explicit))),
    ] {
        for kind in ScopeKind::ALL {
            let own = Limits { own: ByPeriod { monthly: own.map(tokens), ..ByPeriod::default() }, ..Limits::default() };
            let (organization, platform) = (defaults(kind, organization), defaults(kind, platform));
            let layers = Layers { platform: &platform, organization: &organization, own: &own };
            let found = layers.limit(kind, Period::Monthly).map(|(limit, source)| (limit.get(), source));
            assert_eq!(found, wanted, "{kind:?}");
            assert_eq!(layers.limit(kind, Period::Daily), None, "a month's limit is no day's");
        }
    }
}

#[test]
fn a_default_is_for_its_kind_alone() {
    let platform = defaults(ScopeKind::User, Some(5));
    let (organization, own) = (Defaults::default(), Limits::default());
    let layers = Layers { platform: &platform, organization: &organization, own: &own };
    let limited = ScopeKind::ALL.map(|kind| !layers.caps(kind, now()).is_unlimited());
    assert_eq!(limited, [false, false, false, true]);
}

#[test]
fn a_top_up_counts_in_its_window_and_in_no_other() {
    let window = Window::of(Period::Monthly, now());
    let own = Limits {
        own: ByPeriod { monthly: Some(tokens(10)), ..ByPeriod::default() },
        top_ups: ByPeriod { monthly: Some(TopUps { window, sum: tokens(5) }), ..ByPeriod::default() },
        version: 2,
    };
    let none = Defaults::default();
    let layers = Layers { platform: &none, organization: &none, own: &own };
    let effective = |at| layers.caps(ScopeKind::User, at).by_period.monthly.unwrap().effective().get();
    assert_eq!(effective(now()), 15);
    assert_eq!(effective(window.end()), 10, "the first instant of the next window");
    assert_eq!(effective(window.before().start()), 10);
}

#[test]
fn a_top_up_of_what_is_unlimited_limits_nothing() {
    let window = Window::of(Period::Daily, now());
    let top_ups = ByPeriod { daily: Some(TopUps { window, sum: tokens(5) }), ..ByPeriod::default() };
    let own = Limits { top_ups, version: 1, ..Limits::default() };
    let none = Defaults::default();
    assert!(Layers { platform: &none, organization: &none, own: &own }.caps(ScopeKind::User, now()).is_unlimited());
}

proptest! {
    #[test]
    fn of_two_that_read_at_different_times_at_most_one_knows_more_unless_reads_crossed(
        a in (0_u64..3, 0_u64..3, 0_u64..3), grown in (0_u64..3, 0_u64..3, 0_u64..3),
    ) {
        let earlier = Versions { platform: a.0, organization: a.1, own: a.2 };
        let later = Versions { platform: a.0 + grown.0, organization: a.1 + grown.1, own: a.2 + grown.2 };
        prop_assert!(!earlier.know_more_than(later));
        prop_assert_eq!(later.know_more_than(earlier), later != earlier);
    }
}
