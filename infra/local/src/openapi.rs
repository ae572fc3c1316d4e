//! The API's description: every function's part as one document.

use std::path::Path;

use anyhow::{Context, Result};
use utoipa::openapi::OpenApi as Document;

/// The whole document.
#[must_use]
pub fn document() -> Document {
    console::describe([
        audit::openapi(),
        console::openapi(),
        identity::openapi(),
        imports::openapi(),
        inbox::openapi(),
        invitations::openapi(),
        organizations::openapi(),
        credential_leases::openapi(),
        models::openapi(),
        provider_tests::openapi(),
        providers::openapi(),
        quota_check::openapi(),
        quotas::openapi(),
        statements::openapi(),
    ])
}

/// The document as it is kept in `infra/openapi/openapi.json`.
///
/// # Errors
/// None in practice: the document can always be written as JSON.
pub fn json() -> Result<String> {
    let json = serde_json::to_string_pretty(&document()).context("writing the document as JSON")?;
    Ok(json + "\n")
}

/// The documentation as it is kept in `infra/openapi/docs.html`.
#[must_use]
pub fn page() -> String {
    console::render(&document())
}

/// Writes both into the folder.
///
/// # Errors
/// The folder cannot be written.
pub fn write(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    for (name, text) in [("openapi.json", json()?), ("docs.html", page())] {
        let path = folder.join(name);
        std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}
