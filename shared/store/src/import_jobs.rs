//! Jobs of the bulk import: asked for or dropped, moved on by the worker, read by superadmins.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::change::{Change, Target};
use domain::event::ActorRecord;
use domain::id::ImportId;
use domain::import::{AdvanceImport, Counts, Job, RESULT_KEPT, ReadImports, RequestImport, State};
use domain::user::UserStatus;
use domain::{Error, EventKind, Granted, Mint, Result};

use crate::core::{Store, decode, put_new};
use crate::cursor::Cursor;
use crate::edit::Edit;
use crate::fault::Fault;
use crate::idempotency::{Idempotency, Made};
use crate::import_item::ImportItem;
use crate::keys::{self, index};
use crate::page::{Page, Query};
use crate::person_items::UserItem;

/// A piece of work that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Its name, such as `0001`.
    pub name: String,
    /// What became of its rows.
    pub counts: Counts,
}

impl Store {
    /// AP-90. A job that waits for its workbook.
    pub async fn request_import(
        &self,
        granted: &Granted<RequestImport>,
        id: ImportId,
        source: String,
        sent: Option<&Idempotency>,
        mint: &mut Mint,
    ) -> Result<Made<Job>> {
        let job = new_job(granted, id, source, mint);
        let event = granted.event(mint, EventKind::ImportRequested, target(&job), requested(&job));
        let writes = vec![put_new(&self.platform, &ImportItem::from(&job))?, self.event(&event)?];
        let mark = self.mark(granted.actor(), sent, id, mint)?;
        self.make(writes, mark, job).await?.map_err(|fault| fault.into_error("requesting an import"))
    }

    /// AP-91. A job for a workbook that was dropped with this content. Its id follows from the arrival, so the same
    /// arrival told twice is one job.
    pub async fn adopt_drop(
        &self,
        granted: &Granted<RequestImport>,
        id: ImportId,
        source: String,
        etag: Option<String>,
        mint: &mut Mint,
    ) -> Result<Job> {
        let job = Job { etag, ..new_job(granted, id, source, mint) };
        let event = granted.event(mint, EventKind::ImportRequested, target(&job), requested(&job));
        let writes = vec![put_new(&self.platform, &ImportItem::from(&job))?, self.event(&event)?];
        match self.transact(writes).await {
            Ok(()) => Ok(job),
            Err(fault) if fault.refused() == Some(0) => self.import(id).await?.ok_or_else(Error::not_found),
            Err(fault) => Err(fault.into_error("adopting a drop")),
        }
    }

    /// AP-92. One job.
    pub async fn read_import(&self, _: &Granted<ReadImports>, id: ImportId) -> Result<Job> {
        self.import(id).await?.ok_or_else(Error::not_found)
    }

