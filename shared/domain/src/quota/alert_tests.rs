use super::*;
use crate::quota::{ByPeriod, Counter, Defaults, Entry, Layers, Limits};

fn tokens(count: u64) -> Tokens {
    Tokens::try_from(count).unwrap()
}

fn now() -> Timestamp {
    Timestamp::try_from("2024-02-29T12:00:00Z".to_owned()).unwrap()
}

/// What is told of a scope with these limits of day and month, of which so much of the month was used.
fn told(daily: Option<u64>, monthly: Option<u64>, used: i64, today: Option<u64>) -> Vec<(String, u8, u64)> {
    let own = ByPeriod { daily: daily.map(tokens), weekly: None, monthly: monthly.map(tokens) };
    let limits = Limits { own, version: 1, ..Limits::default() };
    let none = Defaults::default();
    let layers = Layers { platform: &none, organization: &none, own: &limits };
    let window = Window::of(Period::Monthly, now());
    let entry = monthly.map(|cap| Entry::new(window, Some(tokens(cap)), tokens(cap).signed() - used));
    let counter = Counter {
        entries: ByPeriod { monthly: entry, ..ByPeriod::default() },
        versions: layers.versions(),
        ..Counter::default()
    };
    let ground = Ground::unbranched(QuotaScope::Organization, layers, Some(&counter));
    let alerts = ground.alerts(today.map(tokens), now());
    alerts.iter().map(|alert| (alert.watched.to_string(), alert.threshold.percent(), alert.whole.get())).collect()
}

#[test]
fn a_threshold_is_reached_at_its_very_token_and_not_one_before() {
    for (taken, whole, percent) in [
        (0, 0, None),
        (7, 0, None),
        (79, 100, None),
        (80, 100, Some(80)),
        (99, 100, Some(80)),
        (100, 100, Some(100)),
        (250, 100, Some(100)),
        (4, 5, Some(80)),
        (799, 999, None),
        (800, 999, Some(80)),
        (Tokens::MAX.get(), Tokens::MAX.get(), Some(100)),
    ] {
        assert_eq!(
            Threshold::reached(tokens(taken), tokens(whole)).map(Threshold::percent),
            percent,
            "{taken} of {whole}"
        );
    }
}

#[test]
fn who_reaches_all_of_it_at_once_is_told_once() {
    let alert = Alert {
        scope: QuotaScope::Organization,
        watched: Watched::Window(Window::of(Period::Daily, now())),
        threshold: Threshold::AllOf,
        taken: tokens(1),
        whole: tokens(1),
    };
    let percents = |threshold| Alert { threshold, ..alert }.with_lower().map(|alert| alert.threshold.percent());
    assert_eq!(percents(Threshold::AllOf).collect::<Vec<_>>(), [80, 100]);
    assert_eq!(percents(Threshold::MostOf).collect::<Vec<_>>(), [80]);
}

#[test]
fn a_day_has_an_even_share_of_the_month_where_it_has_no_limit_of_its_own() {
    let share = ("2024-02-29#share".to_owned(), 100, 35);
    assert_eq!(
        told(None, Some(1000), 0, Some(35)),
        std::slice::from_ref(&share),
        "29 days of a leap year's February, rounded up"
    );
    assert_eq!(told(None, Some(1000), 0, Some(28)), [("2024-02-29#share".to_owned(), 80, 35)]);
    assert_eq!(told(None, Some(1000), 0, Some(27)), []);
    assert_eq!(told(Some(50), Some(1000), 0, Some(35)), [], "the day's own limit counts");
    assert_eq!(told(None, None, 0, Some(35)), [], "nothing is limited");
    assert_eq!(told(None, Some(1000), 0, None), [], "nobody knows of the day");
    assert_eq!(told(None, Some(1000), 800, Some(35)), [("2024-02".to_owned(), 80, 1000), share]);
}

#[test]
fn a_limit_of_zero_and_a_window_that_is_over_tell_nothing() {
    assert_eq!(told(None, Some(0), 5, Some(0)), []);
    let window = Window::of(Period::Monthly, now());
    let limits =
        Limits { own: ByPeriod { monthly: Some(tokens(10)), ..ByPeriod::default() }, version: 1, ..Limits::default() };
    let none = Defaults::default();
    let layers = Layers { platform: &none, organization: &none, own: &limits };
    let spent = Entry::new(window, Some(tokens(10)), 0);
    let entries = ByPeriod { monthly: Some(spent), ..ByPeriod::default() };
    let counter = Counter { entries, versions: layers.versions(), ..Counter::default() };
    let ground = Ground::unbranched(QuotaScope::Organization, layers, Some(&counter));
    assert_eq!(ground.alerts(None, now()).len(), 1);
    assert_eq!(ground.alerts(None, window.end()), []);
}
