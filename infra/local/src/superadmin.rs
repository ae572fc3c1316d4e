//! The first superadmin's one-time password: made once, kept in a file that only its owner can read.

use std::path::Path;

use anyhow::{Context, Result};
use domain::Email;
use serde::{Deserialize, Serialize};
use store::{Bootstrapped, Store};

use crate::operator;

/// The file's name in the data folder.
pub(crate) const FILE: &str = "superadmin.json";

/// What the first superadmin signs in with, once.
#[derive(Clone, Serialize, Deserialize)]
pub struct FirstPassword {
    /// The e-mail.
    pub email: String,
    /// The one-time password; dies after 7 days, or when it is changed.
    pub password: String,
}

/// Makes the first superadmin of a new data folder; says what it signs in with, if it was made now.
///
/// The file is written first, and its password is used again after an interruption, so that it is never lost.
pub(crate) async fn ensure(path: &Path, store: &Store, email: &Email) -> Result<Option<FirstPassword>> {
    let (first, is_new) = match crate::files::read::<FirstPassword>(path)? {
        Some(first) => (first, false),
        None => {
            let password = passwords::temporary_password(start::random()).to_string();
            let first = FirstPassword { email: email.to_string(), password };
            crate::files::write(path, &first)?;
            (first, true)
        }
    };
    let email = first.email.parse().with_context(|| format!("{} holds no e-mail", path.display()))?;
    match operator::create_superadmin(store, email, &first.password).await? {
        Bootstrapped::Created(_) => Ok(Some(first)),
        Bootstrapped::AlreadyDone => {
            // Somebody deleted the file: what was just written opens nothing.
            if is_new {
                std::fs::remove_file(path).with_context(|| format!("deleting {}", path.display()))?;
            }
            Ok(None)
        }
    }
}
