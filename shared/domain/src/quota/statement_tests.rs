use super::*;
use crate::id::UserId;

fn line(number: u128, prompt: u64) -> StatementLine {
    let spent = Spent { lines: 1, prompt, ..Spent::default() };
    let row = StatementRow { spent, ..StatementRow::default() };
    StatementLine { on: SpentOn::User(Some(UserId::from_parts(1, number))), row }
}

#[test]
fn what_is_left_out_of_a_statement_stands_in_it_as_one_row() {
    let lines = vec![line(1, 5), line(2, 50), line(3, 10), line(4, 1)];
    let total: u64 = lines.iter().map(|line| line.row.spent.prompt).sum();
    for most in 0..6 {
        let (shown, others) = largest(lines.clone(), most);
        assert_eq!(shown.len(), most.min(4));
        assert_eq!(others.is_some(), most < 4, "{most}");
        let sum: u64 = shown.iter().map(|line| line.row.spent.prompt).sum();
        assert_eq!(sum + others.unwrap_or_default().prompt, total, "{most}");
        assert!(shown.windows(2).all(|two| two[0].row.spent.prompt >= two[1].row.spent.prompt));
    }
}

#[test]
fn a_name_stays_where_the_thing_is_gone() {
    let month = Window::try_from("2026-11".to_owned()).unwrap();
    let days: Vec<Window> = month.each_day().collect();
    let mut rows = Rows::<StatementRow>::new(super::super::Slice { number: 0, of: 1 }, 10);
    let on = line(1, 0).on;
    for (day, name) in [(days[0], Some("Ann")), (days[1], Some("Ann Smith")), (days[2], None)] {
        let used = DayUse { on: Spent { lines: 1, ..Spent::default() }, ..DayUse::default() };
        rows.add_day(month, day, DayLine { on: on.clone(), name: name.map(str::to_owned), used }).unwrap();
    }
    let row = rows.into_rows().remove(&on).unwrap();
    assert_eq!((row.name.as_deref(), row.spent.lines), (Some("Ann Smith"), 3));
}
