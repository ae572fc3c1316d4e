//! What the model says to a command.

use crate::state::Model;

/// A refusal, by its code on the wire.
pub type Refusal = &'static str;

/// The answer that is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is done, or shown.
    Done,
    /// It is refused with that code.
    Refused(Refusal),
    /// An invitation's link is worth that much, and its e-mail has an account or not.
    Worth(&'static str, Option<bool>),
    /// An organization with so many members is shown.
    Members(usize),
}

/// What comes of a command.
#[derive(Clone, Debug)]
pub struct Turn {
    /// The answer.
    pub answer: Answer,
    /// Everything as it is then.
    pub after: Model,
    /// What the audit log gets, by the organization's number; none for the platform's part.
    pub events: Vec<(Option<usize>, &'static str)>,
}

impl Turn {
    /// Whether anything is to be found changed.
    #[must_use]
    pub fn changes(&self) -> bool {
        !self.events.is_empty()
    }
}
