//! The one way to make and end keys, whatever the provider.

use credentials::{Fields, Kept};
use domain::Timestamp;
use domain::id::RotationId;
use domain::provider::{Provider, ProviderType};
use domain::rotation::{Handle, Making};
use outbound::{Address, Outbound};

use crate::aws::Aws;
use crate::azure::Azure;
use crate::hindrance::Hindrance;
use crate::openai::OpenAi;

/// Where the APIs are, if not where their makers publish them.
#[derive(Clone, Default)]
pub struct Places {
    /// Amazon's IAM.
    pub iam: Option<Address>,
    /// Where Microsoft gives tokens, `https://login.microsoftonline.com`.
    pub login: Option<Address>,
    /// Where Microsoft's resources are managed, `https://management.azure.com`.
    pub management: Option<Address>,
    /// Where Amazon's models are managed, for tests of new keys.
    pub bedrock: Option<Address>,
}

/// A provider whose keys can be made and ended, with who may do that.
pub struct Rotator(Kind);

enum Kind {
    Aws(Aws),
    Azure(Azure),
    OpenAi(OpenAi),
}

/// What is at the provider before a key is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// The keys that are there, or the one of two that is to be made anew.
    pub seen: Vec<Handle>,
    /// Which one is used, where it is to end at the provider after it was replaced.
    pub used: Option<Handle>,
}

/// A key that was made. No `Debug`.
pub struct Made {
    /// The credential.
    pub fields: Fields,
    /// How the provider names it.
    pub handle: Handle,
}

impl Rotator {
    /// Speaks to nobody yet. `used` is the credential in use, `keeper` the second one of those providers that want it.
    ///
    /// # Errors
    /// [`Hindrance::NotAutomatic`], [`Hindrance::Unusable`]
    pub fn new(
        provider: &Provider,
        used: Option<Kept>,
        keeper: Option<Kept>,
        places: &Places,
    ) -> Result<Self, Hindrance> {
        let used = used.ok_or(Hindrance::NotAutomatic)?;
        let keeper = keeper.ok_or(Hindrance::NotAutomatic);
        Ok(Self(match provider.endpoint.kind() {
            ProviderType::Bedrock => Kind::Aws(Aws::new(&provider.endpoint, used, places)?),
            ProviderType::AzureOpenai => Kind::Azure(Azure::new(used, keeper?, places)?),
            ProviderType::Openai => Kind::OpenAi(OpenAi::new(&provider.endpoint, used, keeper?)?),
            ProviderType::Anthropic | ProviderType::Google | ProviderType::Custom => {
                return Err(Hindrance::NotAutomatic);
            }
        }))
    }

    /// What is there. Changes nothing.
    ///
    /// # Errors
    /// Any [`Hindrance`]; [`Hindrance::NoRoom`] where one more cannot be made.
    pub async fn look(&self, outbound: &Outbound, now: Timestamp) -> Result<Sight, Hindrance> {
        match &self.0 {
            Kind::Aws(aws) => aws.look(outbound, now).await,
            Kind::Azure(azure) => azure.look(outbound).await,
            Kind::OpenAi(openai) => openai.look(outbound).await,
        }
    }

    /// Ends what an interrupted making made and lost. Doing it again changes nothing.
    ///
    /// # Errors
    /// Any [`Hindrance`]
    pub async fn clear(
        &self,
        outbound: &Outbound,
        (rotation, making): (RotationId, &Making),
        now: Timestamp,
    ) -> Result<(), Hindrance> {
        match &self.0 {
            Kind::Aws(aws) => aws.clear(outbound, making, now).await,
            // Of its two keys the one that is not used is made anew each time.
            Kind::Azure(_) => Ok(()),
            Kind::OpenAi(openai) => openai.clear(outbound, rotation).await,
        }
    }

    /// Makes one. After an error it may have been made: then [`Rotator::clear`] finds it.
    ///
    /// # Errors
    /// Any [`Hindrance`]
    pub async fn make(
        &self,
        outbound: &Outbound,
        (rotation, making): (RotationId, &Making),
        now: Timestamp,
    ) -> Result<Made, Hindrance> {
        match &self.0 {
            Kind::Aws(aws) => aws.make(outbound, now).await,
            Kind::Azure(azure) => azure.make(outbound, making).await,
            Kind::OpenAi(openai) => openai.make(outbound, rotation).await,
        }
    }

    /// Ends one, unless it is the one in use. What is gone already is a success.
    ///
    /// # Errors
    /// Any [`Hindrance`]
    pub async fn end(&self, outbound: &Outbound, handle: &Handle, now: Timestamp) -> Result<(), Hindrance> {
        match &self.0 {
            Kind::Aws(aws) => aws.end(outbound, handle, now).await,
            Kind::Azure(azure) => azure.end(outbound, handle).await,
            Kind::OpenAi(openai) => openai.end(outbound, handle).await,
        }
    }
}

/// Where an API is: where it was said, or where its maker publishes it.
pub(crate) fn place(said: Option<&Address>, published: &str) -> Result<Address, Hindrance> {
    said.cloned().map_or_else(|| Address::try_from(published).map_err(|_| Hindrance::Unusable), Ok)
}

pub(crate) fn handle(text: &str) -> Result<Handle, Hindrance> {
    Handle::try_from(text.to_owned()).map_err(|_| Hindrance::Unavailable)
}
