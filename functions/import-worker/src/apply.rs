//! Applies the rows of one chunk.

use std::collections::{BTreeMap, HashMap};

use blobs::Kind;
use domain::id::{OrganizationId, UserId};
use domain::import::{ApplyRow, Job, State};
use domain::import_row::Reason;
use domain::organization::{Organization, Status};
use domain::{Actor, Error, Granted, Result};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use store::{Chunk, Joiner, NewPerson, PlannedJoin, Trace};

use crate::import_key::ImportKey;
use crate::plan::{Join, Line, Step, Who};
use crate::results::{self, Done, Outcome};
use crate::{App, applied, finish, people, places, plan};

/// Organizations worked on at once.
const ORGANIZATIONS: usize = 4;
/// The longest honest chunk takes a tenth.
const CHUNK_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// As many as one look-up takes.
const LOOKUP_MAX: usize = 100;
/// The same for rows that may have been applied.
const TRACES_MAX: usize = 50;

/// Applies the chunk, unless that was done before, and marks it done; the last one makes the result.
pub(crate) async fn run(app: &App, job: &Job, name: &str) -> Result<()> {
    let done = match applied::find(app, job, name).await? {
        Some(done) => done,
        None => match lines(app, job, name).await? {
            Some(lines) => applied::keep(app, job, name, apply(app, job, &lines).await?).await?,
            None => {
                tracing::warn!(import = %job.id, name, "a chunk is gone; the sweep ends the import");
                return Ok(());
            }
        },
    };
    let chunk = Chunk { name: name.to_owned(), counts: results::count(&done) };
    let after = app.store.import_chunk_done(&app.advance(Some(job))?, job.id, &chunk, &app.mint()).await?;
    match after {
        Some(job) if is_last(&job) => finish::run(app, &job).await,
        _ => Ok(()),
    }
}

fn is_last(job: &Job) -> bool {
    matches!(job.state, State::Running { chunks, .. } if job.chunks_done >= chunks)
}

/// The rows of the chunk; none if its object is gone, as it is a day later.
async fn lines(app: &App, job: &Job, name: &str) -> Result<Option<Vec<Line>>> {
    match app.blobs.get(&places::chunk(job.id, name), CHUNK_BYTES_MAX).await {
        Ok(text) => plan::parse_all(&text).map(Some),
        Err(fault) if fault.kind() == Kind::NotFound => Ok(None),
        Err(fault) => Err(fault.into()),
    }
}

async fn apply(app: &App, job: &Job, lines: &[Line]) -> Result<Vec<Done>> {
    let people = people::of(app, job, lines).await?;
    let mut groups: BTreeMap<OrganizationId, Vec<PlannedJoin>> = BTreeMap::new();
    for line in lines {
        if let Step::Join(join) = &line.step {
            groups.entry(line.to()?).or_default().push(planned(job, line, join, &people)?);
        }
    }
    let organizations = &organizations(app, job, groups.keys().copied().collect()).await?;
    let work = stream::iter(groups).map(|(id, joins)| apply_group(app, job, organizations.get(&id), joins).boxed());
    let done: Vec<Vec<Done>> = work.buffer_unordered(ORGANIZATIONS).try_collect().await?;
    let mut done = done.concat();
    done.sort_by_key(|done| done.row);
    Ok(done)
}

fn planned(job: &Job, line: &Line, join: &Join, people: &HashMap<u32, NewPerson>) -> Result<PlannedJoin> {
    let person = |row: u32| {
        let person = people.get(&row).cloned().ok_or_else(|| Error::internal("a person that was not prepared"));
        person.map(Box::new)
    };
    let joiner = match &join.who {
        Who::New(_) => Joiner::New { person: person(line.row)?, made_here: true },
        Who::MadeBy { row, .. } => Joiner::New { person: person(*row)?, made_here: false },
        Who::Known(user) => Joiner::Known(*user),
    };
    Ok(PlannedJoin { row: line.row, mark: mark(job, line), role: join.role, joiner })
}

/// What a membership says of the row that made it.
fn mark(job: &Job, line: &Line) -> String {
    format!("{}#{}", job.id, line.row)
}

