//! The sweep on the local parts: organizations made and unmade, in one go and cut off anywhere.

#[cfg(test)]
mod allowances;
#[cfg(test)]
mod content;
#[cfg(test)]
mod large;
#[cfg(test)]
mod mortal;
#[cfg(test)]
mod provisioning;
#[cfg(test)]
mod purge;
#[cfg(test)]
mod purge_races;
#[cfg(test)]
mod stack;
#[cfg(test)]
mod tools;
#[cfg(test)]
mod traces;
