//! The adapter against the Vault of the environment, or else the development one, over its real protocol.

#[cfg(test)]
mod aws_login;
#[cfg(test)]
mod breaker;
#[cfg(test)]
mod chosen;
#[cfg(test)]
mod key_versions;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod logins;
#[cfg(test)]
mod place;
#[cfg(test)]
mod policies;
#[cfg(test)]
mod secrets;
