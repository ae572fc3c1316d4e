//! The steps of a rotation, each from what is stored to what is stored next.

use credentials::{Fields, HANDLE, ROTATION, Shelf, text};
use domain::change::Change;
use domain::home::Home;
use domain::rotation::{Candidate, Handle, Leftover, Making, Outcome, Rotation, Stage, TRIED_FOR};
use domain::{EventKind, Result, Timestamp};
use rotators::{Hindrance, Rotator};
use store::{Told, credential_path};

use crate::tested::Tried;
use crate::turn::{Next, Turn};

/// So long a key is tried to be made, where what is in the way may pass.
const MADE_WITHIN: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

impl<H: Home> Turn<'_, H> {
    /// The next one. The end of a grace comes before what is left over, so that nothing keeps an old credential valid.
    pub(crate) async fn step(&mut self) -> Result<Next> {
        if self.rotations.is_overtaken(&self.provider) {
            return self.end(Outcome::Overtaken).await;
        }
        if self.void_schedule().await? {
            return Ok(Next::Again);
        }
        match self.rotations.running.clone() {
            Some(running) => match running.stage.clone() {
                Stage::Given { candidate } => self.try_out(candidate, None).await,
                Stage::ToMake => self.look(&running).await,
                Stage::Making { making } => self.make(&running, making).await,
                Stage::Testing { candidate, until, .. } => self.test(&running, candidate, until).await,
                Stage::Grace { previous, until, .. } if until <= self.app.now() => self.retire(previous).await,
                Stage::Grace { .. } => self.clear().await,
            },
            None if self.rotations.leftovers.is_empty() => self.by_schedule().await,
            None => self.clear().await,
        }
    }

    async fn try_out(&mut self, candidate: Candidate, replaced: Option<Handle>) -> Result<Next> {
        let until = self.app.now().plus(TRIED_FOR);
        self.save(self.rotations.at(Stage::Testing { candidate, replaced, until }), None).await?;
        Ok(Next::Again)
    }

    /// What is there is written down before anything is made, so that what was made and lost is told from it.
    async fn look(&mut self, running: &Rotation) -> Result<Next> {
        if !self.rotations.leftovers.is_empty() {
            match self.clear().await? {
                Next::Rest => {}
                next => return Ok(next),
            }
        }
        let now = self.app.now();
        let seen = match self.rotator().await? {
            Ok(rotator) => rotator.look(&self.app.outbound, now).await,
            Err(hindrance) => Err(hindrance),
        };
        let sight = match seen {
            Ok(sight) => sight,
            Err(hindrance) => return self.hindered(running, hindrance).await,
        };
        let after = self.app.vault.newest_version(&self.path()).await?;
        if !Shelf::has_room(running.replaces, after) {
            return self.end(Outcome::Failed { why: "too-many-failed".to_owned() }).await;
        }
        let making = Making { at: now, after, seen: sight.seen, replaced: sight.used };
        self.save(self.rotations.at(Stage::Making { making }), None).await?;
        Ok(Next::Again)
    }

    /// What an interrupted run made is taken up if it got as far as the vault, and ended if it did not.
    async fn make(&mut self, running: &Rotation, making: Making) -> Result<Next> {
        let replaced = making.replaced.clone();
        let newest = self.app.vault.newest_version(&self.path()).await?;
        if let Some(candidate) = self.made_before(running, making.after, newest).await? {
            return self.try_out(candidate, replaced).await;
        }
        let rotator = match self.rotator().await? {
            Ok(rotator) => rotator,
            Err(hindrance) => return self.hindered(running, hindrance).await,
        };
        let (of, now, outbound) = ((running.id, &making), self.app.now(), &self.app.outbound);
        let made = match rotator.clear(outbound, of, now).await {
            Ok(()) => rotator.make(outbound, of, now).await,
            Err(hindrance) => Err(hindrance),
        };
        match made {
            Ok(made) => {
                let mark = self.app.shelf.mark(&made.fields, (self.app.clock.random)()).await?;
                let fields = made.fields.made_by(&running.id.to_string(), made.handle.as_str());
                let version = self.app.shelf.store_after(&self.path(), newest, &fields).await?.version;
                self.try_out(Candidate { version, mark, handle: Some(made.handle) }, replaced).await
            }
            Err(hindrance) => self.hindered(running, hindrance).await,
        }
    }

    async fn made_before(&self, running: &Rotation, after: u64, newest: u64) -> Result<Option<Candidate>> {
        for version in (after + 1)..=newest {
            let Some(mut kept) = self.app.vault.read_version(&self.path(), version).await? else { continue };
            if text(&kept, ROTATION).is_none_or(|made| *made != running.id.to_string()) {
                continue;
            }
            let handle = text(&kept, HANDLE).and_then(|handle| Handle::try_from(handle.to_string()).ok());
            let names = ["api_key", "access_key_id", "secret_access_key"];
            let parts = names.into_iter().filter_map(|name| kept.remove(name).map(|part| (name, part))).collect();
            let mark = self.app.shelf.mark(&Fields::new(parts), (self.app.clock.random)()).await?;
            return Ok(Some(Candidate { version, mark, handle }));
        }
        Ok(None)
    }

    async fn test(&mut self, running: &Rotation, candidate: Candidate, until: Timestamp) -> Result<Next> {
        let now = self.app.now();
        match self.tried(&candidate).await? {
            Tried::Works => {
                let Some((after, provider)) = self.rotations.switch(&self.provider, now) else {
                    return self.end(Outcome::Overtaken).await;
                };
                let (of, steps) = ((&self.provider, &provider), (&self.rotations, &after));
                self.app.store.switch_credential(self.home, of, steps, &mut self.app.mint()).await?;
                (self.provider, self.rotations) = (provider, after);
                Ok(Next::Again)
            }
            Tried::MayYet(why) if now < until => Ok(Next::Later(why)),
            Tried::MayYet(why) | Tried::DoesNot(why) => {
                tracing::info!(rotation = %running.id, why, "a new credential does not work");
                self.end(Outcome::Failed { why: why.to_owned() }).await
            }
        }
    }

    /// First at the provider, then in the vault, then in the tables: what is named as there may be gone, never the other way.
    async fn retire(&mut self, previous: Leftover) -> Result<Next> {
        match self.remove(&previous).await? {
            Next::Again => self.end(Outcome::Retired).await,
            next => Ok(next),
        }
    }

    /// One of what ended rotations left.
    async fn clear(&mut self) -> Result<Next> {
        let Some(left) = self.rotations.leftovers.first().cloned() else { return Ok(Next::Rest) };
        match self.remove(&left).await? {
            Next::Again => {
                self.save(self.rotations.cleared(&left), None).await?;
                Ok(Next::Again)
            }
            next => Ok(next),
        }
    }

    async fn hindered(&mut self, running: &Rotation, hindrance: Hindrance) -> Result<Next> {
        let is_early = self.app.now() < running.requested_at.plus(MADE_WITHIN);
        if hindrance.may_pass() && is_early {
            return Ok(Next::Later(hindrance.slug()));
        }
        self.end(Outcome::Failed { why: hindrance.slug().to_owned() }).await
    }

    async fn end(&mut self, outcome: Outcome) -> Result<Next> {
        let Some(running) = &self.rotations.running else { return Ok(Next::Again) };
        let kind = match &outcome {
            Outcome::Retired => EventKind::CredentialRetired,
            Outcome::Failed { .. } => EventKind::RotationFailed,
            Outcome::Cancelled { .. } | Outcome::Overtaken => EventKind::RotationCancelled,
        };
        let why = match &outcome {
            Outcome::Failed { why } => Some(Change::set("why", why)),
            Outcome::Overtaken => Some(Change::set("why", outcome.as_str())),
            Outcome::Retired | Outcome::Cancelled { .. } => None,
        };
        let version = match &running.stage {
            Stage::Grace { previous: Leftover::Key { version, .. }, .. } => Some(Change::set("version", version)),
            _ => None,
        };
        let changes = [Some(Change::set("rotation", running.id)), version, why].into_iter().flatten().collect();
        let after = self.rotations.ended(outcome, self.app.now());
        self.save(after, Some(Told { kind, changes })).await?;
        Ok(Next::Again)
    }

    /// Who can make and end keys, with the credential that is used now.
    pub(crate) async fn rotator(&self) -> Result<Result<Rotator, Hindrance>> {
        let used = match &self.provider.credential {
            Some(credential) => self.app.vault.read_version(&self.path(), credential.version).await?,
            None => None,
        };
        let keeper = self.keeper().await?;
        Ok(Rotator::new(&self.provider, used, keeper, &self.app.places))
    }

    pub(crate) fn path(&self) -> String {
        credential_path(self.home.scope(), self.provider.id)
    }
}
