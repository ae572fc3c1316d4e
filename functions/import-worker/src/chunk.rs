//! Pieces of a plan: as many rows as one run applies well within its time.

use domain::Result;

use crate::plan::{Line, Password, Step};

/// A new person with a generated password weighs 1.
const WEIGHT_MAX: u32 = 500;
/// Hashing a typed password takes longer than everything else about its row.
const TYPED_WEIGHT: u32 = 5;

/// Cuts a plan's rows into pieces; rows that were refused are in none.
pub(crate) struct Chunks<I> {
    lines: I,
    held: Option<Line>,
    /// All lines so far, refused ones too.
    pub(crate) rows: u32,
    /// Those that were refused.
    pub(crate) refused: u32,
}

impl<I: Iterator<Item = Result<Line>>> Chunks<I> {
    pub(crate) fn of(lines: I) -> Self {
        Self { lines, held: None, rows: 0, refused: 0 }
    }

    fn next_join(&mut self) -> Result<Option<Line>> {
        if let Some(held) = self.held.take() {
            return Ok(Some(held));
        }
        for line in self.lines.by_ref() {
            let line = line?;
            self.rows += 1;
            match line.step {
                Step::Join(_) => return Ok(Some(line)),
                Step::Refuse { .. } => self.refused += 1,
            }
        }
        Ok(None)
    }

    fn next_chunk(&mut self) -> Result<Option<Vec<Line>>> {
        let (mut chunk, mut weight) = (vec![], 0);
        while let Some(line) = self.next_join()? {
            weight += weigh(&line);
            if weight > WEIGHT_MAX && !chunk.is_empty() {
                self.held = Some(line);
                break;
            }
            chunk.push(line);
        }
        Ok((!chunk.is_empty()).then_some(chunk))
    }
}

impl<I: Iterator<Item = Result<Line>>> Iterator for Chunks<I> {
    type Item = Result<Vec<Line>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_chunk().transpose()
    }
}

fn weigh(line: &Line) -> u32 {
    match line.maker().map(|maker| &maker.person.password) {
        Some(Password::Sealed(_)) => TYPED_WEIGHT,
        Some(Password::Generated) | None => 1,
    }
}
