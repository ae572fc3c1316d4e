//! The plan: one line a filled row, with all that applying and reporting it needs. Passwords are sealed or absent.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use domain::id::{OrganizationId, UserId};
use domain::import::Job;
use domain::import_row::Reason;
use domain::name::DisplayName;
use domain::{Error, OrgRole, Result};
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::{App, disk, places};

/// A plan above this is no honest workbook's: 200,000 rows of ordinary length take 60 MB.
pub(crate) const PLAN_BYTES_MAX: u64 = 100 * 1024 * 1024;
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

/// Who joins what.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Join {
    /// Where to.
    pub(crate) to: OrganizationId,
    /// Its name, for the result.
    pub(crate) organization: String,
    /// In which role.
    pub(crate) role: OrgRole,
    /// Who.
    pub(crate) who: Who,
}

/// Who joins.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Who {
    /// A person that this row makes.
    New(Maker),
    /// A person that an earlier row of the sheet makes: with all that making them needs, should this row come first.
    MadeBy(Maker),
    /// A person with an account.
    Known(UserId),
}

/// The row that makes a person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Maker {
    /// Its number.
    pub(crate) row: u32,
    /// As typed.
    pub(crate) email: String,
    /// As typed.
    pub(crate) name: DisplayName,
    /// Which password.
    pub(crate) password: Password,
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

/// Brings a job's plan to a file.
pub(crate) async fn fetch(app: &App, job: &Job) -> Result<NamedTempFile> {
    let file = app.temp_file()?;
    app.blobs.download(&places::plan(job.id), file.path(), PLAN_BYTES_MAX).await?;
    Ok(file)
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
