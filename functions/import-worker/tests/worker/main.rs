//! The import as the object store drives it: real workbooks, real protocols, events told twice, runs killed anywhere.

mod fixtures;
mod kills;
mod made;
mod outcome;
mod races;
mod rules;
mod stack;
