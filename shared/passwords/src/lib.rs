//! Passwords: which ones are too weak, how they are kept, and how the system makes temporary ones.
//!
//! No I/O and no randomness: salts and random bytes are arguments.

mod memory;
mod pattern;
mod stored;
mod temporary;
mod weak;

pub use stored::{Keys, Stored, Verdict, hash_chosen, hash_temporary, verify_nothing};
pub use temporary::temporary_password;
pub use weak::is_weak;
