//! Durations as Vault reads and writes them.

/// Seconds of a text such as `90`, `5m`, `1h30m` or `2d`; a fraction of a second is dropped.
pub(crate) fn parse(text: &str) -> Option<u64> {
    if let Ok(seconds) = text.parse() {
        return Some(seconds);
    }
    let mut rest = text;
    let mut milliseconds = 0_u64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, tail) = rest.split_at(digits);
        let unit = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit);
        milliseconds = milliseconds.checked_add(number.parse::<u64>().ok()?.checked_mul(factor(unit)?)?)?;
        rest = tail;
    }
    (!text.is_empty()).then_some(milliseconds / 1000)
}

/// Seconds as Go prints a duration: `0s`, `5m0s`, `1h0m0s`.
pub(crate) fn print(seconds: u64) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{rest}s"),
        (0, _) => format!("{minutes}m{rest}s"),
        _ => format!("{hours}h{minutes}m{rest}s"),
    }
}

fn factor(unit: &str) -> Option<u64> {
    match unit {
        "ms" => Some(1),
        "s" => Some(1_000),
        "m" => Some(60_000),
        "h" => Some(3_600_000),
        "d" => Some(86_400_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{parse, print};

    #[test]
    fn a_duration_is_read_in_all_its_spellings() {
        let cases =
            [("90", Some(90)), ("5m", Some(300)), ("1h30m", Some(5400)), ("2d", Some(172_800)), ("1500ms", Some(1))];
        for (text, seconds) in cases.into_iter().chain([("", None), ("5x", None), ("m", None), ("-5s", None)]) {
            assert_eq!(parse(text), seconds, "{text}");
        }
    }

    #[test]
    fn a_duration_is_printed_as_go_prints_it() {
        assert_eq!([0, 65, 3600].map(print), ["0s", "1m5s", "1h0m0s"]);
    }
}
