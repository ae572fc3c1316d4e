//! What is kept of a credential, under the names that a runtime reads.

use vault::Secret;

/// The name of the field that says which rotation made a key.
pub const ROTATION: &str = "rotation";

/// The name of the field that says how the provider names a key.
pub const HANDLE: &str = "handle";

/// The parts of a credential. The last one is the secret one, or the only one. No `Debug`, no `Clone`.
pub struct Fields(Vec<(&'static str, Secret)>);

impl Fields {
    /// These parts, UTF-8 texts by their names.
    #[must_use]
    pub fn new(parts: Vec<(&'static str, Secret)>) -> Self {
        Self(parts)
    }

    /// The parts.
    #[must_use]
    pub fn parts(&self) -> &[(&'static str, Secret)] {
        &self.0
    }

    /// The same with what is to be known of a key that the product made.
    #[must_use]
    pub fn made_by(mut self, rotation: &str, handle: &str) -> Self {
        let text = |text: &str| Secret::new(text.as_bytes().to_vec());
        self.0.extend([(ROTATION, text(rotation)), (HANDLE, text(handle))]);
        self
    }
}
