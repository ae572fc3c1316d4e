//! Opens a workbook: guard, kind, the sheet `Users`, formats and shared strings.

use std::fs::File;
use std::path::Path;

use crate::cells::Values;
use crate::container::Package;
use crate::dates::Epoch;
use crate::limits::CANDIDATES_MAX;
use crate::relations::{self, Relation};
use crate::strings::SharedStrings;
use crate::styles::Styles;
use crate::unusable::{Fault, Unusable};
use crate::users::Users;
use crate::xml::{Tag, Xml};

const PLAIN: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
const SHEET: &str = "Users";

/// An untrusted workbook that has a sheet `Users`.
///
/// Holds at most about 35 MB, whatever the file says: its shared strings; beyond 24 MiB of text they lie in a
/// temporary file. Nothing in the file is written under its own name, and no address in it is opened.
pub struct Workbook {
    package: Package,
    values: Values,
    sheet: String,
}

impl Workbook {
    /// Opens a workbook of at most 20 MB from the beginning of `file`. What does not fit into memory goes to a file
    /// without a name in `temp_dir`.
    ///
    /// # Errors
    /// [`Fault::Unusable`] for a file that no attempt can read, [`Fault::Disk`] if the disk failed.
    pub fn open(file: File, temp_dir: &Path) -> Result<Self, Fault> {
        let mut package = Package::open(file)?;
        let main = find_main(&mut package)?;
        let (sheets, epoch) = read_main(&mut package, &main)?;
        let wanted = |relation: &Relation| match relation.kind.as_str() {
            "worksheet" => sheets.iter().any(|sheet| sheet.id == relation.id),
            "sharedStrings" | "styles" => true,
            _ => false,
        };
        let relations = relations::read(&mut package, &main, wanted)?;
        let sheet = choose(&sheets, &relations)?;
        let values = read_values(&mut package, &relations, epoch, temp_dir)?;
        Ok(Self { package, values, sheet })
    }

    /// Reads the header of the sheet `Users` and gives its rows.
    ///
    /// # Errors
    /// As [`Workbook::open`]; also for a required header that is missing and a known one that is there twice.
    pub fn users(&mut self) -> Result<Users<'_>, Fault> {
        Users::open(&mut self.package, &mut self.values, &self.sheet)
    }
}

/// The name of the main part, if its type is that of a plain workbook: not one with macros, a template, a document.
fn find_main(package: &mut Package) -> Result<String, Fault> {
    let Some(types) = package.part("[Content_Types].xml")? else { return Err(Unusable::NotXlsx.into()) };
    let types = read_types(types)?;
    let main = relations::read(package, "", |relation| relation.kind == "officeDocument")?;
    let main = main.into_iter().next().ok_or(Unusable::NotXlsx)?.target;
    let extension = main.rsplit_once('.').map_or("", |(_, extension)| extension).to_lowercase();
    let part = format!("/{main}").to_lowercase();
    let named = types.iter().any(|plain| *plain == Plain::Part(part.clone()));
    let by_extension = types.iter().any(|plain| *plain == Plain::Extension(extension.clone()));
    if named || by_extension { Ok(main) } else { Err(Unusable::NotXlsx.into()) }
}

/// What the package says to be a plain workbook.
#[derive(PartialEq)]
enum Plain {
    Part(String),
    Extension(String),
    Nothing,
}

fn read_types(mut xml: Xml<'_>) -> Result<Vec<Plain>, Fault> {
    let mut found = Vec::new();
    xml.root("Types")?;
    while let Some(plain) = xml.child(plain)? {
        xml.skip()?;
        if plain != Plain::Nothing && found.len() < CANDIDATES_MAX {
            found.push(plain);
        }
    }
    xml.finish()?;
    Ok(found)
}

