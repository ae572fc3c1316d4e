//! One organization's turn, step by step: each is written down before the next begins, and may be repeated.

use domain::change::Change;
use domain::encryption_key::{EncryptionKey, Pass, Step, TurnEncryptionKey};
use domain::organization::Organization;
use domain::{Error, EventKind, Granted, Result, Timestamp};
use futures::{StreamExt, TryStreamExt, stream};
use store::SealedAt;
use vault::KeyVersions;

use crate::{App, Done, actor};

/// So many attributes are written at once.
const WRITES_AT_ONCE: usize = 16;

/// A turn as it was read, and as this run has taken it on.
pub(crate) struct Turn<'a> {
    app: &'a App,
    granted: Granted<TurnEncryptionKey>,
    key: EncryptionKey,
    end: Timestamp,
}

impl<'a> Turn<'a> {
    pub(crate) fn of(app: &'a App, organization: &Organization, key: EncryptionKey, end: Timestamp) -> Result<Self> {
        let granted = actor(Some(organization), key.on_behalf_of()).grant(TurnEncryptionKey, organization.id)?;
        Ok(Self { app, granted, key, end })
    }

    /// Takes steps until there is none now, the time is over, or another run takes them.
    pub(crate) async fn go(mut self, done: &mut Done) -> Result<()> {
        loop {
            let now = self.now();
            let went = match self.key.next(now) {
                Step::Wait => return Ok(()),
                Step::Begin => self.step(self.key.requested(None, now)?, None).await?,
                Step::Look => {
                    let KeyVersions { newest, .. } = self.versions().await?;
                    self.step(self.key.looked(newest), None).await?
                }
                Step::Rotate { from } => self.rotate(from, done).await?,
                Step::Walk(pass) => self.walk(pass, done).await?,
                Step::Retire => self.retire(done).await?,
            };
            if !went || self.now() >= self.end {
                return Ok(());
            }
        }
    }

    /// A version that is newer than what was there when this was asked for is the one that was made for it.
    async fn rotate(&mut self, from: u32, done: &mut Done) -> Result<bool> {
        let mut versions = self.versions().await?;
        if versions.newest <= from {
            self.app.vault.rotate_organization_key(&self.name()).await?;
            versions = self.versions().await?;
        }
        let changes = Change::between("version", from, versions.newest).into_iter().collect();
        let after = self.key.rotated(versions.newest, self.now());
        let went = self.step(after, Some((EventKind::EncryptionKeyRotated, changes))).await?;
        done.rotated += u32::from(went);
        Ok(went)
    }

    /// A part of a pass. That it has found something is written down before anything of it is changed: a pass that only looks as
    /// if it had found nothing would let a version go too early.
    async fn walk(&mut self, mut pass: Pass, done: &mut Done) -> Result<bool> {
        let part = self.app.store.sealed_part(&self.granted, &pass).await?;
        let newest = self.key.newest;
        let is_old = |at: &SealedAt| seal::key_version(&at.sealed).is_some_and(|version| version < newest);
        let old: Vec<SealedAt> = part.found.into_iter().filter(is_old).collect();
        if !old.is_empty() && !pass.found {
            pass.found = true;
            if !self.step(self.key.walked(pass.clone(), 0, self.now()), None).await? {
                return Ok(false);
            }
        }
        let (rewrapped, stuck) = self.rewrap(&old).await?;
        (done.rewrapped, done.stuck) = (done.rewrapped + rewrapped, done.stuck + stuck);
        pass.stuck += stuck;
        let is_last = part.next.is_none();
        if let Some((family, behind)) = part.next {
            (pass.family, pass.behind) = (Some(family), behind);
        }
        let now = self.now();
        let walked = self.key.walked(pass.clone(), rewrapped, now);
        self.step(if is_last { walked.passed(&pass, now) } else { walked }, None).await
    }

    /// How many are under the newest version now, and how many cannot be.
    async fn rewrap(&self, old: &[SealedAt]) -> Result<(u64, u64)> {
        let sealed: Vec<_> = old.iter().map(|at| &at.sealed).collect();
        let anew = seal::rewrap(&self.app.vault, self.granted.scope().organization(), &sealed).await?;
        let stuck = anew.iter().filter(|anew| anew.is_none()).count();
        if stuck > 0 {
            let organization = self.granted.scope().organization();
            tracing::error!(%organization, stuck, "sealed attributes do not open and keep older versions of the key");
        }
        let replaced = old.iter().zip(&anew).filter_map(|(at, anew)| Some((at, anew.as_ref()?)));
        let writes = replaced.map(|(at, anew)| self.app.store.replace_sealed(&self.granted, at, anew));
        let writes: Vec<_> = writes.collect();
        let written: Vec<bool> = stream::iter(writes).buffer_unordered(WRITES_AT_ONCE).try_collect().await?;
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        Ok((count(written.iter().filter(|written| **written).count()), count(stuck)))
    }

    /// The vault first: where the record is there, older versions open nothing.
    async fn retire(&mut self, done: &mut Done) -> Result<bool> {
        let EncryptionKey { newest, oldest, .. } = self.key;
        self.app.vault.retire_organization_key_versions(&self.name(), newest).await?;
        let changes = Change::between("oldest_version", oldest, newest).into_iter().collect();
        let went = self.step(self.key.retired(), Some((EventKind::EncryptionKeyVersionsRetired, changes))).await?;
        done.retired += u32::from(went);
        Ok(went)
    }

    /// False where another run took one meanwhile.
    async fn step(&mut self, after: EncryptionKey, told: Option<(EventKind, Vec<Change>)>) -> Result<bool> {
        let mut mint = self.app.mint();
        let went = self.app.store.step_encryption_key(&self.granted, &self.key, &after, told, &mut mint).await?;
        self.key = after;
        Ok(went)
    }

    async fn versions(&self) -> Result<KeyVersions> {
        let versions = self.app.vault.organization_key_versions(&self.name()).await?;
        versions.ok_or_else(|| Error::internal("an organization without an encryption key"))
    }

    fn name(&self) -> String {
        self.granted.scope().organization().to_string()
    }

    fn now(&self) -> Timestamp {
        (self.app.clock)()
    }
}
