//! One look at the rotations of one provider: step by step, as far as they go now.

use domain::home::{Home, InHome};
use domain::provider::Provider;
use domain::rotation::{Rotations, RunRotation};
use domain::{Code, Granted, Result};
use store::Told;

use crate::{App, HOLD};

/// More steps one look does not take.
const STEPS_MAX: u32 = 30;

/// What comes after a step.
pub(crate) enum Next {
    /// Another step.
    Again,
    /// Nothing for now.
    Rest,
    /// The same, later: something is in the way.
    Later(&'static str),
}

/// Somebody looks, and nobody else does meanwhile.
pub(crate) struct Turn<'a, H: Home> {
    pub(crate) app: &'a App,
    pub(crate) home: &'a Granted<InHome<H, RunRotation>>,
    pub(crate) provider: Provider,
    pub(crate) rotations: Rotations,
    /// Whether new rotations may begin here.
    pub(crate) is_in_use: bool,
}

impl<'a, H: Home> Turn<'a, H> {
    /// Takes the steps that can be taken now. False where there is nothing that could ever take one.
    pub(crate) async fn take(app: &'a App, home: &'a Granted<InHome<H, RunRotation>>, is_in_use: bool) -> Result<bool> {
        let (Some(provider), Some(rotations)) = app.store.rotations_to_run(home).await? else { return Ok(false) };
        let now = app.now();
        let is_void = rotations.schedule.as_ref().is_some_and(|schedule| !schedule.fits(&provider));
        let is_due = rotations.due().is_some_and(|due| due <= now) || rotations.is_overtaken(&provider) || is_void;
        if rotations.is_held(now) || !is_due {
            return Ok(true);
        }
        let mut turn = Self { app, home, provider, rotations, is_in_use };
        match turn.save(turn.rotations.held(Some(now.plus(HOLD))), None).await {
            Ok(()) => turn.go_on().await.map(|()| true),
            Err(error) if error.code() == Code::PreconditionFailed => Ok(true),
            Err(error) => Err(error),
        }
    }

    async fn go_on(&mut self) -> Result<()> {
        let mut outcome = Ok(Next::Rest);
        for _ in 0..STEPS_MAX {
            outcome = self.step().await;
            match &outcome {
                Ok(Next::Again) => {}
                Ok(Next::Rest | Next::Later(_)) => break,
                Err(error) if error.code() == Code::PreconditionFailed => {
                    if !self.read_again().await? {
                        return Ok(());
                    }
                }
                Err(_) => break,
            }
        }
        let later = |turn: &Self, why: &str| turn.rotations.put_off(why, turn.app.now());
        let after = match &outcome {
            Ok(Next::Later(why)) => later(self, why),
            Ok(Next::Again | Next::Rest) => self.rotations.held(None),
            Err(error) => later(self, error.code().slug()),
        };
        match self.save(after, None).await {
            Err(error) if error.code() != Code::PreconditionFailed => Err(error),
            // Somebody asked for something meanwhile: it is looked at when nobody is kept away any more.
            Ok(()) | Err(_) => outcome.map(drop),
        }
    }

    /// False where the provider is gone.
    async fn read_again(&mut self) -> Result<bool> {
        match self.app.store.rotations_to_run(self.home).await? {
            (Some(provider), Some(rotations)) => {
                (self.provider, self.rotations) = (provider, rotations);
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    pub(crate) async fn save(&mut self, after: Rotations, told: Option<Told>) -> Result<()> {
        let step = (&self.rotations, &after);
        self.app.store.step_rotation(self.home, &self.provider, step, told, &mut self.app.mint()).await?;
        self.rotations = after;
        Ok(())
    }
}
