//! The key of links as a function holds it: asked of Vault when a link is first made or proved, and kept then.

use std::sync::Arc;

use domain::{Error, Result};
use tokio::sync::OnceCell;
use vault::{Secret, Vault};

use crate::LinkKey;

/// Where Vault keeps the key; the same one for every function.
const PATH: &str = "platform/keys/links";

/// Gets the key of links when somebody needs it. Cheap to clone; clones share what was read.
#[derive(Clone)]
pub struct HeldKey {
    vault: Vault,
    random: fn() -> [u8; 32],
    key: Arc<OnceCell<Arc<LinkKey>>>,
}

impl HeldKey {
    /// Makes no call. The randomness becomes the key if there is none yet.
    #[must_use]
    pub fn new(vault: Vault, random: fn() -> [u8; 32]) -> Self {
        Self { vault, random, key: Arc::default() }
    }

    /// The key: read once, made if there is none.
    ///
    /// # Errors
    /// [`domain::Code::Unavailable`] while Vault is away, [`domain::Code::Internal`] where it refuses or holds no key.
    pub async fn get(&self) -> Result<Arc<LinkKey>> {
        let read = async || {
            let secret = self.vault.secret_once(PATH, Secret::new((self.random)().to_vec())).await?;
            LinkKey::new(secret.expose()).map(Arc::new).map_err(Error::internal)
        };
        self.key.get_or_try_init(read).await.cloned()
    }
}
