//! The test of a credential: a cheap call of the provider's own kind.

use std::time::Duration;

use domain::Timestamp;
use outbound::{Address, Fault, Outbound};
use tokio::time::timeout;

use crate::models::Models;
use crate::provider::Provider;
use crate::trouble::Trouble;
use crate::{anthropic, azure_openai, bedrock, google, openai};

/// How long a test may take, however many calls it makes.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Makes the call, two where the first one is not offered, in 10 s.
///
/// What came is told as models or as the kind of trouble; nothing else of an answer is kept. `now` is what is signed with.
///
/// # Errors
/// Any [`Trouble`].
pub async fn probe(outbound: &Outbound, provider: &Provider, now: Timestamp) -> Result<Models, Trouble> {
    timeout(TIMEOUT, asked(outbound, provider, now)).await.unwrap_or(Err(Trouble::Unreachable(Fault::Late)))
}

async fn asked(outbound: &Outbound, provider: &Provider, now: Timestamp) -> Result<Models, Trouble> {
    match provider {
        Provider::OpenAi { base, organization, model, key } => {
            let base = or_own(base, "https://api.openai.com/v1")?;
            let caller = openai::Caller { key: Some(key), organization: organization.as_ref() };
            openai::probe(outbound, &base, caller, model.as_deref(), "max_completion_tokens").await
        }
        Provider::Custom { base, model, key } => {
            let caller = openai::Caller { key: key.as_ref(), organization: None };
            openai::probe(outbound, base, caller, model.as_deref(), "max_tokens").await
        }
        Provider::AzureOpenAi { base, api_version, deployment, key } => {
            azure_openai::probe(outbound, base, api_version, deployment.as_deref(), key).await
        }
        Provider::Anthropic { base, api_version, key } => {
            anthropic::probe(outbound, &or_own(base, "https://api.anthropic.com")?, api_version.as_ref(), key).await
        }
        Provider::Google { base, key } => {
            google::probe(outbound, &or_own(base, "https://generativelanguage.googleapis.com")?, key).await
        }
        Provider::Bedrock { control, region, keys } => {
            let own = format!("https://bedrock.{}.amazonaws.com", region.as_str());
            bedrock::probe(outbound, &or_own(control, &own)?, region, keys, now).await
        }
    }
}

fn or_own(base: &Option<Address>, own: &str) -> Result<Address, Trouble> {
    base.clone().map_or_else(|| Address::try_from(own).map_err(|_| Trouble::AddressWrong), Ok)
}
