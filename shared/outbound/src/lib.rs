//! The one way in which the product calls an address that a customer typed in.
//!
//! The name is resolved once, every answer is judged, and the connection goes to what was judged. Nothing is followed, nothing
//! is waited for without end, and of an answer only what its reader parses is ever seen.

mod address;
mod allowed;
mod answer;
mod connect;
mod events;
mod exchange;
mod fault;
mod outbound;
mod reach;
mod request;
mod resolve;

pub use address::Address;
pub use allowed::Allowed;
pub use answer::Answer;
pub use fault::{Fault, Tls};
pub use outbound::Outbound;
pub use request::{Request, Sensitive};
pub use resolve::{Resolve, SystemResolver};
