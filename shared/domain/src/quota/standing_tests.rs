use super::*;
use crate::quota::{ByKind, ByPeriod, Counter, Defaults, Entry, Hold, HoldKey, Layers, Limits, ScopeKind};

/// 2026-11-30T12:00:00Z
const NOON: u64 = 1_796_040_000_000;

fn tokens(count: u64) -> Tokens {
    Tokens::try_from(count).unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_millis(NOON)
}

fn platform(kind: ScopeKind, monthly: u64) -> Defaults {
    let mut limits = ByKind::<ByPeriod<Tokens>>::default();
    limits.slot(kind).monthly = Some(tokens(monthly));
    Defaults { limits, version: 1 }
}

fn month(standings: &[PeriodStanding; 3]) -> PeriodStanding {
    *standings.iter().find(|standing| standing.window.period() == Period::Monthly).unwrap()
}

#[test]
fn what_was_never_used_has_all_of_it_left_and_each_layer_is_named() {
    let (platform, organization) = (platform(ScopeKind::User, 100), Defaults::default());
    let own =
        Limits { own: ByPeriod { monthly: Some(tokens(50)), ..ByPeriod::default() }, version: 1, ..Limits::default() };
    let layers = Layers { platform: &platform, organization: &organization, own: &own };
    let scope = QuotaScope::User(UserId::from_parts(1, 1));
    let standings = Ground::unbranched(scope, layers, None).standings(now());
    let month = month(&standings);
    assert_eq!(
        (month.explicit, month.platform_default, month.organization_default),
        (Some(tokens(50)), Some(tokens(100)), None)
    );
    let bound = month.bound.unwrap();
    assert_eq!(
        (bound.source, bound.used, bound.held, bound.remaining),
        (Source::Explicit, tokens(0), tokens(0), tokens(50))
    );
    assert!(standings.iter().filter(|standing| standing.bound.is_none()).count() == 2, "day and week are unlimited");
}

#[test]
fn a_hold_that_has_lapsed_counts_for_nothing_however_many_there_are() {
    let own = Limits {
        own: ByPeriod { monthly: Some(tokens(1000)), ..ByPeriod::default() },
        version: 1,
        ..Limits::default()
    };
    let none = Defaults::default();
    let layers = Layers { platform: &none, organization: &none, own: &own };
    let window = Window::of(Period::Monthly, now());
    let hold = |lapses_at| Hold {
        amount: tokens(1),
        reserved_at: Timestamp::from_millis(NOON - 1),
        lapses_at,
        set: [0; 8],
        attempt: 1,
    };
    let mut counter = Counter { versions: layers.versions(), ..Counter::default() };
    *counter.entries.slot(Period::Monthly) = Some(Entry::new(window, Some(tokens(1000)), 1000));
    for number in 0..100_u8 {
        let lapses_at = Timestamp::from_millis(if number < 90 { NOON } else { NOON + 1 });
        counter.hold(HoldKey([number; 10]), hold(lapses_at));
    }
    let ground = Ground::unbranched(QuotaScope::Organization, layers, Some(&counter));
    let bound = month(&ground.standings(now())).bound.unwrap();
    assert_eq!((bound.held, bound.remaining, bound.used), (tokens(10), tokens(990), tokens(0)));
}

#[test]
fn from_four_fifths_on_one_may_ask_and_of_what_is_blocked_always() {
    let bound = |limit, top_ups, used, held| Bound {
        limit: tokens(limit),
        source: Source::Explicit,
        top_ups: tokens(top_ups),
        used: tokens(used),
        held: tokens(held),
        remaining: tokens(0),
    };
    assert!(!bound(100, 0, 79, 0).may_ask_for_more());
    assert!(bound(100, 0, 79, 1).may_ask_for_more());
    assert!(!bound(100, 20, 95, 0).may_ask_for_more(), "top-ups count");
    assert!(bound(0, 0, 0, 0).may_ask_for_more());
}

#[test]
fn the_tightest_is_what_has_the_least_left_and_lasts_longest_and_never_what_is_unlimited() {
    let of = |period, remaining: Option<u64>| PeriodStanding {
        scope: QuotaScope::Organization,
        window: Window::of(period, now()),
        explicit: None,
        organization_default: None,
        platform_default: None,
        bound: remaining.map(|left| Bound {
            limit: Tokens::MAX,
            source: Source::Explicit,
            top_ups: tokens(0),
            used: tokens(0),
            held: tokens(0),
            remaining: tokens(left),
        }),
    };
    let all = [of(Period::Daily, Some(5)), of(Period::Weekly, Some(5)), of(Period::Monthly, None)];
    assert_eq!(PeriodStanding::tightest(&all), Some(all[1]));
    assert_eq!(PeriodStanding::tightest(&all[2..]), None);
}
