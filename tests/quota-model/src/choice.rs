//! What somebody does next.

use domain::quota::Call;

use crate::command::call;
use crate::{Command, Crowd};

impl Crowd {
    pub(crate) fn new_call(&mut self) -> Command {
        let within = [1 + self.random.below(2), self.random.below(3), self.random.below(3)];
        let amount = u64::try_from(1 + self.random.below(12)).unwrap();
        let call = call(self.random.number(), self.memory.now(), within, amount);
        self.calls.push(call);
        Command::Reserve(call)
    }

    /// Mostly one of the latest that were reserved, or of the latest at all.
    pub(crate) fn some_call(&mut self) -> Call {
        if !self.reserved.is_empty() && !self.random.once_in(10) {
            let among = self.reserved.len().min(32);
            return self.reserved[self.reserved.len() - 1 - self.random.below(among)];
        }
        let among = if self.random.once_in(5) { self.calls.len() } else { self.calls.len().min(24) };
        self.calls[self.calls.len() - 1 - self.random.below(among)]
    }

    /// A new lease, or one that is asked for again.
    pub(crate) fn lease(&mut self) -> Command {
        if !self.leases.is_empty() && self.random.once_in(3) {
            return Command::Lease(self.leases[self.leases.len() - 1]);
        }
        let within = [1 + self.random.below(2), self.random.below(3), self.random.below(3)];
        let amount = u64::try_from(1 + self.random.below(60)).unwrap();
        let call = call(self.random.number(), self.memory.now(), within, amount);
        self.leases.push(call);
        Command::Lease(call)
    }

    /// Keeps some counter in order.
    pub(crate) fn tidy(&mut self) -> Command {
        let places: Vec<_> = self.memory.stored().counters.keys().map(|place| place.scope).collect();
        if places.is_empty() { self.new_call() } else { Command::Tidy(self.random.one_of(&places)) }
    }
}
