//! What nothing names any more goes from the vault, where a function that tried it at once did not get there.

use credentials::Shelf;
use domain::home::{Home, InHome};
use domain::rotation::RunRotation;
use domain::{Granted, Result};
use store::{Forget, credential_path, keeper_path};

use crate::App;

impl App {
    /// Numbers of versions are never used again, nor are ids of providers: what is named here can be destroyed at any time.
    pub(crate) async fn forget<H: Home>(&self, home: &Granted<InHome<H, RunRotation>>, forget: Forget) -> Result<()> {
        let id = home.command().what.id;
        let (path, keeper) = (credential_path(home.scope(), id), keeper_path(home.scope(), id));
        match forget {
            Forget::Version(version) => self.vault.destroy_versions(&path, vec![version]).await?,
            Forget::Before(version) => {
                let older = Shelf::older_than(version);
                if !older.is_empty() {
                    self.vault.destroy_versions(&path, older).await?;
                }
            }
            Forget::Keeper => self.forget_keeper(home).await?,
            Forget::All => {
                self.vault.destroy_secret(&path).await?;
                self.vault.destroy_secret(&keeper).await?;
            }
        }
        Ok(())
    }

    /// A second credential that came back meanwhile stays.
    async fn forget_keeper<H: Home>(&self, home: &Granted<InHome<H, RunRotation>>) -> Result<()> {
        let (_, rotations) = self.store.rotations_to_run(home).await?;
        let schedule = rotations.and_then(|rotations| rotations.schedule);
        let path = keeper_path(home.scope(), home.command().what.id);
        match schedule.as_ref().and_then(|schedule| schedule.keeper()) {
            None => self.vault.destroy_secret(&path).await?,
            Some(keeper) => {
                let older = Shelf::older_than(keeper.version);
                if !older.is_empty() {
                    self.vault.destroy_versions(&path, older).await?;
                }
            }
        }
        Ok(())
    }
}
