//! The result: a workbook that says of every row what became of it, and the job's end.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use blobs::Body;
use domain::id::OrganizationId;
use domain::import::{Counts, Job, State, result_key};
use domain::import_row::Reason;
use domain::{Error, Result};
use sheets::{Added, Created, MEDIA_TYPE, Refused, ResultBook};
use tempfile::NamedTempFile;

use crate::import_key::ImportKey;
use crate::plan::{Join, Line, Maker, Password, Step, Who};
use crate::results::{Done, Outcome};
use crate::{App, applied, apply, disk, places, plan, results};

const BY_GENERATED: &str = "e-mail, confirmed first if a link was mailed, and this temporary password, to be changed at first sign-in, valid 7 days";
const BY_DRY_RUN: &str =
    "e-mail, confirmed first if a link is mailed, and a temporary password that the import will make";
const BY_TYPED: &str = "e-mail, confirmed first if a link was mailed, and the password of the sheet";

/// Writes the result, unless there is one, and completes the job. Doing it twice is harmless.
///
/// # Errors
/// `Unavailable` while a chunk has no results.
pub(crate) async fn run(app: &App, job: &Job) -> Result<()> {
    complete(app, job, false).await
}

/// The same for a job whose missing chunks will never be applied: of their rows those that no run had applied end as
/// `internal`.
///
/// # Errors
/// One that is not to be retried when the plan or a chunk is gone.
pub(crate) async fn give_up(app: &App, job: &Job) -> Result<()> {
    complete(app, job, true).await
}

async fn complete(app: &App, job: &Job, gives_up: bool) -> Result<()> {
    let plan = plan::fetch(app, job).await?.ok_or_else(|| Error::internal("the plan is gone"))?;
    let done = collect(app, job, gives_up).await?;
    let key = if job.dry_run { None } else { Some(ImportKey::of(app, job).await?) };
    let result = app.temp_file()?;
    let (path, temp_dir) = (result.path().to_owned(), app.temp_dir.clone());
    let written = tokio::task::spawn_blocking(move || write(plan.path(), done.path(), key.as_ref(), &path, &temp_dir));
    let counts = written.await.map_err(Error::internal)??;
    app.blobs.put_new(&result_key(job.id), Body::File(result.path().to_owned()), MEDIA_TYPE).await?;
    app.store.import_completed(&app.advance(Some(job))?, job, counts, &mut app.mint()).await
}

/// The results of all chunks in one file; none in a dry run, and none before the rows were split.
async fn collect(app: &App, job: &Job, gives_up: bool) -> Result<NamedTempFile> {
    let mut file = app.temp_file()?;
    let State::Running { chunks, .. } = job.state else { return Ok(file) };
    for name in (1..=chunks).map(places::numbered) {
        let done = match applied::find(app, job, &name).await? {
            Some(done) => done,
            None if gives_up => applied::keep(app, job, &name, apply::abandoned(app, job, &name).await?).await?,
            None => return Err(Error::unavailable("a chunk without results")),
        };
        file.write_all(&results::write(&done)?).map_err(disk)?;
    }
    file.flush().map_err(disk)?;
    Ok(file)
}

fn write(plan: &Path, done: &Path, key: Option<&ImportKey>, result: &Path, temp_dir: &Path) -> Result<Counts> {
    let done = BufReader::new(std::fs::File::open(done).map_err(disk)?).lines();
    let done = done.map(|line| serde_json::from_str::<Done>(&line.map_err(disk)?).map_err(Error::internal));
    let mut report = Report {
        book: ResultBook::new(temp_dir).map_err(Error::unavailable)?,
        counts: Counts::default(),
        organizations: HashMap::new(),
        unmade: HashSet::new(),
        key,
    };
    let mut done = done;
    for line in plan::lines(plan)? {
        report.row(&line?, &mut done)?;
    }
    report.book.save(result).map_err(Error::unavailable)?;
    Ok(report.counts)
}

struct Report<'a> {
    book: ResultBook,
    counts: Counts,
    /// The names that stood in earlier lines.
    organizations: HashMap<OrganizationId, String>,
    /// Rows that should have made a person but did not when they were applied: if the import made them all the same, it
    /// was with the first later row of that person.
    unmade: HashSet<u32>,
    /// None in a dry run.
    key: Option<&'a ImportKey>,
}

