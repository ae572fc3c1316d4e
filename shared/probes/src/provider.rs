//! Whom to ask, where, and as whom.

use outbound::Address;

use crate::credential::{AwsKeys, Key};
use crate::label::Label;

/// One provider with its credential. Without an address the type's own is meant. Has no `Debug`.
pub enum Provider {
    /// OpenAI.
    OpenAi {
        /// Up to the version, `https://api.openai.com/v1`.
        base: Option<Address>,
        /// Which of the key's organizations is meant.
        organization: Option<Label>,
        /// What to say a word to where models are not listed.
        model: Option<String>,
        /// Sent as a bearer.
        key: Key,
    },
    /// OpenAI's models in an Azure resource.
    AzureOpenAi {
        /// The resource, `https://<name>.openai.azure.com`.
        base: Address,
        /// Such as `2024-10-21`.
        api_version: Label,
        /// The deployment to say a word to; without it only the key is tested.
        deployment: Option<String>,
        /// One of the resource's two keys.
        key: Key,
    },
    /// Whatever speaks OpenAI's format: vLLM, Ollama, a gateway.
    Custom {
        /// Up to the version, such as `http://vllm.internal:8000/v1`.
        base: Address,
        /// What to say a word to where models are not listed.
        model: Option<String>,
        /// Sent as a bearer, if the server wants one.
        key: Option<Key>,
    },
    /// Anthropic.
    Anthropic {
        /// Up to the host, `https://api.anthropic.com`.
        base: Option<Address>,
        /// Of the format; `2023-06-01` unless given.
        api_version: Option<Label>,
        /// Sent as `x-api-key`.
        key: Key,
    },
    /// Google's Gemini API.
    Google {
        /// Up to the host, `https://generativelanguage.googleapis.com`.
        base: Option<Address>,
        /// Sent as `x-goog-api-key`.
        key: Key,
    },
    /// Amazon Bedrock.
    Bedrock {
        /// Where models are managed, `https://bedrock.<region>.amazonaws.com`; not where they are called, `bedrock-runtime`.
        control: Option<Address>,
        /// Whose models are meant.
        region: Label,
        /// What requests are signed with.
        keys: AwsKeys,
    },
}
