//! What came of a test.

use credentials::Impossible;
use probes::{Models, Trouble};
use serde::Serialize;
use utoipa::ToSchema;

/// What came of a test. Of the provider's answer it holds names of models and nothing else.
#[derive(Serialize, ToSchema)]
pub(crate) struct TestView {
    /// `works`, or what is in the way: `no-credential`, `credential-unusable`, `settings-wrong`; as the provider says
    /// `credential-refused`, `forbidden`, `rate-limited`, `model-unknown`, `address-wrong`, `unavailable`; or why it was not
    /// reached: `name-not-found`, `not-public`, `not-secure`, `port`, `refused`, `tls-name`, `tls-expired`, `tls-untrusted`,
    /// `tls-handshake`, `cut-off`, `late`, `too-large`, `redirected`.
    #[schema(example = "works")]
    outcome: String,
    /// The same in words.
    #[schema(example = "the provider answers and accepts the credential")]
    detail: String,
    /// Models that it named, at most 200.
    models: Vec<String>,
    /// Whether it has more.
    more: bool,
}

impl TestView {
    pub(crate) fn impossible(why: Impossible) -> Self {
        let (outcome, detail) = match why {
            Impossible::NoCredential => ("no-credential", "the provider has no credential yet"),
            Impossible::Unusable => {
                ("credential-unusable", "what is stored is no credential for this type; store it again")
            }
            Impossible::Settings => ("settings-wrong", "the settings do not make a call of this type"),
        };
        Self::of(outcome, detail.to_owned(), Models::default())
    }

    pub(crate) fn outcome(&self) -> &str {
        &self.outcome
    }

    fn of(outcome: &str, detail: String, Models { names, more }: Models) -> Self {
        Self { outcome: outcome.to_owned(), detail, models: names, more }
    }
}

impl From<Result<Models, Trouble>> for TestView {
    fn from(probed: Result<Models, Trouble>) -> Self {
        match probed {
            Ok(models) => Self::of("works", "the provider answers and accepts the credential".to_owned(), models),
            Err(trouble) => Self::of(trouble.slug(), trouble.to_string(), Models::default()),
        }
    }
}
