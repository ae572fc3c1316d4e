//! The sweep on the local parts: organizations made and unmade, in one go and cut off anywhere.

mod content;
mod mortal;
mod provisioning;
mod purge;
mod purge_races;
mod stack;
mod traces;
