//! Which object is what: the keys of an import.

use domain::id::ImportId;
use domain::import::{DROPS, folder};

/// What an object's key says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// `imports/<id>/upload.xlsx`
    Upload(ImportId),
    /// `drops/<name>.xlsx`
    Drop,
    /// `imports/<id>/plan.jsonl`
    Plan(ImportId),
    /// `imports/<id>/chunks/0001.jsonl`
    Chunk(ImportId, String),
    /// Nothing that begins anything.
    Other,
}

impl Place {
    pub(crate) fn of(key: &str) -> Self {
        if let Some(name) = key.strip_prefix(DROPS) {
            return if name.to_lowercase().ends_with(".xlsx") { Self::Drop } else { Self::Other };
        }
        let known = || {
            let (id, rest) = key.strip_prefix("imports/")?.split_once('/')?;
            let id = id.parse().ok()?;
            match rest {
                "upload.xlsx" => Some(Self::Upload(id)),
                "plan.jsonl" => Some(Self::Plan(id)),
                _ => chunk_name(rest).map(|name| Self::Chunk(id, name.to_owned())),
            }
        };
        known().unwrap_or(Self::Other)
    }
}

fn chunk_name(rest: &str) -> Option<&str> {
    let name = rest.strip_prefix("chunks/")?.strip_suffix(".jsonl")?;
    (name.len() == 4 && name.bytes().all(|byte| byte.is_ascii_digit())).then_some(name)
}

pub(crate) fn plan(id: ImportId) -> String {
    format!("{}plan.jsonl", folder(id))
}

pub(crate) fn chunk(id: ImportId, name: &str) -> String {
    format!("{}chunks/{name}.jsonl", folder(id))
}

/// Another ending than a chunk's: results wake nobody.
pub(crate) fn results(id: ImportId, name: &str) -> String {
    format!("{}results/{name}.ndjson", folder(id))
}

/// The name of a chunk by its number, from 1.
pub(crate) fn numbered(number: u32) -> String {
    format!("{number:04}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_of_an_import_begin_anything() {
        let id = ImportId::from_parts(1, 2);
        assert_eq!(Place::of(&domain::import::upload_key(id)), Place::Upload(id));
        assert_eq!(Place::of(&plan(id)), Place::Plan(id));
        assert_eq!(Place::of(&chunk(id, &numbered(7))), Place::Chunk(id, "0007".to_owned()));
        assert_eq!(Place::of("drops/a/b c.XLSX"), Place::Drop);
        for other in [
            "drops/a.csv",
            "imports/imp_1/upload.xlsx",
            "upload.xlsx",
            &results(id, "0001"),
            &domain::import::result_key(id),
            &format!("imports/{id}/chunks/1.jsonl"),
            &format!("imports/{id}/chunks/../0001.jsonl"),
            &format!("x/imports/{id}/plan.jsonl"),
        ] {
            assert_eq!(Place::of(other), Place::Other, "{other}");
        }
    }
}
