//! The function's routes on the embedded database and the development Vault.

#[cfg(test)]
mod api_tokens;
#[cfg(test)]
mod attempts;
#[cfg(test)]
mod authentication;
#[cfg(test)]
mod email_changes;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod kills;
#[cfg(test)]
mod meanwhile;
#[cfg(test)]
mod neutral;
#[cfg(test)]
mod passwords;
#[cfg(test)]
mod people;
#[cfg(test)]
mod portal;
#[cfg(test)]
mod profile;
#[cfg(test)]
mod resets;
#[cfg(test)]
mod seed;
#[cfg(test)]
mod service_accounts;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod users;
#[cfg(test)]
mod verification;
