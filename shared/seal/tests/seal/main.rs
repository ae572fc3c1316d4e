//! Sealing and opening against the Vault of the environment, or else the development one, over its real protocol.

#[cfg(test)]
mod forms;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod place;
#[cfg(test)]
mod rewrap;
