//! The adapter against the development Vault, over its real protocol.

#[cfg(test)]
mod aws_login;
#[cfg(test)]
mod breaker;
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
