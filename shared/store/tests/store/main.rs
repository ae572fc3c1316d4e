//! The store's methods on the embedded database.

#[cfg(test)]
mod bench;
#[cfg(test)]
mod log;
#[cfg(test)]
mod organizations;
#[cfg(test)]
mod people;
#[cfg(test)]
mod projects;
#[cfg(test)]
mod quota;
#[cfg(test)]
mod quota_branches;
#[cfg(test)]
mod quota_costs;
#[cfg(test)]
mod quota_holds;
#[cfg(test)]
mod quota_writes;
