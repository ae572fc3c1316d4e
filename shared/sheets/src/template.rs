//! The template: a sheet `Users` to fill in, and a sheet `Workspaces` that lists the organizations.

use std::path::Path;

use rust_xlsxwriter::{DataValidation, Format, Worksheet};

use crate::columns::NAMES;
use crate::limits::ROWS_MAX;
use crate::writing::{self, Unwritten};

const ROLES: [&str; 3] = ["owner", "admin", "member"];
const WIDTHS: [u16; 5] = [34, 34, 28, 12, 28];
const ROLE_COLUMN: u16 = 3;

/// An active organization, as the template lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// The organization's id, which goes into the column `org_id`.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Writes the template to `path`. Memory does not grow with the number of workspaces.
///
/// # Errors
/// [`Unwritten`] if the disk failed or there are more than 1,048,575 workspaces.
pub fn write_template(path: &Path, workspaces: impl IntoIterator<Item = Workspace>) -> Result<(), Unwritten> {
    let mut book = writing::book()?;
    write_users(book.add_worksheet())?;
    let sheet = book.add_worksheet_with_constant_memory()?;
    writing::head(sheet, "Workspaces", &[("id", 34), ("name", 60)])?;
    for (row, Workspace { id, name }) in (1..).zip(workspaces) {
        writing::texts(sheet, row, 0, &[&id, &name])?;
    }
    book.save(path)?;
    Ok(())
}

fn write_users(sheet: &mut Worksheet) -> Result<(), Unwritten> {
    let columns: Vec<_> = NAMES.into_iter().zip(WIDTHS).collect();
    // As text, so that a password of digits keeps its leading zeros.
    let text = Format::new().set_num_format("@");
    for column in 0..5 {
        sheet.set_column_format(column, &text)?;
    }
    writing::head(sheet, "Users", &columns)?;
    let choice = DataValidation::new()
        .allow_list_strings(&ROLES)?
        .set_error_title("Role")?
        .set_error_message("owner, admin or member; blank means member.")?;
    sheet.add_data_validation(1, ROLE_COLUMN, ROWS_MAX, ROLE_COLUMN, &choice)?;
    Ok(())
}
