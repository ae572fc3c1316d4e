//! Links that mails carry: what each one is for, the token that proves it, and its address.
//!
//! Sync code without I/O or randomness, but for [`HeldKey`], which has the key from Vault. Nothing of a link is stored but its version: whoever has the key can make the
//! same token again, and a higher version makes every earlier one dead.

mod held;
mod key;
mod link;
mod public_url;
mod token;

pub use held::HeldKey;
pub use key::{LinkKey, Proof};
pub use link::Link;
pub use public_url::PublicUrl;
pub use token::LinkToken;
