//! What the product tells people: the mails, as they are written.

pub mod mail;
