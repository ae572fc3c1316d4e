//! Statements as files: every split, each with its largest rows and one for all others, so that they add up.

use api::Reply;
use axum::response::IntoResponse;
use domain::quota::{Spent, Split, Statement, StatementLine, largest};
use domain::{Code, Error, Result};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde::Deserialize;
use sheets::{MEDIA_TYPE, StatementCells};

/// So many rows of a split stand in a file by themselves: an answer has 6 MB at most.
const ROWS_MAX: usize = 5_000;
const CSV: &str = "text/csv; charset=utf-8";

/// In which form a statement is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// A page of one split.
    Json,
    /// A file of text.
    Csv,
    /// A workbook.
    Xlsx,
}

/// A file is whole: it has no split, cursor or limit.
pub(crate) fn check_whole(by: bool, cursor: bool, limit: bool) -> Result<()> {
    let named = [("by", by), ("cursor", cursor), ("limit", limit)];
    match named.into_iter().find(|(_, is_there)| *is_there) {
        Some((name, _)) => Err(Error::new(Code::Malformed, "says nothing of a file, which is whole").at(name)),
        None => Ok(()),
    }
}

pub(crate) async fn file(format: Format, (head, lines): (Statement, Vec<StatementLine>)) -> Reply {
    let (month, rows) = (head.month.to_string(), cells(&head, lines));
    let (kind, ending, bytes) = match format {
        Format::Xlsx => {
            let of = month.clone();
            let book = tokio::task::spawn_blocking(move || book(&of, &rows)).await.map_err(Error::internal)??;
            (MEDIA_TYPE, "xlsx", book)
        }
        Format::Csv | Format::Json => (CSV, "csv", csv(&rows).into_bytes()),
    };
    let disposition = format!("attachment; filename=\"statement-{month}.{ending}\"");
    Ok(([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, disposition)], bytes).into_response())
}

fn cells(head: &Statement, lines: Vec<StatementLine>) -> Vec<StatementCells> {
    let mut rows = vec![row("total", "", "", "", head.total)];
    let mut by_split = Split::ALL.map(|split| (split, vec![]));
    for line in lines {
        if let Some((_, of_split)) = by_split.iter_mut().find(|(split, _)| Some(*split) == line.on.split()) {
            of_split.push(line);
        }
    }
    for (split, of_split) in by_split {
        let (shown, others) = largest(of_split, ROWS_MAX);
        rows.extend(shown.iter().map(|line| {
            let (id, name) = (line.on.id().unwrap_or_default(), line.row.name.clone().unwrap_or_default());
            let project = line.row.project.map(|id| id.to_string()).unwrap_or_default();
            row(split.as_str(), &id, &name, &project, line.row.spent)
        }));
        rows.extend(others.map(|others| row(split.as_str(), "", "(all others)", "", others)));
    }
    rows
}

fn row(split: &str, id: &str, name: &str, project: &str, spent: Spent) -> StatementCells {
    StatementCells {
        split: split.to_owned(),
        id: id.to_owned(),
        name: name.to_owned(),
        project_id: project.to_owned(),
        amounts: [spent.prompt, spent.completion, spent.tokens(), spent.cost_micro_usd],
    }
}

fn book(month: &str, rows: &[StatementCells]) -> Result<Vec<u8>> {
    let folder = tempfile::tempdir().map_err(Error::internal)?;
    let path = folder.path().join("statement.xlsx");
    sheets::write_statement(&path, month, rows).map_err(Error::internal)?;
    std::fs::read(&path).map_err(Error::internal)
}

/// RFC 4180, with a line of headers.
fn csv(rows: &[StatementCells]) -> String {
    let mut text = StatementCells::headers().collect::<Vec<_>>().join(",");
    text.push_str("\r\n");
    for row in rows {
        let texts = row.texts().into_iter().map(cell);
        let line: Vec<String> = texts.chain(row.amounts.iter().map(u64::to_string)).collect();
        text.push_str(&line.join(","));
        text.push_str("\r\n");
    }
    text
}

/// A text that programs take for no formula: what begins like one gets an apostrophe in front.
fn cell(text: &str) -> String {
    let runs =
        text.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r', '|', '%']) || text.starts_with(['\t', '\r']);
    let text = if runs { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r', ';']) || text.starts_with('\'') {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use domain::Timestamp;
    use domain::id::UserId;
    use domain::quota::{Period, SpentOn, StatementRow, Window};

    use super::*;

    fn head(total: Spent) -> Statement {
        let at = Timestamp::from_millis(1_796_040_000_000);
        let month = Window::of(Period::Monthly, at);
        Statement { month, through: Window::of(Period::Daily, at), closed: true, total, computed_at: at }
    }

    fn spent(prompt: u64) -> Spent {
        Spent { lines: 1, prompt, completion: 1, charged: prompt + 1, cost_micro_usd: 2 * prompt }
    }

    #[test]
    fn no_cell_runs_as_a_formula_and_none_breaks_out_of_its_place() {
        for (text, wanted) in [
            ("Acme", "Acme"),
            ("=1+1", "\"'=1+1\""),
            (" =1+1", "\"' =1+1\""),
            ("+49", "\"'+49\""),
            ("-2", "\"'-2\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("a,\"b\"", "\"a,\"\"b\"\"\""),
            ("two\nlines", "\"two\nlines\""),
        ] {
            assert_eq!(cell(text), wanted, "{text:?}");
        }
    }

    #[test]
    fn the_rows_of_each_split_add_up_to_the_total_however_many_there_are() {
        let line = |number: u128| {
            let row = StatementRow { spent: spent(u64::try_from(number).unwrap()), ..StatementRow::default() };
            StatementLine { on: SpentOn::User(Some(UserId::from_parts(1, number))), row }
        };
        let lines: Vec<StatementLine> = (1..=5_010).map(line).collect();
        let total = lines.iter().fold(Spent::default(), |sum, line| sum.plus(line.row.spent));
        let rows = cells(&head(total), lines);
        assert_eq!(rows.len(), 1 + ROWS_MAX + 1);
        let sum = |column: usize| -> u64 { rows[1..].iter().map(|row| row.amounts[column]).sum() };
        assert_eq!([0, 1, 2, 3].map(sum), rows[0].amounts);
        assert_eq!(csv(&rows).lines().count(), rows.len() + 1);
    }

    #[test]
    fn a_month_without_a_call_is_a_file_with_a_total_of_nothing() {
        let text = csv(&cells(&head(Spent::default()), vec![]));
        assert_eq!(text.lines().nth(1), Some("total,,,,0,0,0,0"));
        assert!(!book("2026-11", &cells(&head(Spent::default()), vec![])).unwrap().is_empty());
    }
}
