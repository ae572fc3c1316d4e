use super::*;

fn at(text: &str) -> Timestamp {
    Timestamp::try_from(text.to_owned()).unwrap()
}

#[test]
fn a_day_is_closed_when_its_calls_can_hold_nothing_any_more() {
    let closing = Closing::from(at("2026-12-31T23:59:59Z"));
    assert_eq!(closing.next.to_string(), "2026-12-30", "an id may be older than the organization");
    let last = Closing { next: closing.next.after(), ..closing.clone() };
    assert!(!last.is_due(at("2027-01-01T00:44:59.999Z")));
    assert!(last.is_due(at("2027-01-01T00:45:00Z")));
}

#[test]
fn days_that_are_not_closed_reach_to_where_the_clock_of_a_call_may_be() {
    let closing = Closing::from(at("2024-02-29T12:00:00Z"));
    let days = |now| closing.open_days(at(now)).map(|day| day.to_string()).collect::<Vec<_>>();
    assert_eq!(days("2024-02-29T23:58:59Z"), ["2024-02-28", "2024-02-29"]);
    assert_eq!(days("2024-02-29T23:59:00Z"), ["2024-02-28", "2024-02-29", "2024-03-01"]);
}

#[test]
fn what_is_settled_on_a_later_day_than_its_id_is_late() {
    let day = Window::of(Period::Daily, at("2026-11-30T00:00:00Z"));
    assert!(!Closing::is_late(day, at("2026-11-30T23:59:59.999Z")));
    assert!(Closing::is_late(day, at("2026-12-01T00:00:00Z")));
    assert!(!Closing::is_late(day, at("2026-11-29T23:59:59.999Z")), "a clock that is behind");
}

#[test]
fn a_day_at_the_edge_of_a_month_belongs_to_two() {
    let months = |day: &str| -> Vec<String> {
        Closing::months(Window::try_from(day.to_owned()).unwrap()).iter().map(ToString::to_string).collect()
    };
    assert_eq!(months("2026-12-31"), ["2026-12", "2027-01"]);
    assert_eq!(months("2024-03-01"), ["2024-02", "2024-03"]);
    assert_eq!(months("2024-02-29"), ["2024-02", "2024-03"]);
    assert_eq!(months("2024-02-28"), ["2024-02"]);
}

#[test]
fn a_pass_that_was_cut_off_goes_on_and_only_a_finished_one_counts() {
    let now = at("2026-11-30T12:00:00Z");
    let closing = Closing::from(now);
    let pass = closing.pass(now);
    assert!(pass.compares && pass.behind.is_none());
    let cut = Pass { behind: Some("there".to_owned()), ..pass.clone() };
    let closing = Closing { pass: Some(cut.clone()), ..closing };
    let later = now.plus(std::time::Duration::from_secs(300));
    assert_eq!(closing.pass(later), cut);
    let done = closing.passed(&cut);
    assert!(!done.pass(later).compares, "compared a moment ago");
    assert!(done.pass(now.plus(COMPARE)).compares);
}

#[test]
fn requests_are_looked_at_when_they_may_have_expired_and_never_again() {
    let closing = Closing::from(at("2026-11-01T00:00:00Z"));
    assert_eq!(
        closing.to_expire(at("2026-11-30T23:00:00Z")),
        None,
        "an organization that is younger than a request lasts"
    );
    let made = closing.to_expire(at("2026-12-15T12:00:00Z")).unwrap();
    assert_eq!(
        (made.start().to_string(), made.end().to_string()),
        ("2026-10-31T23:59:00.000Z".into(), "2026-11-15T11:55:00.000Z".into())
    );
    let done = Closing { expired_through: Some(*made.end()), ..closing };
    assert_eq!(done.to_expire(at("2026-12-15T12:00:00Z")), None);
    let next = done.to_expire(at("2026-12-15T13:00:00Z")).unwrap();
    assert_eq!((next.start(), next.end().to_string()), (made.end(), "2026-11-15T12:55:00.000Z".into()));
    // What an earlier release has remembered says nothing of requests.
    let old: Closing = serde_json::from_str(r#"{"next":"2026-11-15"}"#).unwrap();
    assert_eq!(old.to_expire(at("2026-12-15T12:00:00Z")).unwrap().start().millis(), 0);
}

#[test]
fn what_began_after_the_last_comparison_is_news_and_what_was_compared_since_is_not() {
    let began = at("2026-11-30T12:00:00Z");
    let closing = Closing::from(at("2026-11-01T00:00:00Z"));
    assert!(closing.is_news(began), "nothing was compared yet");
    let compared = |at: Timestamp| Closing { compared_at: Some(at), ..closing.clone() };
    assert!(compared(at("2026-11-30T12:01:00Z")).is_news(began), "clocks differ");
    assert!(!compared(at("2026-11-30T12:01:00.001Z")).is_news(began));
    let news = Closing { news_at: Some(at("2026-11-30T12:05:00Z")), ..compared(at("2026-11-30T06:00:00Z")) };
    assert!(!news.is_news(began));
}
