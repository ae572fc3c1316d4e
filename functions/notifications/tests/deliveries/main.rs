//! Mails from events, over the real database and a mail service that fails on command.

#[cfg(test)]
mod choices;
#[cfg(test)]
mod home;
#[cfg(test)]
mod inboxes;
#[cfg(test)]
mod invited;
#[cfg(test)]
mod kills;
#[cfg(test)]
mod links;
#[cfg(test)]
mod mails;
#[cfg(test)]
mod outages;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod runners;
#[cfg(test)]
mod stack;
#[cfg(test)]
mod turns;
#[cfg(test)]
mod unplanned;
