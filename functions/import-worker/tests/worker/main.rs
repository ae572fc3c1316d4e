//! The import as the object store drives it: real workbooks, real protocols, events told twice, runs killed anywhere.

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod kills;
#[cfg(test)]
mod made;
#[cfg(test)]
mod outcome;
#[cfg(test)]
mod races;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod stack;
#[cfg(test)]
mod superadmin;
#[cfg(test)]
mod sweep;
