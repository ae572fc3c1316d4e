//! Which cell formats show a number as a date.

use std::collections::HashMap;

use crate::container::Package;
use crate::dates::{self, Shown};
use crate::limits::STYLES_MAX;
use crate::unusable::{Fault, Unusable};
use crate::xml::{Tag, Xml};

/// For each cell format (`s` of a cell) how it shows a number.
#[derive(Default)]
pub(crate) struct Styles(Vec<Shown>);

enum Section {
    Formats,
    Cells,
    Other,
}

impl Styles {
    /// Reads the part of this name.
    pub(crate) fn read(package: &mut Package, part: &str) -> Result<Self, Fault> {
        let mut xml = package.part(part)?.ok_or(Unusable::Malformed("no styles"))?;
        let (mut formats, mut cells) = (HashMap::new(), Vec::new());
        xml.root("styleSheet")?;
        while let Some(section) = xml.child(section)? {
            match section {
                Section::Formats => read_formats(&mut xml, &mut formats)?,
                Section::Cells => read_cells(&mut xml, &mut cells)?,
                Section::Other => xml.skip()?,
            }
        }
        xml.finish()?;
        let shown = |id: u32| formats.get(&id).copied().unwrap_or_else(|| dates::built_in(id));
        Ok(Self(cells.into_iter().map(shown).collect()))
    }

    /// How the cell format of this index shows a number; unknown ones show it plainly.
    pub(crate) fn shown(&self, index: usize) -> Shown {
        self.0.get(index).copied().unwrap_or(Shown::Number)
    }
}

fn section(tag: &Tag<'_>) -> Result<Section, Unusable> {
    Ok(match tag {
        tag if tag.is("numFmts") => Section::Formats,
        tag if tag.is("cellXfs") => Section::Cells,
        _ => Section::Other,
    })
}

fn read_formats(xml: &mut Xml<'_>, formats: &mut HashMap<u32, Shown>) -> Result<(), Fault> {
    while let Some((id, code)) = xml.child(|tag| Ok((number(tag)?, tag.attribute("formatCode")?)))? {
        formats.insert(id, dates::custom(&code.unwrap_or_default()));
        bound(formats.len())?;
        xml.skip()?;
    }
    Ok(())
}

fn read_cells(xml: &mut Xml<'_>, cells: &mut Vec<u32>) -> Result<(), Fault> {
    while let Some(id) = xml.child(number)? {
        cells.push(id);
        bound(cells.len())?;
        xml.skip()?;
    }
    Ok(())
}

fn number(tag: &Tag<'_>) -> Result<u32, Unusable> {
    let id = tag.attribute("numFmtId")?;
    Ok(id.and_then(|id| id.trim().parse().ok()).unwrap_or(0))
}

fn bound(count: usize) -> Result<(), Unusable> {
    if count > STYLES_MAX { Err(Unusable::Malformed("too many styles")) } else { Ok(()) }
}