impl Report<'_> {
    fn row(&mut self, line: &Line, done: &mut impl Iterator<Item = Result<Done>>) -> Result<()> {
        let outcome = match &line.step {
            Step::Refuse { reason } => Outcome::Refused(*reason),
            Step::Join(join) if self.key.is_none() => foreseen(join),
            Step::Join(_) => next(line, done)?,
        };
        if let Step::Join(Join { organization: Some(name), .. }) = &line.step {
            self.organizations.insert(line.to()?, name.clone());
        }
        let outcome = self.settle(line, outcome);
        outcome.count(&mut self.counts);
        match (outcome, &line.step) {
            (Outcome::Refused(reason), _) => self.refused(line, reason),
            (Outcome::Created, Step::Join(join)) => self.created(line, join),
            (Outcome::Joined | Outcome::Added, Step::Join(join)) => self.added(line, join),
            (Outcome::Created | Outcome::Joined | Outcome::Added, Step::Refuse { .. }) => {
                Err(Error::internal("a refused row was applied"))
            }
        }
    }

    /// Whoever is made by a later row than planned is shown there, with the password. An account that this import did
    /// not make has another password, so its row stays what it is.
    fn settle(&mut self, line: &Line, outcome: Outcome) -> Outcome {
        let Step::Join(Join { who, .. }) = &line.step else { return outcome };
        match (who, outcome) {
            (Who::New(_), Outcome::Refused(_) | Outcome::Added) => {
                self.unmade.insert(line.row);
                outcome
            }
            (Who::MadeBy { row, .. }, Outcome::Joined) if self.unmade.remove(row) => Outcome::Created,
            _ => outcome,
        }
    }

    fn created(&mut self, line: &Line, join: &Join) -> Result<()> {
        let maker = line.maker().ok_or_else(|| Error::internal("a known person was created"))?;
        let (password, sign_in) = self.password(maker)?;
        let row = Created {
            row: line.row,
            org_id: &line.org_id,
            organization: named(&self.organizations, line)?,
            email: &line.email,
            display_name: maker.person.name.as_str(),
            role: join.role.as_str(),
            password: &password,
            sign_in,
        };
        self.book.created(&row).map_err(Error::unavailable)
    }

    fn password(&self, maker: Maker<'_>) -> Result<(zeroize::Zeroizing<String>, &'static str)> {
        match (&maker.person.password, self.key) {
            (Password::Sealed(_), _) => Ok((zeroize::Zeroizing::default(), BY_TYPED)),
            (Password::Generated, None) => Ok((zeroize::Zeroizing::default(), BY_DRY_RUN)),
            (Password::Generated, Some(key)) => Ok((key.generated(maker.row)?, BY_GENERATED)),
        }
    }

    fn added(&mut self, line: &Line, join: &Join) -> Result<()> {
        let Line { row, org_id, email, .. } = line;
        let organization = named(&self.organizations, line)?;
        let row = Added { row: *row, org_id, organization, email, role: join.role.as_str() };
        self.book.added(&row).map_err(Error::unavailable)
    }

    fn refused(&mut self, line: &Line, reason: Reason) -> Result<()> {
        let Line { row, org_id, email, .. } = line;
        let row = Refused { row: *row, org_id, email, reason: reason.code(), explanation: reason.words() };
        self.book.refused(&row).map_err(Error::unavailable)
    }
}

fn named<'a>(organizations: &'a HashMap<OrganizationId, String>, line: &Line) -> Result<&'a str> {
    let name = organizations.get(&line.to()?);
    name.map(String::as_str).ok_or_else(|| Error::internal("an organization that no line names"))
}

/// What a dry run says would become of a row.
fn foreseen(join: &Join) -> Outcome {
    match join.who {
        Who::New(_) => Outcome::Created,
        Who::MadeBy { .. } => Outcome::Joined,
        Who::Known(_) => Outcome::Added,
    }
}

/// Plan and results are in the same order.
fn next(line: &Line, done: &mut impl Iterator<Item = Result<Done>>) -> Result<Outcome> {
    match done.next().transpose()? {
        Some(Done { row, outcome }) if row == line.row => Ok(outcome),
        Some(_) | None => Err(Error::internal("results that do not fit the plan")),
    }
}
