//! The plan: one line a filled row, with all that applying and reporting it needs. Passwords are sealed or absent.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use blobs::Kind;
use domain::id::{OrganizationId, UserId};
use domain::import::Job;
use domain::import_row::Reason;
use domain::name::DisplayName;
use domain::{Error, OrgRole, Result};
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::{App, disk, places};

/// A plan above this is no honest workbook's: 200,000 rows of the longest fields that are allowed take less.
pub(crate) const PLAN_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// What plans, chunks and their results are.
pub(crate) const LINES: &str = "application/x-ndjson";

/// One filled row.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Line {
    /// The row's number in the sheet.
    pub(crate) row: u32,
    /// As typed.
    pub(crate) org_id: String,
    /// As typed.
    pub(crate) email: String,
    /// What is to be done.
    #[serde(flatten)]
    pub(crate) step: Step,
}

/// What is to be done with a row.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "step")]
pub(crate) enum Step {
    /// Let somebody join.
    Join(Join),
    /// Nothing.
    Refuse {
        /// Why.
        reason: Reason,
    },
}

/// Who joins the organization that the line names.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Join {
    /// The organization's name, for the result; only in the first line that lets somebody join it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) organization: Option<String>,
    /// In which role.
    pub(crate) role: OrgRole,
    /// Who.
    pub(crate) who: Who,
}

/// Who joins.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Who {
    /// A person that this row makes.
    New(Person),
    /// A person that an earlier row of the sheet makes: with all that making them needs, should this row come first.
    MadeBy {
        /// The earlier row's number.
        row: u32,
        /// The e-mail as it is typed there, where that differs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<String>,
        /// What else is typed there.
        person: Person,
    },
    /// A person with an account.
    Known(UserId),
}

/// A new person, but for the e-mail.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Person {
    /// As typed.
    pub(crate) name: DisplayName,
    /// Which password.
    pub(crate) password: Password,
}

/// The row that makes a person, and with what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Maker<'a> {
    /// Its number.
    pub(crate) row: u32,
    /// As typed there.
    pub(crate) email: &'a str,
    /// What else is typed there.
    pub(crate) person: &'a Person,
}

/// Which password a new person gets.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Password {
    /// One that follows from the import's key and the row.
    Generated,
    /// The one that was typed, sealed under the import's key.
    Sealed(String),
}

impl Line {
    /// Where to.
    ///
    /// # Errors
    /// For a line that lets nobody join and was given no id.
    pub(crate) fn to(&self) -> Result<OrganizationId> {
        self.org_id.parse().map_err(Error::internal)
    }

    /// The row that makes the line's person; none for somebody who has an account, and in a refused row.
    pub(crate) fn maker(&self) -> Option<Maker<'_>> {
        match &self.step {
            Step::Join(Join { who: Who::New(person), .. }) => Some(Maker { row: self.row, email: &self.email, person }),
            Step::Join(Join { who: Who::MadeBy { row, email, person }, .. }) => {
                Some(Maker { row: *row, email: email.as_deref().unwrap_or(&self.email), person })
            }
            Step::Join(Join { who: Who::Known(_), .. }) | Step::Refuse { .. } => None,
        }
    }
}

/// Brings a job's plan to a file; none if its object is gone, as it is a day later.
pub(crate) async fn fetch(app: &App, job: &Job) -> Result<Option<NamedTempFile>> {
    let file = app.temp_file()?;
    match app.blobs.download(&places::plan(job.id), file.path(), PLAN_BYTES_MAX).await {
        Ok(_) => Ok(Some(file)),
        Err(fault) if fault.kind() == Kind::NotFound => Ok(None),
        Err(fault) => Err(fault.into()),
    }
}

/// The lines of a plan, one after the other.
pub(crate) fn lines(path: &Path) -> Result<impl Iterator<Item = Result<Line>> + use<>> {
    let file = File::open(path).map_err(disk)?;
    Ok(BufReader::new(file).lines().map(|line| parse(&line.map_err(disk)?)))
}

/// The lines of a plan, or of a part of one, in memory.
pub(crate) fn parse_all(text: &[u8]) -> Result<Vec<Line>> {
    let text = std::str::from_utf8(text).map_err(Error::internal)?;
    text.lines().map(parse).collect()
}

fn parse(line: &str) -> Result<Line> {
    // The message of a line that cannot be read would repeat it.
    serde_json::from_str(line).map_err(|_| Error::internal("a line of a plan cannot be read"))
}