    /// AP-93. Jobs, newest first; the index is eventually consistent.
    pub async fn list_imports(
        &self,
        _: &Granted<ReadImports>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Job>> {
        let query = Query::on(&self.platform, index::FIRST, index::IMPORTS.to_owned()).newest_first();
        let page = self.page("imports", query, cursor, limit).await?;
        let items = page.items.into_iter().map(|item| decode::<ImportItem>(item).map(Job::from));
        Ok(Page { items: items.collect::<Result<_>>()?, next: page.next })
    }

    /// AP-94. Records that somebody asked for the link to a result, which holds passwords.
    pub async fn record_result_read(&self, granted: &Granted<ReadImports>, job: &Job, mint: &mut Mint) -> Result<()> {
        let event = granted.event(mint, EventKind::ImportResultRead, target(job), vec![]);
        self.transact(vec![self.event(&event)?]).await.map_err(|fault| fault.into_error("recording a read"))
    }

    /// AP-95. The job as the worker sees it, if there is one.
    pub async fn import_to_advance(&self, _: &Granted<AdvanceImport>, id: ImportId) -> Result<Option<Job>> {
        self.import(id).await
    }

    /// AP-96. How far the validation is. Only what is shown: repeated, late or lost, it does no harm.
    pub async fn import_validating(
        &self,
        _: &Granted<AdvanceImport>,
        id: ImportId,
        rows: u32,
        mint: &Mint,
    ) -> Result<()> {
        let edit = self.stage(id, &State::Validating { rows }, mint)?.if_early()?;
        done_before(edit.send(&self.client).await)
    }

    /// AP-97. The sheet is valid and its rows are being applied; once, however often it is said. Of `counts` those rows
    /// are taken that there are, and those that were refused already.
    pub async fn import_running(
        &self,
        granted: &Granted<AdvanceImport>,
        job: &Job,
        counts: Counts,
        chunks: u32,
        mint: &mut Mint,
    ) -> Result<()> {
        let Counts { rows, errors, .. } = counts;
        let state = State::Running { rows, chunks };
        let event = granted.event(mint, EventKind::ImportStarted, target(job), vec![Change::set("rows", rows)]);
        let edit = self.stage(job.id, &state, mint)?.set("rows", rows)?.set("errors", errors)?.if_early()?;
        done_before(self.transact(vec![edit.update()?, self.event(&event)?]).await)
    }

    /// AP-98. A piece of work is done; counted once, however often it is said. Gives the job after it.
    pub async fn import_chunk_done(
        &self,
        _: &Granted<AdvanceImport>,
        id: ImportId,
        chunk: &Chunk,
        mint: &Mint,
    ) -> Result<Option<Job>> {
        let names = AttributeValue::Ss(vec![chunk.name.clone()]);
        let Counts { created, added, errors, .. } = chunk.counts;
        let edit =
            Edit::of(&self.platform, keys::import(id)).add("chunks_done", names).set("updated_at", mint.now())?;
        let edit = edit.add_number("created", created.into()).add_number("added", added.into());
        let edit = edit.add_number("errors", errors.into()).when("stage", "=", "running")?;
        done_before(edit.if_set_lacks("chunks_done", &chunk.name).send(&self.client).await)?;
        self.import(id).await
    }

    /// AP-99. The result is there.
    pub async fn import_completed(
        &self,
        granted: &Granted<AdvanceImport>,
        job: &Job,
        counts: Counts,
        mint: &mut Mint,
    ) -> Result<()> {
        let Counts { rows, created, added, errors } = counts;
        let changes = vec![Change::set("counts", counts)];
        let event = granted.event(mint, EventKind::ImportCompleted, target(job), changes);
        let edit = self.stage(job.id, &State::Completed { at: mint.now() }, mint)?.set("rows", rows)?;
        let edit = edit.set("created", created)?.set("added", added)?.set("errors", errors)?.if_open()?;
        done_before(self.transact(vec![edit.update()?, self.event(&event)?]).await)
    }

    /// AP-100. The workbook could not be used, and no row was applied.
    pub async fn import_failed(
        &self,
        granted: &Granted<AdvanceImport>,
        job: &Job,
        reason: &str,
        words: &str,
        mint: &mut Mint,
    ) -> Result<()> {
        self.fail(granted, job, [reason, words], &["queued", "validating"], mint).await
    }

    /// AP-107. What the result would be made of is gone: the job ends although rows may have been applied. Its counts
    /// stay.
    pub async fn import_broken_off(
        &self,
        granted: &Granted<AdvanceImport>,
        job: &Job,
        reason: &str,
        words: &str,
        mint: &mut Mint,
    ) -> Result<()> {
        self.fail(granted, job, [reason, words], &["running"], mint).await
    }

    async fn fail(
        &self,
        granted: &Granted<AdvanceImport>,
        job: &Job,
        [reason, words]: [&str; 2],
        stages: &[&str],
        mint: &mut Mint,
    ) -> Result<()> {
        let state = State::Failed { at: mint.now(), reason: reason.to_owned(), words: words.to_owned() };
        let event = granted
            .event(mint, EventKind::ImportFailed, target(job), vec![Change::set("reason", reason)])
            .refused(reason);
        let edit = self.stage(job.id, &state, mint)?.when_any("stage", stages)?;
        done_before(self.transact(vec![edit.update()?, self.event(&event)?]).await)
    }

    /// AP-108. Whether whoever asked for the job may still ask for one: an active superadmin. A drop's right is the
    /// object store's to judge.
    pub async fn may_import(&self, _: &Granted<AdvanceImport>, job: &Job) -> Result<bool> {
        let ActorRecord { kind, id: Some(id), .. } = &job.created_by else { return Ok(true) };
        if kind != "user" {
            return Ok(true);
        }
        let key = keys::user(id.parse().map_err(Error::internal)?);
        let item: Option<UserItem> = self.get(&self.platform, &key).await?;
        Ok(item.is_some_and(|user| user.superadmin && user.status == UserStatus::Active))
    }

    async fn import(&self, id: ImportId) -> Result<Option<Job>> {
        let item: Option<ImportItem> = self.get(&self.platform, &keys::import(id)).await?;
        Ok(item.map(Job::from))
    }

    fn stage(&self, id: ImportId, state: &State, mint: &Mint) -> Result<Edit> {
        let edit = Edit::of(&self.platform, keys::import(id)).set("state", state)?.set("stage", state.as_str())?;
        let edit = edit.set("updated_at", mint.now())?;
        if !state.is_over() {
            return Ok(edit);
        }
        let until = index::kept_import(mint.now().plus(RESULT_KEPT), id);
        edit.set("gsi2pk", index::KEPT_IMPORTS)?.set("gsi2sk", until)
    }
}

impl Edit {
    /// Before any row was applied.
    fn if_early(self) -> Result<Self> {
        self.when_any("stage", &["queued", "validating"])
    }

    /// Before the end.
    fn if_open(self) -> Result<Self> {
        self.when_any("stage", &["queued", "validating", "running"])
    }
}

/// A refusal says that the step was taken before.
pub(crate) fn done_before(outcome: Result<(), Fault>) -> Result<()> {
    match outcome {
        Err(fault) if fault.refused().is_some() => Ok(()),
        outcome => outcome.map_err(|fault| fault.into_error("moving an import on")),
    }
}

fn new_job(granted: &Granted<RequestImport>, id: ImportId, source: String, mint: &Mint) -> Job {
    Job {
        id,
        dry_run: granted.command().dry_run,
        source,
        etag: None,
        state: State::Queued,
        counts: Counts::default(),
        chunks_done: 0,
        created_at: mint.now(),
        created_by: ActorRecord::from(&granted.actor().principal),
        updated_at: mint.now(),
    }
}

fn target(job: &Job) -> Target {
    Target::named("import", job.id, &job.source)
}

fn requested(job: &Job) -> Vec<Change> {
    vec![Change::set("dry_run", job.dry_run), Change::set("source", &job.source)]
}