fn plain(tag: &Tag<'_>) -> Result<Plain, Unusable> {
    if tag.attribute("ContentType")?.is_none_or(|kind| !kind.trim().eq_ignore_ascii_case(PLAIN)) {
        return Ok(Plain::Nothing);
    }
    let part = tag.attribute("PartName")?.map(|name| Plain::Part(name.to_lowercase()));
    let extension = tag.attribute("Extension")?.map(|name| Plain::Extension(name.to_lowercase()));
    Ok(part.or(extension).unwrap_or(Plain::Nothing))
}

/// A sheet whose name is `Users` but for case.
struct Sheet {
    exact: bool,
    id: String,
}

enum Main {
    Settings(Epoch),
    Sheets,
    Other,
}

fn read_main(package: &mut Package, main: &str) -> Result<(Vec<Sheet>, Epoch), Fault> {
    let mut xml = package.part(main)?.ok_or(Unusable::Malformed("no workbook part"))?;
    let (mut sheets, mut epoch) = (Vec::new(), Epoch::default());
    xml.root("workbook")?;
    while let Some(section) = xml.child(section)? {
        match section {
            Main::Settings(found) => {
                epoch = found;
                xml.skip()?;
            }
            Main::Sheets => read_sheets(&mut xml, &mut sheets)?,
            Main::Other => xml.skip()?,
        }
    }
    xml.finish()?;
    Ok((sheets, epoch))
}

fn section(tag: &Tag<'_>) -> Result<Main, Unusable> {
    if tag.is("workbookPr") {
        let from_1904 = matches!(tag.attribute("date1904")?.as_deref(), Some("1" | "true"));
        return Ok(Main::Settings(if from_1904 { Epoch::Year1904 } else { Epoch::Year1900 }));
    }
    Ok(if tag.is("sheets") { Main::Sheets } else { Main::Other })
}

fn read_sheets(xml: &mut Xml<'_>, sheets: &mut Vec<Sheet>) -> Result<(), Fault> {
    while let Some(sheet) = xml.child(sheet)? {
        xml.skip()?;
        sheets.extend(sheet);
        if sheets.len() > CANDIDATES_MAX {
            return Err(Unusable::MissingUsersSheet.into());
        }
    }
    Ok(())
}

fn sheet(tag: &Tag<'_>) -> Result<Option<Sheet>, Unusable> {
    let name = tag.attribute("name")?.unwrap_or_default();
    if !name.eq_ignore_ascii_case(SHEET) {
        return Ok(None);
    }
    // The prefix is the file's choice; without one it would be the sheet's own number.
    let id = tag.find(|key| key.ends_with(":id"))?.unwrap_or_default();
    Ok(Some(Sheet { exact: name == SHEET, id }))
}

/// The exact name first, else the only one that matches. Chart sheets have no `worksheet` relation and do not count.
fn choose(sheets: &[Sheet], relations: &[Relation]) -> Result<String, Unusable> {
    let target = |sheet: &Sheet| {
        let mut fitting = relations.iter().filter(|relation| relation.kind == "worksheet" && relation.id == sheet.id);
        fitting.next().map(|relation| (sheet.exact, relation.target.clone()))
    };
    let found: Vec<_> = sheets.iter().filter_map(target).collect();
    let exact: Vec<_> = found.iter().filter(|(exact, _)| *exact).collect();
    match (exact.as_slice(), found.as_slice()) {
        ([(_, target)], _) | ([], [(_, target)]) => Ok(target.clone()),
        ([], _) => Err(Unusable::MissingUsersSheet),
        _ => Err(Unusable::Malformed("two sheets of one name")),
    }
}

fn read_values(package: &mut Package, relations: &[Relation], epoch: Epoch, temp_dir: &Path) -> Result<Values, Fault> {
    let target = |kind: &str| relations.iter().find(|relation| relation.kind == kind).map(|found| found.target.clone());
    let styles = match target("styles") {
        Some(part) => Styles::read(package, &part)?,
        None => Styles::default(),
    };
    let strings = match target("sharedStrings") {
        Some(part) => SharedStrings::read(package, &part, temp_dir)?,
        None => SharedStrings::default(),
    };
    Ok(Values { strings, styles, epoch })
}
