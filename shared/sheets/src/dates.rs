//! Dates: which number formats mean one, and what day a serial number is.

use jiff::ToSpan;
use jiff::civil::{Date, date};

/// How a cell format shows a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    Number,
    Date,
}

/// The day from which a workbook counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Epoch {
    /// Day 1 is 1900-01-01, and 1900 counts as a leap year.
    #[default]
    Year1900,
    /// Day 0 is 1904-01-01.
    Year1904,
}

/// Formats that have a number but no code (ECMA-376 part 1, 18.8.30), those of East Asian editions included.
pub(crate) fn built_in(id: u32) -> Shown {
    if matches!(id, 14..=22 | 27..=36 | 45..=47 | 50..=58) { Shown::Date } else { Shown::Number }
}

/// A format code is a date's if a letter of date or time stands outside quotes, escapes and brackets.
pub(crate) fn custom(code: &str) -> Shown {
    let mut characters = code.chars();
    while let Some(character) = characters.next() {
        match character {
            'd' | 'D' | 'm' | 'M' | 'y' | 'Y' | 'h' | 'H' | 's' | 'S' => return Shown::Date,
            '"' => skip_past(&mut characters, '"'),
            '[' => skip_past(&mut characters, ']'),
            '\\' | '_' | '*' => {
                characters.next();
            }
            // What follows shows negative numbers, zero and texts.
            ';' => break,
            _ => {}
        }
    }
    Shown::Number
}

fn skip_past(characters: &mut std::str::Chars<'_>, end: char) {
    characters.find(|character| *character == end);
}

/// The day of a serial number as `YYYY-MM-DD`; a time without a day as `HH:MM:SS`. `None` outside the calendar.
pub(crate) fn text(serial: f64, epoch: Epoch) -> Option<String> {
    if (0.0..1.0).contains(&serial) && epoch == Epoch::Year1900 {
        return time(serial);
    }
    // Through text, as no other conversion to an integer is checked.
    let days: i32 = format!("{:.0}", serial.floor()).parse().ok()?;
    let start = match epoch {
        Epoch::Year1904 => date(1904, 1, 1),
        Epoch::Year1900 if days < 60 => date(1899, 12, 31),
        Epoch::Year1900 => date(1899, 12, 30),
    };
    let day = start.checked_add(days.days()).ok().filter(|_| days >= 0)?;
    (day.year() <= 9999).then(|| day.to_string())
}

fn time(fraction: f64) -> Option<String> {
    let seconds: i64 = format!("{:.0}", (fraction * 86_400.0).floor()).parse().ok()?;
    let time = Date::constant(2000, 1, 1).at(0, 0, 0, 0).checked_add(seconds.seconds()).ok()?;
    Some(format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second()))
}

/// The day of an ISO date, with which some programs fill cells of type `d`; other texts stay.
pub(crate) fn iso(text: &str) -> &str {
    let Some((day, rest)) = text.split_at_checked(10) else { return text };
    if rest.starts_with('T') && day.parse::<Date>().is_ok() { day } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_are_the_days_that_excel_shows() {
        let cases = [
            (1.0, Epoch::Year1900, "1900-01-01"),
            (59.0, Epoch::Year1900, "1900-02-28"),
            (61.0, Epoch::Year1900, "1900-03-01"),
            (45_292.75, Epoch::Year1900, "2024-01-01"),
            (2_958_465.0, Epoch::Year1900, "9999-12-31"),
            (0.0, Epoch::Year1904, "1904-01-01"),
            (43_830.0, Epoch::Year1904, "2024-01-01"),
            (0.5, Epoch::Year1900, "12:00:00"),
        ];
        for (serial, epoch, shown) in cases {
            assert_eq!(text(serial, epoch).as_deref(), Some(shown), "{serial}");
        }
        for serial in [-1.0, 2_958_466.0, 1e300, f64::NAN] {
            assert_eq!(text(serial, Epoch::Year1900), None, "{serial}");
        }
    }

    #[test]
    fn only_letters_outside_quotes_and_brackets_make_a_date() {
        for code in ["yyyy\\-mm\\-dd", "[$-409]d/m/yy", "h:mm AM/PM", "\"on \"DD.MM."] {
            assert_eq!(custom(code), Shown::Date, "{code}");
        }
        for code in ["0.00", "[Red]0", "0\" days\"", "General", "0_d", "#,##0;[h]d", "@"] {
            assert_eq!(custom(code), Shown::Number, "{code}");
        }
    }

    #[test]
    fn an_iso_date_loses_its_time() {
        assert_eq!(iso("2024-02-29T00:00:00.000Z"), "2024-02-29");
        assert_eq!(iso("2024-02-29"), "2024-02-29");
        assert_eq!(iso("2023-02-29T00:00:00Z"), "2023-02-29T00:00:00Z");
        assert_eq!(iso("12:00:00"), "12:00:00");
    }
}
