//! What each mail says, with ordinary people and with hostile ones.

#[cfg(test)]
mod cases;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod rules;
