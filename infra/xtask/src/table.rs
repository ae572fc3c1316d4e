//! The report at the end: one line a lane.

use std::time::Duration;

use crate::run::Failure;

/// What became of one lane.
pub(crate) struct Line {
    pub(crate) lane: &'static str,
    pub(crate) took: Duration,
    /// What ran, or why it failed.
    pub(crate) outcome: Result<String, Failure>,
}

/// The lines as a table.
pub(crate) fn table(lines: &[Line]) -> String {
    let mut text = format!("{:<10} {:<6} {:>8}  what ran\n", "lane", "", "seconds");
    for Line { lane, took, outcome } in lines {
        let (verdict, what) = match outcome {
            Ok(what) => ("passed", what),
            Err(Failure(why)) => ("FAILED", why),
        };
        text += &format!("{lane:<10} {verdict:<6} {:>8.1}  {what}\n", took.as_secs_f64());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Line, table};
    use crate::run::Failure;
    use std::time::Duration;

    #[test]
    fn a_failed_lane_says_why() {
        let line = |lane, outcome| Line { lane, took: Duration::from_millis(1250), outcome };
        let text = table(&[line("fmt", Ok("all files".into())), line("deny", Err(Failure("exit status: 1".into())))]);
        assert!(text.contains("fmt        passed      1.2  all files"), "{text}");
        assert!(text.contains("deny       FAILED      1.2  exit status: 1"), "{text}");
    }
}
