//! Lets a parser see only as much as it may: bytes and tokens of the book, bytes of the part, and bytes of one token.

use std::io::{self, BufRead, BufReader, Read};

use crate::limits::{INFLATED_BYTES_MAX, TOKEN_BYTES_MAX, TOKENS_MAX};
use crate::part::Checked;
use crate::unusable::Unusable;

/// What is left for all parts that are still to be read.
pub(crate) struct Allowance {
    bytes: u64,
    tokens: u64,
}

impl Allowance {
    /// What a whole book may take.
    pub(crate) fn of_a_book() -> Self {
        Self { bytes: INFLATED_BYTES_MAX, tokens: TOKENS_MAX }
    }
}

/// A buffered reader with four allowances. Bytes count when they are consumed.
pub(crate) struct Gate<'a> {
    inner: BufReader<Checked<'a>>,
    book: &'a mut Allowance,
    part: u64,
    token: usize,
    refused: Option<Unusable>,
}

impl<'a> Gate<'a> {
    pub(crate) fn new(inner: Checked<'a>, book: &'a mut Allowance, part: u64) -> Self {
        let inner = BufReader::with_capacity(32 * 1024, inner);
        Self { inner, book, part, token: TOKEN_BYTES_MAX, refused: None }
    }

    /// Begins a new token: without this call the parser is stopped, as it keeps each token in memory.
    pub(crate) fn next_token(&mut self) {
        self.book.tokens = self.book.tokens.saturating_sub(1);
        self.token = TOKEN_BYTES_MAX;
    }

    /// Which allowance was used up, if a read failed for that reason.
    pub(crate) fn refused(&self) -> Option<Unusable> {
        self.refused
    }

    fn exhausted(&self) -> Option<Unusable> {
        if self.book.bytes == 0 || self.book.tokens == 0 || self.part == 0 {
            return Some(Unusable::TooLarge);
        }
        (self.token == 0).then_some(Unusable::TooLarge)
    }
}

impl Read for Gate<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Gate<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let exhausted = self.exhausted();
        let available = self.inner.fill_buf()?;
        if exhausted.is_some() && !available.is_empty() {
            self.refused = exhausted;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(available.get(..self.token).unwrap_or(available))
    }

    fn consume(&mut self, count: usize) {
        let wide = u64::try_from(count).unwrap_or(u64::MAX);
        self.book.bytes = self.book.bytes.saturating_sub(wide);
        self.part = self.part.saturating_sub(wide);
        self.token = self.token.saturating_sub(count);
        self.inner.consume(count);
    }
}
