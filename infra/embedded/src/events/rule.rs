//! Which events of a bucket go to which target.

use super::Notice;

/// One line of a bucket's notification configuration. An event that fits several rules goes to each one's target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The bucket's name.
    pub bucket: String,
    /// The event without `s3:`, such as `ObjectCreated:Put`; an ending `*` stands for any rest (`ObjectCreated:*`).
    pub event: String,
    /// The object's key begins with this; empty for every key.
    pub key_prefix: String,
    /// The object's key ends with this; empty for every key.
    pub key_suffix: String,
    /// The name under which a handler is registered; also the event's `configurationId`.
    pub target: String,
}

impl Rule {
    /// Every object created in `bucket` under `key_prefix` goes to `target`.
    #[must_use]
    pub fn created(bucket: &str, key_prefix: &str, target: &str) -> Self {
        Self {
            bucket: bucket.to_owned(),
            event: "ObjectCreated:*".to_owned(),
            key_prefix: key_prefix.to_owned(),
            key_suffix: String::new(),
            target: target.to_owned(),
        }
    }

    /// The same rule, for keys with this ending only.
    #[must_use]
    pub fn ending(self, key_suffix: &str) -> Self {
        Self { key_suffix: key_suffix.to_owned(), ..self }
    }

    pub(super) fn wants(&self, notice: &Notice<'_>) -> bool {
        let name = notice.name.as_str();
        let named = match self.event.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == self.event,
        };
        named
            && notice.bucket == self.bucket
            && notice.key.starts_with(&self.key_prefix)
            && notice.key.ends_with(&self.key_suffix)
    }
}
