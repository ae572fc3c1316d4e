//! Sealing and opening against the development Vault, over its real protocol.

#[cfg(test)]
mod forms;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod place;
