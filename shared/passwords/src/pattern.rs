//! Runs: neighbours of an alphabet or a keyboard, one after the other, in either direction.

/// Alphabets and keyboard rows; each goes round, so that `890123` is a run too.
const ROWS: [&str; 11] = [
    "1234567890",
    "`1234567890-=",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop[]\\",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "qwertzuiop",
    "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю.",
];
/// Shorter runs happen by chance.
const RUN_MIN: usize = 3;
/// So many characters may lie outside of all runs before a text is taken seriously.
const LOOSE_MAX: usize = 2;

/// Whether a lower-case text is made of runs and at most two characters more. Equal characters are a run.
pub(crate) fn is_runs(lower: &str) -> bool {
    let chars: Vec<char> = lower.chars().collect();
    let mut rest = chars.as_slice();
    let mut loose = 0;
    while !rest.is_empty() && loose <= LOOSE_MAX {
        let run = run(rest);
        let step = if run < RUN_MIN { 1 } else { run };
        loose += if run < RUN_MIN { 1 } else { 0 };
        rest = rest.get(step..).unwrap_or_default();
    }
    loose <= LOOSE_MAX
}

/// How many characters from the first on are one run.
fn run(text: &[char]) -> usize {
    let same = count(text, |one, other| one == other);
    let along = ROWS.iter().map(|row| count(text, |one, other| follows(row, one, other)));
    let back = ROWS.iter().map(|row| count(text, |one, other| follows(row, other, one)));
    along.chain(back).fold(same, usize::max)
}

fn count(text: &[char], next: impl Fn(char, char) -> bool) -> usize {
    1 + text.iter().zip(text.iter().skip(1)).take_while(|(one, other)| next(**one, **other)).count()
}

fn follows(row: &str, one: char, other: char) -> bool {
    let mut round = row.chars().chain(row.chars().take(1));
    round.any(|char| char == one) && round.next() == Some(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_goes_along_one_row_in_one_direction() {
        let length = |text: &str| run(&text.chars().collect::<Vec<_>>());
        assert_eq!(length("89012x"), 5);
        assert_eq!(length("cba1"), 3);
        assert_eq!(length("aaab"), 3);
        assert_eq!(length("abab"), 2);
        assert_eq!(length("x"), 1);
    }

    #[test]
    fn two_characters_outside_of_runs_do_not_save_a_password() {
        assert!(is_runs("!qwertyuiop1"));
        assert!(!is_runs("qwertyu-k7mp"));
    }
}
