//! What is stored of content that only its organization's key opens, and where it stands.

use std::fmt;

use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::OrganizationId;

/// One attribute of one item. What is sealed for it opens nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Whose content it is.
    pub organization: OrganizationId,
    /// The table's name.
    pub table: String,
    /// The item's partition key.
    pub pk: String,
    /// The item's sort key.
    pub sk: String,
    /// The attribute's name; inside a map its path, joined by `.`.
    pub name: &'static str,
}

/// Sealed content, as bytes that mean something to the crate `seal` alone. The database keeps them as binary.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// Takes the bytes over, whatever they are: whether they open shows when they are opened.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed in {} bytes", self.0.len())
    }
}

impl Serialize for Sealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Sealed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_byte_buf(Bytes).map(Self)
    }
}

struct Bytes;

impl<'de> Visitor<'de> for Bytes {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }

    fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
        Ok(bytes)
    }

    /// Formats without bytes write them as a list of numbers.
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<u8>, A::Error> {
        let mut bytes = Vec::new();
        while let Some(byte) = list.next_element()? {
            bytes.push(byte);
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::Sealed;

    #[test]
    fn sealed_bytes_come_back_also_from_a_format_without_bytes() {
        let sealed = Sealed::new((0..=255).collect());
        let written = serde_json::to_string(&sealed).unwrap();
        assert_eq!(serde_json::from_str::<Sealed>(&written).unwrap(), sealed);
        assert!(serde_json::from_str::<Sealed>("[256]").is_err());
    }

    #[test]
    fn sealed_bytes_do_not_show_themselves_where_things_are_printed() {
        assert_eq!(format!("{:?}", Sealed::new(vec![7; 3])), "Sealed in 3 bytes");
    }
}
