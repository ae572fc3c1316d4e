//! The answer of a function that could not handle all it was told.

use serde_json::{Value, json};

use crate::Insertion;

/// The records of a stream's message that were not handled; none is success.
///
/// The platform takes the first of them in the stream's order: everything before it is done, it and everything behind it is
/// told again. So a function that goes on after a failure sees what follows twice. Needs `ReportBatchItemFailures`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unhandled(Vec<String>);

impl Unhandled {
    /// Whether everything was handled.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> FromIterator<&'a Insertion> for Unhandled {
    fn from_iter<I: IntoIterator<Item = &'a Insertion>>(insertions: I) -> Self {
        Self(insertions.into_iter().map(|insertion| insertion.sequence_number.clone()).collect())
    }
}

impl From<Unhandled> for Value {
    /// The answer as the platform reads it.
    fn from(Unhandled(sequence_numbers): Unhandled) -> Self {
        let failure = |number: String| json!({ "itemIdentifier": number });
        json!({ "batchItemFailures": sequence_numbers.into_iter().map(failure).collect::<Vec<_>>() })
    }
}
