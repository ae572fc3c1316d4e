//! One part of the zip as a stream: inflated, counted and checked against its checksum.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Take};

use flate2::CrcReader;
use flate2::read::DeflateDecoder;

use crate::bytes::Bytes;
use crate::directory::{self, Entry};
use crate::gate::{Allowance, Gate};
use crate::limits::{RATIO_FREE_BYTES, RATIO_MAX};
use crate::unusable::{Fault, Unusable};
use crate::xml::Xml;

const LOCAL: &[u8] = b"PK\x03\x04";
const DAMAGED: Unusable = Unusable::Malformed("a part's header");

/// Opens a part for reading; `allowance` is what is left for the book.
pub(crate) fn open<'a>(file: &'a mut File, entry: &Entry, allowance: &'a mut Allowance) -> Result<Xml<'a>, Fault> {
    let start = content_start(file, entry)?;
    file.seek(SeekFrom::Start(start)).map_err(Fault::Disk)?;
    let packed = file.take(entry.packed);
    let unpacked = match entry.method {
        0 => Unpacked::Stored(packed),
        8 => Unpacked::Deflated(DeflateDecoder::new(packed)),
        _ => return Err(Unusable::Malformed("a part's compression").into()),
    };
    let checked = Checked { inner: CrcReader::new(unpacked), crc: entry.crc, size: entry.size, read: 0 };
    let own = RATIO_FREE_BYTES.max(entry.packed.saturating_mul(RATIO_MAX));
    Ok(Xml::new(Gate::new(checked, allowance, own)))
}

/// Where the content begins. The name stands there a second time and must be the same.
fn content_start(file: &mut File, entry: &Entry) -> Result<u64, Fault> {
    let header = directory::read_at(file, entry.offset, 30)?;
    let (name, extra) = lengths(&header).ok_or(DAMAGED)?;
    let name_start = entry.offset.saturating_add(30);
    let found = directory::read_at(file, name_start, name.into())?;
    if String::from_utf8_lossy(&found) != entry.name.as_str() {
        return Err(DAMAGED.into());
    }
    Ok(name_start.saturating_add(u64::from(name) + u64::from(extra)))
}

fn lengths(header: &[u8]) -> Option<(u16, u16)> {
    let mut header = Bytes::new(header);
    (header.take(4)? == LOCAL).then_some(())?;
    header.skip(22)?;
    Some((header.u16()?, header.u16()?))
}

enum Unpacked<'a> {
    Stored(Take<&'a mut File>),
    Deflated(DeflateDecoder<Take<&'a mut File>>),
}

impl Read for Unpacked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Stored(inner) => inner.read(buffer),
            Self::Deflated(inner) => inner.read(buffer),
        }
    }
}

/// Fails at the end, unless length and checksum are those of the directory; fails at once beyond the length.
pub(crate) struct Checked<'a> {
    inner: CrcReader<Unpacked<'a>>,
    crc: u32,
    size: u64,
    read: u64,
}

impl Read for Checked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read = self.read.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        let ended = count == 0 && !buffer.is_empty();
        let wrong = self.read > self.size || ended && (self.read < self.size || self.inner.crc().sum() != self.crc);
        if wrong { Err(io::ErrorKind::InvalidData.into()) } else { Ok(count) }
    }
}
