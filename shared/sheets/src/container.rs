//! The guard: decides from the container alone whether a file may be opened, and hands out its parts.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use crate::directory::{self, Entry};
use crate::gate::Allowance;
use crate::limits::FILE_BYTES_MAX;
use crate::part;
use crate::unusable::{Fault, Unusable};
use crate::xml::Xml;

const OLE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
const ZIP: &[u8] = b"PK\x03\x04";

/// A zip whose directory is sound. Parts are read one at a time, out of one allowance of bytes and tokens.
pub(crate) struct Package {
    file: File,
    entries: HashMap<String, Entry>,
    allowance: Allowance,
}

impl Package {
    /// Checks size, kind of container and names; inflates nothing.
    pub(crate) fn open(mut file: File) -> Result<Self, Fault> {
        let length = file.seek(SeekFrom::End(0)).map_err(Fault::Disk)?;
        if length > FILE_BYTES_MAX {
            return Err(Unusable::TooLarge.into());
        }
        check_magic(&mut file)?;
        let mut entries = HashMap::new();
        for entry in directory::read(&mut file, length)? {
            check_entry(&entry, length)?;
            // Names of parts are compared ignoring case (ECMA-376 part 2).
            if entries.insert(entry.name.to_lowercase(), entry).is_some() {
                return Err(Unusable::Malformed("two parts of one name").into());
            }
        }
        Ok(Self { file, entries, allowance: Allowance::of_a_book() })
    }

    /// Opens a part, or gives `None` if there is none of that name.
    pub(crate) fn part(&mut self, name: &str) -> Result<Option<Xml<'_>>, Fault> {
        let Some(entry) = self.entries.get(&name.to_lowercase()) else { return Ok(None) };
        part::open(&mut self.file, entry, &mut self.allowance).map(Some)
    }
}

fn check_magic(file: &mut File) -> Result<(), Fault> {
    file.rewind().map_err(Fault::Disk)?;
    let mut start = Vec::new();
    file.by_ref().take(8).read_to_end(&mut start).map_err(Fault::Disk)?;
    if start == OLE {
        return Err(if is_encrypted(file)? { Unusable::Encrypted } else { Unusable::NotXlsx }.into());
    }
    start.starts_with(ZIP).then_some(()).ok_or(Fault::Unusable(Unusable::NotXlsx))
}

/// Looks for the stream `EncryptedPackage` in the directory of the OLE container, whose records of 128 bytes begin
/// with the name in UTF-16 and lie on multiples of 128.
fn is_encrypted(file: &mut File) -> Result<bool, Fault> {
    let name: Vec<u8> = "EncryptedPackage\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
    file.rewind().map_err(Fault::Disk)?;
    let mut records = BufReader::with_capacity(64 * 1024, file);
    let mut record = Vec::with_capacity(128);
    loop {
        record.clear();
        records.by_ref().take(128).read_to_end(&mut record).map_err(Fault::Disk)?;
        if record.is_empty() || record.starts_with(&name) {
            return Ok(!record.is_empty());
        }
    }
}

fn check_entry(entry: &Entry, length: u64) -> Result<(), Unusable> {
    if entry.offset.checked_add(entry.packed).is_none_or(|end| end > length) {
        return Err(Unusable::Malformed("a part's place"));
    }
    let name = entry.name.as_str();
    let absolute = name.starts_with(['/', '\\']) || name.get(1..2) == Some(":");
    let climbs = name.split(['/', '\\']).any(|step| step == "..");
    if absolute || climbs || name.contains('\0') {
        return Err(Unusable::Malformed("a part's name"));
    }
    if entry.flags & 1 == 1 {
        return Err(Unusable::Encrypted);
    }
    Ok(())
}
