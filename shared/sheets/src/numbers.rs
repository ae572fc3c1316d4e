//! Numbers as Excel's general format shows them, but with all their digits.

/// The text of a number cell. What is no number stays as it is.
pub(crate) fn text(written: &str) -> String {
    let written = written.trim();
    if is_whole(written) {
        return written.to_owned();
    }
    match written.parse::<f64>() {
        Ok(number) if number.is_finite() => general(number),
        _ => written.to_owned(),
    }
}

/// Digits that stand for themselves: rounding them to a float would change long ones.
fn is_whole(written: &str) -> bool {
    let digits = written.strip_prefix('-').unwrap_or(written);
    let leading_zero = digits.starts_with('0');
    (1..=20).contains(&digits.len()) && !leading_zero && digits.bytes().all(|digit| digit.is_ascii_digit())
}

fn general(number: f64) -> String {
    let size = number.abs();
    if size != 0.0 && !(1e-4..1e16).contains(&size) {
        return with_exponent(number);
    }
    // Adding zero takes the sign from minus zero.
    (number + 0.0).to_string()
}

fn with_exponent(number: f64) -> String {
    let written = format!("{number:E}");
    match written.split_once('E') {
        Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}E+{exponent}"),
        _ => written,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_excel_shows_them() {
        let cases = [
            ("4.83920175566E11", "483920175566"),
            ("42", "42"),
            ("42.0", "42"),
            (" -3 ", "-3"),
            ("-0", "0"),
            ("007", "7"),
            ("0.1", "0.1"),
            ("12345678901234567", "12345678901234567"),
            ("1e300", "1E+300"),
            ("1e-7", "1E-7"),
            ("inf", "inf"),
            ("1,5", "1,5"),
        ];
        for (written, shown) in cases {
            assert_eq!(text(written), shown, "{written}");
        }
    }
}
