use proptest::prelude::*;

use super::*;
use crate::Timestamp;
use crate::id::{ProjectId, ReservationId, UseCaseId, UserId};
use crate::quota::{DayLine, ScopeSet, Split, StatementRow, Tokens, Usage, UsageSource};
use crate::settings::ModelId;

const DAY: u64 = 86_400_000;
const MINUTE: u64 = 60_000;

fn at(text: &str) -> Timestamp {
    Timestamp::try_from(text.to_owned()).unwrap()
}

fn day(text: &str) -> Window {
    Window::try_from(text.to_owned()).unwrap()
}

/// A line whose id was made then and which was reserved then.
fn line(number: u64, made: Timestamp, reserved_at: Timestamp) -> Settled {
    let tokens = |count: u64| Tokens::try_from(count).unwrap();
    let some = |modulus: u64| (!number.is_multiple_of(modulus)).then_some(u128::from(number % modulus));
    let set = ScopeSet {
        project: ProjectId::from_parts(1, u128::from(number % 3)),
        use_case: some(4).map(|id| UseCaseId::from_parts(1, id)),
        user: some(5).map(|id| UserId::from_parts(1, id)),
    };
    let usage = Usage {
        prompt: tokens(number % 1000),
        completion: tokens(number / 7 % 1000),
        source: UsageSource::Provider,
        model: some(3).map(|id| ModelId::try_from(format!("model-{id}")).unwrap()),
        provider: None,
        cost_micro_usd: number % 97,
    };
    let (id, attempts) = (ReservationId::from_parts(made.millis(), u128::from(number)), [1].into());
    Settled { id, set, usage, charged: None, reserved_at, settled_at: reserved_at, late: false, attempts }
}

fn ledger_day(line: &Settled) -> Window {
    Window::of(Period::Daily, line.id.made_at())
}

fn rolled(lines: &[Settled], day: Window, slice: Slice) -> BTreeMap<SpentOn, DayUse> {
    let mut rows = Rows::new(slice, ROWS_AT_ONCE);
    lines.iter().filter(|line| ledger_day(line) == day).for_each(|line| rows.add_line(day, line).unwrap());
    rows.into_rows()
}

/// A month's statement from its days' rows, as the reset computes it.
fn statement(lines: &[Settled], month: Window) -> BTreeMap<SpentOn, StatementRow> {
    let mut rows = Rows::new(Slice { number: 0, of: 1 }, ROWS_AT_ONCE);
    for day in month.ledger_days() {
        for (on, used) in rolled(lines, day, Slice { number: 0, of: 1 }) {
            rows.add_day(month, day, DayLine { on, name: None, used }).unwrap();
        }
    }
    rows.into_rows()
}

#[test]
fn what_was_reserved_after_midnight_counts_on_that_day_whatever_its_id_says() {
    let (made, reserved) = (at("2026-11-30T23:59:50Z"), at("2026-12-01T00:00:10Z"));
    let lines = [line(8, made, reserved), line(9, at("2026-12-01T00:00:01Z"), at("2026-11-30T23:59:59Z"))];
    let everything = |month| statement(&lines, day(month)).get(&SpentOn::Everything).map(|row| row.spent.prompt);
    assert_eq!(everything("2026-12"), Some(8));
    assert_eq!(everything("2026-11"), Some(9), "an id of a clock that is ahead");
    assert_eq!(everything("2026-10"), None);
}

#[test]
fn a_month_has_the_days_of_the_calendar() {
    for (month, days, last) in [
        ("2024-02", 29, "2024-02-29"),
        ("2023-02", 28, "2023-02-28"),
        ("2026-12", 31, "2026-12-31"),
        ("2100-02", 28, "2100-02-28"),
    ] {
        let inside: Vec<Window> = day(month).each_day().collect();
        assert_eq!((inside.len(), inside.last().unwrap().to_string()), (days, last.to_owned()), "{month}");
        let ledgers: Vec<Window> = day(month).ledger_days().collect();
        assert_eq!(ledgers.len(), days + 2);
        assert!(ledgers.windows(2).all(|two| two[0].after() == two[1]), "{month}");
    }
    assert_eq!(day("2026-12").ledger_days().last().unwrap().to_string(), "2027-01-01");
}

