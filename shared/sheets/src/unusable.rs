//! Why a workbook cannot be imported, as a code for programs and a sentence for people.

use std::fmt;
use std::io;

use crate::limits::{FILE_BYTES_MAX, ROWS_MAX};

/// Why the file itself is refused. Reading it again gives the same answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// Not a plain `.xlsx`: another format, a macro workbook, a template, text.
    NotXlsx,
    /// Protected with a password to open.
    Encrypted,
    /// No sheet is called `Users`, or several are when case is ignored and none exactly.
    MissingUsersSheet,
    /// The first filled row lacks this required header.
    MissingHeader(&'static str),
    /// The first filled row has this header twice.
    DuplicateHeader(&'static str),
    /// Over 20 MB, or inflates to more than a workbook may.
    TooLarge,
    /// More than 200,000 filled rows.
    TooManyRows,
    /// Damaged, or unlike what any program writes; the text says where.
    Malformed(&'static str),
}

impl Unusable {
    /// The stable code, such as `not_xlsx` or `missing_header:email`.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::NotXlsx => "not_xlsx".to_owned(),
            Self::Encrypted => "encrypted".to_owned(),
            Self::MissingUsersSheet => "missing_users_sheet".to_owned(),
            Self::MissingHeader(name) => format!("missing_header:{name}"),
            Self::DuplicateHeader(name) => format!("duplicate_header:{name}"),
            Self::TooLarge => "too_large".to_owned(),
            Self::TooManyRows => "too_many_rows".to_owned(),
            Self::Malformed(_) => "malformed".to_owned(),
        }
    }
}

/// A sentence for the person who uploaded the file; it never repeats what the file holds.
impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotXlsx => f.write_str(
                "The file is not an Excel workbook (.xlsx). Save it as \"Excel Workbook\" and upload it again.",
            ),
            Self::Encrypted => {
                f.write_str("The workbook is protected with a password. Save it without one and upload it again.")
            }
            Self::MissingUsersSheet => f.write_str("The workbook needs one sheet called \"Users\"."),
            Self::MissingHeader(name) => {
                write!(f, "The first filled row of the sheet \"Users\" needs the header \"{name}\".")
            }
            Self::DuplicateHeader(name) => write!(f, "The sheet \"Users\" has the header \"{name}\" twice."),
            Self::TooLarge => write!(
                f,
                "The workbook is too large: at most {} MB, and no cell over 32,767 characters.",
                FILE_BYTES_MAX / 1024 / 1024
            ),
            Self::TooManyRows => {
                write!(f, "The sheet \"Users\" has more than {ROWS_MAX} filled rows. Split it into several files.")
            }
            Self::Malformed(part) => {
                write!(f, "The workbook is damaged ({part}). Open it in Excel, save it anew and upload it again.")
            }
        }
    }
}

impl std::error::Error for Unusable {}

/// Why reading ended early: the file's fault or the machine's.
#[derive(Debug)]
pub enum Fault {
    /// The file is refused for good.
    Unusable(Unusable),
    /// The disk failed; another attempt may succeed.
    Disk(io::Error),
}

impl Fault {
    /// Sorts an error that came through a reader: those with a number of the operating system are the machine's,
    /// all others were made from the file's bytes.
    pub(crate) fn sort(error: &io::Error, part: &'static str) -> Self {
        match error.raw_os_error() {
            Some(number) => Self::Disk(io::Error::from_raw_os_error(number)),
            None => Self::Unusable(Unusable::Malformed(part)),
        }
    }
}

impl From<Unusable> for Fault {
    fn from(unusable: Unusable) -> Self {
        Self::Unusable(unusable)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unusable(unusable) => unusable.fmt(f),
            Self::Disk(_) => f.write_str("The workbook could not be read from disk."),
        }
    }
}

impl std::error::Error for Fault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unusable(unusable) => Some(unusable),
            Self::Disk(error) => Some(error),
        }
    }
}
