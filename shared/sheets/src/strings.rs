//! The shared strings: one arena and one offset each, in memory up to a bound and beyond it in a temporary file.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::container::Package;
use crate::limits::{STRINGS_MAX, STRINGS_MEMORY_BYTES};
use crate::text;
use crate::unusable::{Fault, Unusable};

/// All shared strings of a workbook, by index. Costs 4 bytes a string and its text; at most 24 MiB of text in memory.
#[derive(Default)]
pub(crate) struct SharedStrings {
    ends: Vec<u32>,
    memory: Vec<u8>,
    spill: Option<BufWriter<File>>,
    temp_dir: PathBuf,
}

impl SharedStrings {
    /// Reads the part of this name.
    pub(crate) fn read(package: &mut Package, part: &str, temp_dir: &Path) -> Result<Self, Fault> {
        let mut xml = package.part(part)?.ok_or(Unusable::Malformed("no shared strings"))?;
        let mut strings = Self::to_spill_in(temp_dir);
        let mut item = String::new();
        xml.root("sst")?;
        while let Some(is_item) = xml.child(|tag| Ok(tag.is("si")))? {
            if is_item {
                item.clear();
                text::rich(&mut xml, &mut item)?;
                strings.push(&text::decode(&item)?)?;
            } else {
                xml.skip()?;
            }
        }
        xml.finish()?;
        strings.settle().map_err(Fault::Disk)?;
        Ok(strings)
    }

    fn to_spill_in(temp_dir: &Path) -> Self {
        Self { temp_dir: temp_dir.to_owned(), ..Self::default() }
    }

    /// Appends the string of this index to `text`.
    pub(crate) fn copy(&mut self, index: usize, text: &mut String) -> Result<(), Fault> {
        let missing = Unusable::Malformed("a shared string");
        let end = u64::from(*self.ends.get(index).ok_or(missing)?);
        let start = self.end(index);
        let bytes = if start < STRINGS_MEMORY_BYTES {
            self.remembered(start, end).ok_or(missing)?
        } else {
            self.spilled(start, end).map_err(Fault::Disk)?
        };
        text.push_str(&String::from_utf8_lossy(&bytes));
        Ok(())
    }

    fn push(&mut self, text: &str) -> Result<(), Fault> {
        let start = self.end(self.ends.len());
        let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
        let end = u32::try_from(start.saturating_add(length)).map_err(|_| Unusable::TooLarge)?;
        if self.ends.len() >= STRINGS_MAX {
            return Err(Unusable::TooLarge.into());
        }
        if start < STRINGS_MEMORY_BYTES {
            self.memory.extend_from_slice(text.as_bytes());
        } else {
            self.spill(text.as_bytes()).map_err(Fault::Disk)?;
        }
        self.ends.push(end);
        Ok(())
    }

    /// Where the string before `index` ends, so where this one begins.
    fn end(&self, index: usize) -> u64 {
        let previous = index.checked_sub(1).and_then(|index| self.ends.get(index));
        previous.copied().map_or(0, u64::from)
    }

    fn remembered(&self, start: u64, end: u64) -> Option<std::borrow::Cow<'_, [u8]>> {
        let range = usize::try_from(start).ok()?..usize::try_from(end).ok()?;
        self.memory.get(range).map(std::borrow::Cow::Borrowed)
    }

    /// The last string in memory may reach beyond the bound, so the file begins where the memory ends.
    fn spilled(&mut self, start: u64, end: u64) -> std::io::Result<std::borrow::Cow<'_, [u8]>> {
        let kept = u64::try_from(self.memory.len()).unwrap_or(u64::MAX);
        let mut found = Vec::new();
        if let Some(spill) = &mut self.spill {
            let file = spill.get_mut();
            file.seek(SeekFrom::Start(start.saturating_sub(kept)))?;
            file.take(end.saturating_sub(start)).read_to_end(&mut found)?;
        }
        Ok(found.into())
    }

    fn spill(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        let spill = match self.spill.take() {
            Some(spill) => spill,
            None => BufWriter::new(tempfile::tempfile_in(&self.temp_dir)?),
        };
        self.spill.insert(spill).write_all(bytes)
    }

    fn settle(&mut self) -> std::io::Result<()> {
        self.memory.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.spill.as_mut().map_or(Ok(()), Write::flush)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_is_the_same_from_memory_and_from_the_file() {
        let text = |index: usize| format!("{index} {}", "ü".repeat(index % 9_000));
        let folder = tempfile::tempdir().unwrap();
        let mut strings = SharedStrings::to_spill_in(folder.path());
        for index in 0..6_000 {
            strings.push(&text(index)).unwrap();
        }
        strings.settle().unwrap();
        assert!(strings.spill.is_some(), "the test must reach the file");
        for index in (0..6_000).rev() {
            let mut found = String::new();
            strings.copy(index, &mut found).unwrap();
            assert_eq!(found, text(index));
        }
        assert!(strings.copy(6_000, &mut String::new()).is_err());
    }
}
