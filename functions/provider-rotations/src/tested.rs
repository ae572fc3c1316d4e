//! Whether a new credential works: the call of the connection test, with it in the place of the one that is used.

use credentials::{Impossible, called};
use domain::Result;
use domain::home::Home;
use domain::rotation::Candidate;
use outbound::Fault;
use probes::{Trouble, probe};

use crate::turn::Turn;

/// What came of it.
pub(crate) enum Tried {
    /// It works.
    Works,
    /// It does not, and may in a while.
    MayYet(&'static str),
    /// It does not.
    DoesNot(&'static str),
}

impl<H: Home> Turn<'_, H> {
    pub(crate) async fn tried(&self, candidate: &Candidate) -> Result<Tried> {
        let kept = self.app.vault.read_version(&self.path(), candidate.version).await?;
        let control = self.app.places.bedrock.clone();
        let target = match called(&self.provider, kept, None, control) {
            Ok(target) => target,
            Err(Impossible::NoCredential | Impossible::Unusable) => return Ok(Tried::DoesNot("credential-unusable")),
            Err(Impossible::Settings) => return Ok(Tried::DoesNot("settings-wrong")),
        };
        Ok(match probe(&self.app.outbound, &target, self.app.now()).await {
            Ok(_) => Tried::Works,
            Err(trouble) if may_pass(trouble, candidate.handle.is_some()) => Tried::MayYet(trouble.slug()),
            Err(trouble) => Tried::DoesNot(trouble.slug()),
        })
    }
}

/// What the provider made a moment ago it may not know everywhere; what a person typed it knows or does not.
fn may_pass(trouble: Trouble, was_made: bool) -> bool {
    match trouble {
        Trouble::CredentialRefused | Trouble::Forbidden => was_made,
        Trouble::RateLimited | Trouble::Unavailable => true,
        Trouble::ModelUnknown | Trouble::AddressWrong => false,
        Trouble::Unreachable(Fault::NotPublic | Fault::NotSecure | Fault::Port | Fault::Redirected) => false,
        Trouble::Unreachable(_) => true,
    }
}
