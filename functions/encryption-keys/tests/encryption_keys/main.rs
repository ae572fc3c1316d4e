//! Turns of encryption keys on the local parts: in one go, side by side, late, and cut off anywhere.

#[cfg(test)]
mod contents;
#[cfg(test)]
mod kills;
#[cfg(test)]
mod many;
#[cfg(test)]
mod place;
#[cfg(test)]
mod turns;
