//! The end of keys that are not used any more, or never were: at the provider where they were made there, and in the vault.

use credentials::{ROTATION, text};
use domain::Result;
use domain::home::Home;
use domain::rotation::{Handle, Leftover};
use rotators::Hindrance;

use crate::turn::{Next, Turn};

/// After so many tries, which are more than a day, a key that cannot be ended at its provider is left there, and logged.
const TRIES_MAX: u32 = 36;

impl<H: Home> Turn<'_, H> {
    /// It is gone, or is to be tried again.
    pub(crate) async fn remove(&self, left: &Leftover) -> Result<Next> {
        let ended = match left {
            Leftover::Key { handle: None, .. } => Ok(()),
            Leftover::Key { handle: Some(handle), .. } => self.end_key(handle).await?,
            Leftover::Lost { rotation, making } => match self.rotator().await? {
                Ok(rotator) => rotator.clear(&self.app.outbound, (*rotation, making), self.app.now()).await,
                Err(hindrance) => Err(hindrance),
            },
        };
        if let Err(hindrance) = ended {
            if hindrance.may_pass() && self.rotations.failures < TRIES_MAX {
                return Ok(Next::Later(hindrance.slug()));
            }
            let provider = self.provider.id;
            tracing::warn!(%provider, why = hindrance.slug(), "a key was not ended at its provider");
        }
        self.app.vault.destroy_versions(&self.path(), self.versions_of(left).await?).await?;
        Ok(Next::Again)
    }

    async fn end_key(&self, handle: &Handle) -> Result<Result<(), Hindrance>> {
        Ok(match self.rotator().await? {
            Ok(rotator) => rotator.end(&self.app.outbound, handle, self.app.now()).await,
            Err(hindrance) => Err(hindrance),
        })
    }

    /// Never the one that is used: a step that is taken late finds it named.
    async fn versions_of(&self, left: &Leftover) -> Result<Vec<u64>> {
        let used = self.provider.credential.as_ref().map(|credential| credential.version);
        let versions = match left {
            Leftover::Key { version, .. } => vec![*version],
            Leftover::Lost { rotation, making } => {
                let (mut versions, path) = (vec![], self.path());
                for version in (making.after + 1)..=self.app.vault.newest_version(&path).await? {
                    let kept = self.app.vault.read_version(&path, version).await?;
                    let made = kept.and_then(|kept| text(&kept, ROTATION));
                    if made.is_some_and(|made| *made == rotation.to_string()) {
                        versions.push(version);
                    }
                }
                versions
            }
        };
        Ok(versions.into_iter().filter(|version| Some(*version) != used).collect())
    }
}
