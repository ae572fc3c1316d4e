//! Rows of a bulk import on their way in, and what becomes of them.

use domain::id::UserId;
use domain::import_row::Reason;
use domain::name::DisplayName;
use domain::{Email, OrgRole, Timestamp};

/// A person that an import makes.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// Follows from the import and the row that makes the person.
    pub id: UserId,
    /// As typed.
    pub email: Email,
    /// As typed.
    pub display_name: DisplayName,
    /// The password's hash.
    pub password: String,
    /// When a generated password dies; none for one that was typed.
    pub password_until: Option<Timestamp>,
    /// Whether the account waits until its e-mail is confirmed.
    pub must_confirm: bool,
}

/// Who joins.
#[derive(Clone, Debug)]
pub enum Joiner {
    /// Somebody new; `made_here` unless an earlier row of the same workbook makes them too.
    New {
        /// Whom.
        person: Box<NewPerson>,
        /// Whether this row is the one that makes them.
        made_here: bool,
    },
    /// Somebody with an account.
    Known(UserId),
}

/// A valid row, ready to be applied.
#[derive(Clone, Debug)]
pub struct PlannedJoin {
    /// The row's number in the sheet.
    pub row: u32,
    /// Names import and row; a membership with this mark is this row's own work.
    pub mark: String,
    /// In which role.
    pub role: OrgRole,
    /// Who.
    pub joiner: Joiner,
}

impl PlannedJoin {
    /// The person whom this row makes, if it is planned to make one.
    pub(crate) fn makes(&self) -> Option<&NewPerson> {
        match &self.joiner {
            Joiner::New { person, made_here: true } => Some(person),
            Joiner::New { .. } | Joiner::Known(_) => None,
        }
    }
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowOutcome {
    /// The account was made for this row and joined.
    Created,
    /// The account that this import makes for another row of the same person joined.
    Joined,
    /// Somebody joined whose account this import did not make.
    Added,
    /// It was refused after all: something changed since the sheet was validated.
    Refused(Reason),
}
