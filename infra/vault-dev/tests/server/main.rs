//! The server over its real protocol: the recording, restarts, policies, wrapping.

#[cfg(test)]
mod client;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod replay;
#[cfg(test)]
mod restarts;
