//! The API's description: every function's part as one document.

use std::path::Path;

use anyhow::{Context, Result};
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;

/// What no function says of itself.
#[derive(OpenApi)]
#[openapi(info(
    title = "Admin Portal",
    version = "1.0.0",
    description = "The control plane of a multi-tenant AI platform.",
    license(name = "Apache-2.0")
))]
struct Whole;

/// The whole document.
#[must_use]
pub fn document() -> Document {
    let parts = [audit::openapi(), identity::openapi(), imports::openapi(), organizations::openapi()];
    parts.into_iter().fold(Whole::openapi(), Document::merge_from)
}

/// The document as it is kept in `infra/openapi/openapi.json`.
///
/// # Errors
/// None in practice: the document can always be written as JSON.
pub fn json() -> Result<String> {
    let json = serde_json::to_string_pretty(&document()).context("writing the document as JSON")?;
    Ok(json + "\n")
}

/// Writes `openapi.json` into the folder.
///
/// # Errors
/// The folder cannot be written.
pub fn write(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    let path = folder.join("openapi.json");
    std::fs::write(&path, json()?).with_context(|| format!("writing {}", path.display()))
}
