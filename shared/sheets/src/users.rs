//! The rows of the sheet `Users`, one at a time.

use std::fmt;

use crate::cells::{self, Head, Values};
use crate::columns::Columns;
use crate::container::Package;
use crate::limits::{LAST_COLUMN, LAST_ROW, ROWS_MAX};
use crate::unusable::{Fault, Unusable};
use crate::xml::Xml;

const ORDER: Unusable = Unusable::Malformed("the order of rows and cells");

/// One row as typed, trimmed; `""` is a blank cell or a column that the sheet lacks.
#[derive(Default, PartialEq, Eq)]
pub struct Row {
    /// The row's number in the sheet, from 1.
    pub number: u32,
    /// Column `org_id`.
    pub org_id: String,
    /// Column `email`.
    pub email: String,
    /// Column `display_name`.
    pub display_name: String,
    /// Column `role`.
    pub role: String,
    /// Column `password`.
    pub password: String,
}

/// Leaves the password out, so that it reaches no log.
impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, org_id, email, display_name, role, password: _ } = self;
        let mut shown = f.debug_struct("Row");
        shown.field("number", number).field("org_id", org_id).field("email", email);
        shown.field("display_name", display_name).field("role", role).finish_non_exhaustive()
    }
}

/// Iterates over the filled rows below the header, in the sheet's order.
///
/// A row counts as filled if one of the five known columns holds more than white space. An error ends the iteration.
/// Only an iteration that ended without one has seen a sound sheet, so act on no row before.
pub struct Users<'a> {
    xml: Xml<'a>,
    values: &'a mut Values,
    columns: Columns,
    row: u32,
    filled: u32,
    ended: bool,
}

impl<'a> Users<'a> {
    pub(crate) fn open(package: &'a mut Package, values: &'a mut Values, sheet: &str) -> Result<Self, Fault> {
        let mut xml = package.part(sheet)?.ok_or(Unusable::Malformed("no sheet"))?;
        xml.root("worksheet")?;
        let mut users = Self { xml, values, columns: Columns::default(), row: 0, filled: 0, ended: false };
        if users.enter_rows()? {
            users.read_header()?;
        }
        users.columns.check()?;
        Ok(users)
    }

    /// Steps into the sheet's data, if it has any.
    fn enter_rows(&mut self) -> Result<bool, Fault> {
        while let Some(is_data) = self.xml.child(|tag| Ok(tag.is("sheetData")))? {
            if is_data {
                return Ok(true);
            }
            self.xml.skip()?;
        }
        Ok(false)
    }

    /// The first row that is not empty is the header.
    fn read_header(&mut self) -> Result<(), Fault> {
        while let Some(mut row) = self.enter_row()? {
            let mut blank = true;
            let mut header = String::new();
            while let Some((column, head)) = self.enter_cell(&mut row)? {
                header.clear();
                self.values.read(&mut self.xml, &head, &mut header)?;
                blank &= header.trim().is_empty();
                self.columns.note(column, &header)?;
            }
            if !blank {
                break;
            }
        }
        Ok(())
    }

    fn next_row(&mut self) -> Result<Option<Row>, Fault> {
        while let Some(mut place) = self.enter_row()? {
            let mut fields: [String; 5] = Default::default();
            while let Some((column, head)) = self.enter_cell(&mut place)? {
                match self.columns.field(column).and_then(|field| fields.get_mut(field)) {
                    Some(field) => self.values.read(&mut self.xml, &head, field)?,
                    None => self.xml.skip()?,
                }
            }
            let fields = fields.map(|field| field.trim().to_owned());
            if fields.iter().any(|field| !field.is_empty()) {
                return self.count(fields).map(Some);
            }
        }
        self.leave_rows()?;
        Ok(None)
    }

    fn count(&mut self, fields: [String; 5]) -> Result<Row, Fault> {
        self.filled += 1;
        if self.filled > ROWS_MAX {
            return Err(Unusable::TooManyRows.into());
        }
        let [org_id, email, display_name, role, password] = fields;
        Ok(Row { number: self.row, org_id, email, display_name, role, password })
    }

    /// Reads what follows the rows. A second block of rows would be read by some programs and ignored by others.
    fn leave_rows(&mut self) -> Result<(), Fault> {
        if self.enter_rows()? {
            return Err(ORDER.into());
        }
        self.xml.finish()
    }

    /// Steps into the next row. A row without a number follows the one before it, unless its cells say otherwise.
    fn enter_row(&mut self) -> Result<Option<Place>, Fault> {
        loop {
            let number = |written: String| cells::row(&written).ok_or(Unusable::Malformed("a row's number"));
            let found = self.xml.child(|tag| Ok((tag.is("row"), tag.attribute("r")?)))?;
            let Some((is_row, written)) = found else { return Ok(None) };
            if !is_row {
                self.xml.skip()?;
                continue;
            }
            let given = written.map(number).transpose()?;
            let row = given.unwrap_or(self.row + 1);
            if row <= self.row || row > LAST_ROW {
                return Err(ORDER.into());
            }
            self.row = row;
            return Ok(Some(Place { column: 0, given: given.is_some() }));
        }
    }

    /// Steps into the next cell of the row and gives its column.
    fn enter_cell(&mut self, place: &mut Place) -> Result<Option<(u32, Head)>, Fault> {
        loop {
            match self.xml.child(Head::parse)? {
                None => return Ok(None),
                Some(None) => self.xml.skip()?,
                Some(Some(head)) => {
                    let (row, column) = head.at.unwrap_or((self.row, place.column + 1));
                    self.row = place.advance(self.row, row, column)?;
                    return Ok(Some((column, head)));
                }
            }
        }
    }
}

impl Iterator for Users<'_> {
    type Item = Result<Row, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let row = self.next_row().transpose();
        self.ended = !matches!(row, Some(Ok(_)));
        row
    }
}

/// How far a row has been read.
struct Place {
    column: u32,
    given: bool,
}

impl Place {
    /// Moves to a cell; gives the row's number, which its first cell sets if nothing else did.
    fn advance(&mut self, current: u32, row: u32, column: u32) -> Result<u32, Unusable> {
        let settled = self.given || self.column > 0;
        let fits = if settled { row == current } else { row >= current };
        if !fits || column <= self.column || column > LAST_COLUMN {
            return Err(ORDER);
        }
        self.column = column;
        Ok(row)
    }
}
