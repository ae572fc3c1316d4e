//! An object of text, one line at a time.

use bytes::BytesMut;

use crate::fault::{Fault, Kind};
use crate::stream::Chunks;

/// The longest line that is read.
pub const LINE_BYTES_MAX: usize = 1024 * 1024;

/// The lines of an object. Holds one line and what came with it, not the object; a connection that breaks while the caller
/// is busy with a line is taken up where it was.
pub struct Lines {
    chunks: Chunks,
    buffer: BytesMut,
    /// So much of the buffer is known to hold no end of a line.
    searched: usize,
}

impl Lines {
    pub(crate) fn new(chunks: Chunks) -> Self {
        Self { chunks, buffer: BytesMut::new(), searched: 0 }
    }

    /// The next line without its `\n`, or none at the end. The last line needs no `\n`.
    ///
    /// # Errors
    /// [`Kind::TooLarge`] for a line above [`LINE_BYTES_MAX`]; [`Kind::Unexpected`] for one that is not UTF-8;
    /// [`Kind::Unavailable`] if the rest cannot be had. After an error the place in the object is lost.
    pub async fn next_line(&mut self) -> Result<Option<String>, Fault> {
        loop {
            if let Some(line) = self.take_line() {
                return text(&line).map(Some);
            }
            if self.buffer.len() > LINE_BYTES_MAX {
                return Err(too_long());
            }
            match self.chunks.next().await? {
                Some(bytes) => self.buffer.extend_from_slice(&bytes),
                None if self.buffer.is_empty() => return Ok(None),
                None => return text(&self.take(self.buffer.len())).map(Some),
            }
        }
    }

    fn take_line(&mut self) -> Option<BytesMut> {
        let end = self.buffer.iter().skip(self.searched).position(|byte| *byte == b'\n');
        let Some(end) = end.map(|end| end + self.searched) else {
            self.searched = self.buffer.len();
            return None;
        };
        let mut line = self.take(end + 1);
        line.truncate(end);
        Some(line)
    }

    fn take(&mut self, bytes: usize) -> BytesMut {
        self.searched = 0;
        self.buffer.split_to(bytes)
    }
}

fn text(line: &[u8]) -> Result<String, Fault> {
    if line.len() > LINE_BYTES_MAX {
        return Err(too_long());
    }
    let text = std::str::from_utf8(line).map_err(|_| Fault::new(Kind::Unexpected, "a line that is not UTF-8"))?;
    Ok(text.to_owned())
}

fn too_long() -> Fault {
    Fault::new(Kind::TooLarge, format!("a line of more than {LINE_BYTES_MAX} bytes"))
}
