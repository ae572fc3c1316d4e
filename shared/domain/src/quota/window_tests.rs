use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    Timestamp::try_from(text.to_owned()).unwrap()
}

#[test]
fn an_instant_lies_in_the_window_that_the_calendar_says() {
    for (instant, day, week, month) in [
        ("1970-01-01T00:00:00Z", "1970-01-01", "1970-W01", "1970-01"),
        ("2026-11-30T00:00:00Z", "2026-11-30", "2026-W49", "2026-11"),
        ("2026-11-29T23:59:59.999Z", "2026-11-29", "2026-W48", "2026-11"),
        ("2026-12-31T23:59:59.999Z", "2026-12-31", "2026-W53", "2026-12"),
        ("2027-01-01T00:00:00Z", "2027-01-01", "2026-W53", "2027-01"),
        ("2027-01-03T23:59:59.999Z", "2027-01-03", "2026-W53", "2027-01"),
        ("2027-01-04T00:00:00Z", "2027-01-04", "2027-W01", "2027-01"),
        ("2024-12-30T00:00:00Z", "2024-12-30", "2025-W01", "2024-12"),
        ("2024-02-29T12:00:00Z", "2024-02-29", "2024-W09", "2024-02"),
        ("2100-02-28T23:59:59.999Z", "2100-02-28", "2100-W08", "2100-02"),
        ("2100-03-01T00:00:00Z", "2100-03-01", "2100-W09", "2100-03"),
        ("2026-03-29T01:30:00Z", "2026-03-29", "2026-W13", "2026-03"),
    ] {
        let texts = Period::ALL.map(|period| Window::of(period, at(instant)).to_string());
        assert_eq!(texts, [day, week, month], "{instant}");
    }
}

#[test]
fn a_window_ends_where_the_next_one_begins() {
    for (window, start, end) in [
        ("2026-11-30", "2026-11-30T00:00:00.000Z", "2026-12-01T00:00:00.000Z"),
        ("2024-02-29", "2024-02-29T00:00:00.000Z", "2024-03-01T00:00:00.000Z"),
        ("2026-W53", "2026-12-28T00:00:00.000Z", "2027-01-04T00:00:00.000Z"),
        ("2024-02", "2024-02-01T00:00:00.000Z", "2024-03-01T00:00:00.000Z"),
        ("2023-02", "2023-02-01T00:00:00.000Z", "2023-03-01T00:00:00.000Z"),
        ("2026-12", "2026-12-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"),
        ("1970-W01", "1970-01-01T00:00:00.000Z", "1970-01-05T00:00:00.000Z"),
    ] {
        let read = Window::try_from(window.to_owned()).unwrap();
        assert_eq!((read.start().to_string(), read.end().to_string()), (start.to_owned(), end.to_owned()), "{window}");
    }
}

#[test]
fn what_is_no_window_is_refused() {
    for text in [
        "",
        "2026",
        "2026-",
        "2026-1",
        "2026-13",
        "2026-00",
        "2026-11-31",
        "2025-02-29",
        "2026-W54",
        "2025-W53",
        "2026-W00",
        "2026-W1",
        "2026-w49",
        "2026-11-3",
        "2026-11-30T00:00",
        "+2026-11",
        "-2026-11",
        "1969-12",
        "26-11",
        "2026-W49-1",
    ] {
        assert!(Window::try_from(text.to_owned()).is_err(), "{text} was taken for a window");
    }
}

#[test]
fn only_the_first_day_of_a_window_begins_one() {
    assert!(Window::from_first_day(Period::Weekly, 4).is_ok(), "1970-01-05 was a Monday");
    assert!(Window::from_first_day(Period::Weekly, 5).is_err());
    assert!(Window::from_first_day(Period::Monthly, 31).is_ok());
    assert!(Window::from_first_day(Period::Monthly, 30).is_err());
}

proptest! {
    /// Windows of a period tile the time line: each instant lies in exactly one, and neighbours touch.
    #[test]
    fn each_instant_lies_in_one_window_and_neighbours_touch(millis in 0_u64..253_300_000_000_000) {
        let instant = Timestamp::from_millis(millis);
        for period in Period::ALL {
            let window = Window::of(period, instant);
            prop_assert!(window.contains(instant));
            prop_assert!(window.start() <= instant && instant < window.end());
            let next = Window::of(period, window.end());
            prop_assert!(next > window && next.start() == window.end() && next.before() == window);
            prop_assert!(!window.contains(window.end()));
            prop_assert_eq!(Window::try_from(window.to_string()).unwrap(), window);
            prop_assert_eq!(Window::from_first_day(period, window.first_day()).unwrap(), window);
        }
    }

    /// A day lies in one week and one month, wherever in the day one looks.
    #[test]
    fn a_longer_window_never_ends_inside_a_day(day in 0_u64..2_900_000, offset in 0_u64..86_400_000) {
        let (morning, later) = (Timestamp::from_millis(day * 86_400_000), Timestamp::from_millis(day * 86_400_000 + offset));
        for period in Period::ALL {
            prop_assert_eq!(Window::of(period, morning), Window::of(period, later));
        }
    }
}
