//! Calls as they are made, to servers and by resolvers that lie.

#[cfg(test)]
mod answers;
#[cfg(test)]
mod hosts;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod rebinding;
#[cfg(test)]
mod registry;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tls;
