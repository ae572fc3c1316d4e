//! The function's routes on the embedded database and the development Vault.

#[cfg(test)]
mod edits;
#[cfg(test)]
mod encryption_key;
#[cfg(test)]
mod grants;
#[cfg(test)]
mod joining;
#[cfg(test)]
mod life;
#[cfg(test)]
mod owners;
#[cfg(test)]
mod people;
#[cfg(test)]
mod portal;