async fn organizations(
    app: &App,
    job: &Job,
    ids: Vec<OrganizationId>,
) -> Result<HashMap<OrganizationId, Organization>> {
    let granted = app.advance(Some(job))?;
    let mut found = HashMap::new();
    for ids in ids.chunks(LOOKUP_MAX) {
        let some = app.store.organizations_named(&granted, ids).await?;
        found.extend(some.into_iter().map(|organization| (organization.id, organization)));
    }
    Ok(found)
}

async fn apply_group(
    app: &App,
    job: &Job,
    organization: Option<&Organization>,
    joins: Vec<PlannedJoin>,
) -> Result<Vec<Done>> {
    let organization = match organization {
        Some(organization) if organization.state.status() == Status::Active => organization,
        Some(_) => return Ok(refuse(&joins, Reason::OrgNotActive)),
        None => return Ok(refuse(&joins, Reason::OrgNotFound)),
    };
    let standing = Some(organization.standing(None, BTreeMap::new()));
    let actor = Actor { standing, ..app.actor(Some(job)) };
    match apply_rows(app, &actor, organization.id, &joins).await {
        Err(error) if !error.code().is_retryable() => apply_singly(app, &actor, organization.id, &joins).await,
        outcome => outcome,
    }
}

/// What became of the rows of a chunk that no run brought to its end within a day.
pub(crate) async fn abandoned(app: &App, job: &Job, name: &str) -> Result<Vec<Done>> {
    let lines = lines(app, job, name).await?.ok_or_else(|| Error::internal("a chunk is gone"))?;
    let (granted, key) = (app.advance(Some(job))?, ImportKey::of(app, job).await?);
    let mut all = vec![];
    for lines in lines.chunks(TRACES_MAX) {
        let traces = lines.iter().map(|line| trace(job, line)).collect::<Result<Vec<_>>>()?;
        let joined = app.store.rows_applied(&granted, &traces).await?;
        for line in lines {
            let outcome = left_behind(&key, line, joined.get(&mark(job, line)).copied())?;
            all.push(Done { row: line.row, outcome });
        }
    }
    Ok(all)
}

fn trace(job: &Job, line: &Line) -> Result<Trace> {
    Ok(Trace { mark: mark(job, line), email: line.email.parse().map_err(Error::internal)?, organization: line.to()? })
}

/// What a run did to the row before it ended, if it let somebody join.
fn left_behind(key: &ImportKey, line: &Line, joined: Option<UserId>) -> Result<Outcome> {
    let Some(user) = joined else { return Ok(Outcome::Refused(Reason::Internal)) };
    Ok(match line.maker() {
        Some(maker) if key.user(maker.row)? != user => Outcome::Added,
        Some(maker) if maker.row == line.row => Outcome::Created,
        Some(_) => Outcome::Joined,
        None => Outcome::Added,
    })
}

fn refuse(joins: &[PlannedJoin], reason: Reason) -> Vec<Done> {
    joins.iter().map(|join| Done { row: join.row, outcome: Outcome::Refused(reason) }).collect()
}

/// One row that cannot be applied, now or later, keeps no other one from being applied.
async fn apply_singly(app: &App, actor: &Actor, id: OrganizationId, joins: &[PlannedJoin]) -> Result<Vec<Done>> {
    let mut all = vec![];
    for join in joins {
        match apply_rows(app, actor, id, std::slice::from_ref(join)).await {
            Ok(done) => all.extend(done),
            Err(error) if error.code().is_retryable() => return Err(error),
            Err(error) => {
                let source = std::error::Error::source(&error).map(ToString::to_string);
                tracing::error!(row = join.row, %error, source, "a row could not be applied");
                all.push(Done { row: join.row, outcome: Outcome::Refused(Reason::Internal) });
            }
        }
    }
    Ok(all)
}

/// Rows of one role after the other would need a permission each; the importer's does not depend on the role.
async fn apply_rows(app: &App, actor: &Actor, id: OrganizationId, joins: &[PlannedJoin]) -> Result<Vec<Done>> {
    let Some(first) = joins.first() else { return Ok(vec![]) };
    let granted: Granted<ApplyRow> = actor.grant(ApplyRow { role: first.role }, id)?;
    let outcomes = app.store.apply_rows(&granted, joins, &mut app.mint()).await?;
    Ok(joins.iter().zip(outcomes).map(|(join, outcome)| Done { row: join.row, outcome: outcome.into() }).collect())
}
