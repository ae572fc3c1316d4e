//! Workbooks in and out: reads the sheet `Users` of an untrusted `.xlsx`, writes the import's template and result, and statements.

mod bytes;
mod cells;
mod columns;
mod container;
mod dates;
mod directory;
mod gate;
mod limits;
mod numbers;
mod part;
mod relations;
mod result_book;
mod statement_book;
mod strings;
mod styles;
mod template;
mod text;
mod unusable;
mod users;
mod workbook;
mod writing;
mod xml;

pub use limits::{FILE_BYTES_MAX, ROWS_MAX};
pub use result_book::{Added, Created, Refused, ResultBook};
pub use statement_book::{StatementCells, write_statement};
pub use template::{Workspace, write_template};
pub use unusable::{Fault, Unusable};
pub use users::{Row, Users};
pub use workbook::Workbook;
pub use writing::{MEDIA_TYPE, Unwritten};