#[test]
fn a_month_without_a_call_has_no_row_and_one_with_a_single_call_has_five() {
    assert!(statement(&[], day("2024-02")).is_empty());
    let leap = at("2024-02-29T23:59:59.999Z");
    let rows = statement(&[line(7, leap, leap)], day("2024-02"));
    assert_eq!(rows.len(), 5);
    assert!(
        rows.values()
            .all(|row| row.spent == Spent { lines: 1, prompt: 7, completion: 1, charged: 8, cost_micro_usd: 7 })
    );
    let project = ProjectId::from_parts(1, 1);
    let use_case = rows.iter().find(|(on, _)| on.split() == Some(Split::UseCase)).unwrap();
    assert_eq!(use_case.1.project, Some(project), "a use case is shown with its project");
}

#[test]
fn rows_that_do_not_fit_are_refused_and_not_left_out() {
    let now = at("2026-11-30T12:00:00Z");
    let mut rows = Rows::new(Slice { number: 0, of: 1 }, 5);
    assert_eq!(rows.add_line(day("2026-11-30"), &line(1, now, now)), Ok(()));
    assert_eq!(rows.add_line(day("2026-11-30"), &line(1, now, now)), Ok(()));
    assert_eq!(rows.add_line(day("2026-11-30"), &line(2, now, now)), Err(TooMany));
}

#[test]
fn a_row_is_read_as_it_was_written() {
    let user = UserId::from_parts(1, 2);
    for on in [
        SpentOn::Everything,
        SpentOn::Project(ProjectId::from_parts(1, 2)),
        SpentOn::UseCase(None),
        SpentOn::UseCase(Some(UseCaseId::from_parts(1, 2))),
        SpentOn::Model(None),
        SpentOn::Model(Some("meta/llama#3:8b".to_owned())),
        SpentOn::User(None),
        SpentOn::User(Some(user)),
    ] {
        assert_eq!(on.to_string().parse(), Ok(on));
    }
    for text in ["", "user", "project#", "use_case#prj_0", "all#x", "everything#"] {
        assert!(text.parse::<SpentOn>().is_err(), "{text} was taken for a row");
    }
}

fn lines() -> impl Strategy<Value = Vec<Settled>> {
    let start = at("2026-12-29T00:00:00Z").millis();
    let one = (0..8 * DAY, 0..17 * MINUTE, any::<u32>()).prop_map(move |(made, later, number)| {
        let made = Timestamp::from_millis(start + made);
        let reserved = Timestamp::from_millis(made.millis() + later).minus(std::time::Duration::from_secs(60));
        line(u64::from(number), made, reserved)
    });
    prop::collection::vec(one, 0..60)
}

proptest! {
    #[test]
    fn every_split_adds_up_to_the_total_and_months_to_all_there_is(lines in lines()) {
        let months = ["2026-11", "2026-12", "2027-01", "2027-02"].map(day);
        let mut all = Spent::default();
        for month in months {
            let rows = statement(&lines, month);
            let total = rows.get(&SpentOn::Everything).map(|row| row.spent).unwrap_or_default();
            for split in Split::ALL {
                let of_split = rows.iter().filter(|(on, _)| on.split() == Some(split));
                let sum = of_split.fold(Spent::default(), |sum, (_, row)| sum.plus(row.spent));
                prop_assert_eq!(sum, total, "{} of {}", split.as_str(), month);
            }
            let counted = lines.iter().filter(|line| month.contains(line.reserved_at));
            prop_assert_eq!(total, counted.fold(Spent::default(), |sum, line| sum.plus(Spent::of(line))));
            all = all.plus(total);
        }
        prop_assert_eq!(all, lines.iter().fold(Spent::default(), |sum, line| sum.plus(Spent::of(line))));
    }

    #[test]
    fn slices_together_are_everything_and_share_nothing(lines in lines(), of in 1_u64..7) {
        let day = day("2026-12-31");
        let whole = rolled(&lines, day, Slice { number: 0, of: 1 });
        let mut joined = BTreeMap::new();
        for slice in Slice::parts(of) {
            for (on, used) in rolled(&lines, day, slice) {
                prop_assert!(joined.insert(on, used).is_none(), "a row in two slices");
            }
        }
        prop_assert_eq!(joined, whole);
    }
}
