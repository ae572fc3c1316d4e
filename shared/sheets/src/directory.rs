//! The zip's directory, read strictly: one reading only, bounded before anything is allocated.
//!
//! Where programs could disagree about what a zip holds (a second directory, a name twice, a count that lies), it is
//! refused. Layout: PKWARE APPNOTE 6.3.10, sections 4.3.12 to 4.3.16.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use crate::bytes::Bytes;
use crate::limits::{DIRECTORY_BYTES_MAX, ENTRIES_MAX};
use crate::unusable::{Fault, Unusable};

const END: &[u8] = b"PK\x05\x06";
const END_BYTES: usize = 22;
const END_64: &[u8] = b"PK\x06\x06";
const END_64_BYTES: u64 = 56;
const LOCATOR_64: &[u8] = b"PK\x06\x07";
const LOCATOR_64_BYTES: u64 = 20;
const HEADER: &[u8] = b"PK\x01\x02";
const DAMAGED: Unusable = Unusable::Malformed("the zip's directory");

/// One file inside the zip, as its directory tells it.
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) flags: u16,
    pub(crate) method: u16,
    pub(crate) crc: u32,
    pub(crate) packed: u64,
    pub(crate) size: u64,
    pub(crate) offset: u64,
}

/// Where the directory lies, and how many entries it says to have.
struct Extent {
    entries: u64,
    size: u64,
    offset: u64,
}

/// Reads all entries of a zip of `length` bytes.
pub(crate) fn read(file: &mut File, length: u64) -> Result<Vec<Entry>, Fault> {
    let extent = find(file, length)?;
    if extent.entries > ENTRIES_MAX || extent.size > DIRECTORY_BYTES_MAX {
        return Err(Unusable::Malformed("too many parts").into());
    }
    let directory = read_at(file, extent.offset, extent.size)?;
    let mut rest = Bytes::new(&directory);
    let entries: Vec<Entry> = (0..extent.entries).map_while(|_| header(&mut rest)).collect();
    let whole = u64::try_from(entries.len()) == Ok(extent.entries) && rest.is_empty();
    whole.then_some(entries).ok_or(Fault::Unusable(DAMAGED))
}

/// Reads `count` bytes from `offset`, which must lie in the file; fewer there mean that the zip lies about itself.
pub(crate) fn read_at(file: &mut File, offset: u64, count: u64) -> Result<Vec<u8>, Fault> {
    file.seek(SeekFrom::Start(offset)).map_err(Fault::Disk)?;
    let mut found = Vec::new();
    file.take(count).read_to_end(&mut found).map_err(Fault::Disk)?;
    let whole = u64::try_from(found.len()) == Ok(count);
    whole.then_some(found).ok_or(Fault::Unusable(DAMAGED))
}

/// The end record is the last one whose comment reaches exactly to the end of the file.
fn find(file: &mut File, length: u64) -> Result<Extent, Fault> {
    let reach = length.min(65_535 + 22);
    let tail = read_at(file, length - reach, reach)?;
    let starts = (0..=tail.len().saturating_sub(END_BYTES)).rev();
    let (at, extent) = starts.filter_map(|at| Some((at, end_record(tail.get(at..)?)?))).next().ok_or(DAMAGED)?;
    let position = length - reach + u64::try_from(at).map_err(|_| DAMAGED)?;
    let saturated = extent.entries == 0xFFFF || extent.size == 0xFFFF_FFFF || extent.offset == 0xFFFF_FFFF;
    let (extent, limit) = if saturated { find_64(file, position)? } else { (extent, position) };
    let inside = extent.offset.checked_add(extent.size).is_some_and(|end| end <= limit);
    inside.then_some(extent).ok_or(Fault::Unusable(DAMAGED))
}

fn end_record(tail: &[u8]) -> Option<Extent> {
    let mut record = Bytes::new(tail);
    if record.take(4)? != END || record.u16()? != 0 || record.u16()? != 0 {
        return None;
    }
    let (here, entries) = (record.u16()?, record.u16()?);
    let (size, offset, comment) = (record.u32()?, record.u32()?, record.u16()?);
    record.skip(comment.into())?;
    (record.is_empty() && here == entries).then_some(Extent {
        entries: entries.into(),
        size: size.into(),
        offset: offset.into(),
    })
}

/// Some programs write 64-bit records whatever the size.
fn find_64(file: &mut File, end: u64) -> Result<(Extent, u64), Fault> {
    let at = end.checked_sub(LOCATOR_64_BYTES).ok_or(DAMAGED)?;
    let locator = read_at(file, at, LOCATOR_64_BYTES)?;
    let position = locator_64(&locator).filter(|position| *position < at).ok_or(DAMAGED)?;
    let record = read_at(file, position, END_64_BYTES)?;
    Ok((end_record_64(&record).ok_or(DAMAGED)?, position))
}

fn locator_64(record: &[u8]) -> Option<u64> {
    let mut record = Bytes::new(record);
    (record.take(4)? == LOCATOR_64 && record.u32()? == 0).then_some(())?;
    record.u64()
}

fn end_record_64(record: &[u8]) -> Option<Extent> {
    let mut record = Bytes::new(record);
    (record.take(4)? == END_64).then_some(())?;
    // Record size, two versions, two disk numbers, entries on this disk.
    record.skip(8 + 2 + 2 + 4 + 4 + 8)?;
    Some(Extent { entries: record.u64()?, size: record.u64()?, offset: record.u64()? })
}

fn header(rest: &mut Bytes<'_>) -> Option<Entry> {
    (rest.take(4)? == HEADER).then_some(())?;
    rest.skip(2 + 2)?;
    let (flags, method) = (rest.u16()?, rest.u16()?);
    rest.skip(2 + 2)?;
    let crc = rest.u32()?;
    let (packed, size) = (u64::from(rest.u32()?), u64::from(rest.u32()?));
    let (name, extra, comment) = (rest.u16()?, rest.u16()?, rest.u16()?);
    rest.skip(2 + 2 + 4)?;
    let offset = u64::from(rest.u32()?);
    let name = String::from_utf8_lossy(rest.take(name.into())?).into_owned();
    let extra = rest.take(extra.into())?;
    rest.skip(comment.into())?;
    let entry = Entry { name, flags, method, crc, packed, size, offset };
    widen(entry, extra)
}

/// Replaces the saturated 32-bit fields by those of the 64-bit extra field, which holds only these, in this order.
fn widen(entry: Entry, extra: &[u8]) -> Option<Entry> {
    let Entry { name, flags, method, crc, .. } = entry;
    let mut wide = Bytes::new(extra_64(extra).unwrap_or_default());
    let mut pick = |narrow: u64| if narrow == 0xFFFF_FFFF { wide.u64() } else { Some(narrow) };
    let (size, packed, offset) = (pick(entry.size)?, pick(entry.packed)?, pick(entry.offset)?);
    Some(Entry { name, flags, method, crc, packed, size, offset })
}

fn extra_64(extra: &[u8]) -> Option<&[u8]> {
    let mut rest = Bytes::new(extra);
    loop {
        let (id, length) = (rest.u16()?, rest.u16()?);
        let field = rest.take(length.into())?;
        if id == 1 {
            return Some(field);
        }
    }
}
