//! Many callers at once, one step of one of them at a time, in an order that follows from a seed.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use domain::id::ReservationId;
use domain::quota::{Call, HoldKey, QuotaScope};
use domain::{Error, Timestamp};
use store::quota::Outcome;

use crate::figures::Figures;
use crate::{Command, Done, Memory, Random};

/// 2026-11-30T20:00:00Z: a day, a week and a month end soon.
const BEGIN: u64 = 1_796_068_800_000;
/// Ids and uses that are this old matter no more.
const OLD: Duration = Duration::from_secs(40 * 86_400);

type Running = Pin<Box<dyn Future<Output = Result<Done, Error>>>>;

/// One caller in the middle of a command.
struct Caller {
    command: Command,
    /// How often limits had been changed when it began.
    epoch: u64,
    running: Running,
}

/// The callers and their database.
pub struct Crowd {
    pub(crate) memory: Memory,
    pub(crate) random: Random,
    callers: Vec<Caller>,
    most: usize,
    /// Limits change and time passes seldom, so that counters with branches stay open for a while.
    pub(crate) is_calm: bool,
    pub(crate) epoch: u64,
    pub(crate) calls: Vec<Call>,
    pub(crate) reserved: Vec<Call>,
    pub(crate) leases: Vec<Call>,
    /// Calls of which somebody was told that they are reserved, and until when.
    pub(crate) promised: BTreeMap<ReservationId, (Call, Timestamp)>,
    /// Calls of which somebody has begun to settle or release them.
    ending: BTreeSet<ReservationId>,
    /// Calls about which two commands were on their way at once: what one takes may come behind what the other settles.
    tangled: BTreeSet<ReservationId>,
    /// Commands that were killed and are to be asked again.
    again: Vec<Command>,
    acknowledged: BTreeMap<ReservationId, u64>,
    figures: Figures,
}

impl Crowd {
    /// So many callers at most.
    #[must_use]
    pub fn new(seed: u64, most: usize) -> Self {
        let mut random = Random::new(seed);
        let memory = Memory::new(Timestamp::from_millis(BEGIN), random.number(), 25);
        let is_calm = random.once_in(2);
        Self {
            memory,
            random,
            callers: vec![],
            most,
            is_calm,
            epoch: 0,
            calls: vec![],
            reserved: vec![],
            leases: vec![],
            promised: BTreeMap::new(),
            ending: BTreeSet::new(),
            tangled: BTreeSet::new(),
            again: vec![],
            acknowledged: BTreeMap::new(),
            figures: Figures::default(),
        }
    }

    /// Goes so many steps, and then lets everybody finish.
    ///
    /// # Panics
    /// Something was overspent, lost or promised in vain.
    pub fn run(&mut self, steps: u64) -> Figures {
        self.change_limits();
        while self.figures.steps < steps {
            if self.callers.is_empty() || (self.callers.len() < self.most && self.random.once_in(3)) {
                self.begin();
            }
            self.step();
            match self.random.below(2_000) {
                0..40 => self.kill(),
                40..60 if !self.is_calm || self.random.once_in(20) => self.change_limits(),
                60..120 if !self.is_calm || self.random.once_in(5) => self.pass_time(),
                _ => {}
            }
        }
        self.finish();
        let stored = self.memory.stored();
        (self.figures.disturbed, self.figures.refused_writes) = (stored.disturbed, stored.refused_writes);
        self.figures.branching = stored.branching.clone();
        drop(stored);
        self.figures.clone()
    }

    fn begin(&mut self) {
        let command = match self.random.below(20) {
            _ if self.calls.is_empty() => self.new_call(),
            0..7 => self.new_call(),
            7 => self.lease(),
            8..10 => Command::Reserve(self.some_call()),
            10 | 11 if !self.leases.is_empty() => {
                let among = self.leases.len().min(4);
                let call = self.leases[self.leases.len() - 1 - self.random.below(among)];
                Command::Return(call, call.id.ulid().timestamp_ms() % (call.amount.get() * 9 / 8 + 1))
            }
            10..16 => {
                let call = self.some_call();
                // What a call used is the same whenever it is said; but for a few that contradict themselves.
                let chance = if self.random.once_in(20) { self.random.number() } else { call.id.ulid().timestamp_ms() };
                Command::Settle(call, chance % (call.amount.get() * 5 / 4 + 1))
            }
            16..18 => Command::Release(self.some_call()),
            18 => self.tidy(),
            _ => self.again.pop().unwrap_or(Command::Push(QuotaScope::Organization)),
        };
        // Some ask twice or three times at once, as a client does that is told too late.
        while matches!(command, Command::Reserve(_)) && self.random.once_in(3) {
            self.spawn(command.clone());
        }
        if self.contradicts(&command) {
            self.again.push(command);
        } else {
            self.spawn(command);
        }
    }

    /// Nobody settles and releases one call at the same time: which of them is the last is then left to chance.
    fn contradicts(&self, command: &Command) -> bool {
        let Some(call) = command.call().filter(|_| command.ends()) else { return false };
        let is_other = |other: &Command| std::mem::discriminant(other) != std::mem::discriminant(command);
        let is_same = |other: &Command| other.call().is_some_and(|other| other.id == call.id);
        let mut running = self.callers.iter().map(|caller| &caller.command);
        running.any(|other| other.ends() && is_other(other) && is_same(other))
    }

    /// A caller's clock is up to two seconds off.
    pub(crate) fn spawn(&mut self, command: Command) {
        if let Some(call) = command.call().filter(|_| command.ends()) {
            self.ending.insert(call.id);
            self.promised.remove(&call.id);
        }
        if let Some(call) = command.call() {
            let is_same = |caller: &Caller| caller.command.call().is_some_and(|other| other.id == call.id);
            if self.callers.iter().any(is_same) {
                self.tangled.insert(call.id);
            }
        }
        let off = u64::try_from(self.random.below(4_000)).unwrap();
        let now = Timestamp::from_millis(self.memory.now().millis() + off - 2_000);
        let first = u32::try_from(self.random.number() >> 32).unwrap();
        let running = Box::pin(command.clone().run(self.memory.clone(), first, now));
        self.callers.push(Caller { command, epoch: self.epoch, running });
        self.figures.commands += 1;
    }

    fn step(&mut self) {
        let chosen = self.random.below(self.callers.len());
        self.figures.steps += 1;
        let mut context = Context::from_waker(Waker::noop());
        let polled = self.callers[chosen].running.as_mut().poll(&mut context);
        self.memory.audit();
        if self.figures.steps.is_multiple_of(8) {
            self.promised.values().for_each(|(call, lapses_at)| self.memory.assert_held(call, *lapses_at));
        }
        if let Poll::Ready(done) = polled {
            let caller = self.callers.swap_remove(chosen);
            self.done(&caller, done);
        }
    }

    fn done(&mut self, caller: &Caller, done: Result<Done, Error>) {
        match done {
            Err(_) => {
                self.figures.failed += 1;
                self.again.push(caller.command.clone());
            }
            Ok(Done::Reserved(Outcome::Reserved { reserved, .. })) => {
                match caller.command {
                    Command::Lease(_) => self.figures.leased[0] += 1,
                    _ => {
                        self.figures.reserved += 1;
                        self.reserved.push(reserved.call);
                    }
                }
                if caller.epoch == self.epoch && !self.ending.contains(&reserved.call.id) {
                    self.promised.insert(reserved.call.id, (reserved.call, reserved.lapses_at));
                }
            }
            Ok(Done::Reserved(Outcome::Refused(short))) => {
                self.figures.refused += 1;
                assert!(short.remaining < short.requested, "{short:?}");
            }
            Ok(Done::Reserved(Outcome::Ended(_)) | Done::Nothing) => {}
            Ok(Done::Settled(settled)) => {
                self.figures.settled += 1;
                self.figures.late += u64::from(settled.late);
                let total = settled.tokens().get();
                self.figures.leased[1] += u64::from(settled.charged.is_some());
                let before = self.acknowledged.insert(settled.id, total);
                assert!(before.is_none_or(|before| before == total), "settled twice with other numbers");
                if !self.tangled.contains(&settled.id) {
                    self.memory.assert_no_hold(&caller.command.call().unwrap());
                }
            }
        }
    }

    /// Who is killed asks again later, as a client does that got no answer.
    fn kill(&mut self) {
        if !self.callers.is_empty() {
            let chosen = self.random.below(self.callers.len());
            let Caller { command, .. } = self.callers.swap_remove(chosen);
            self.again.push(command);
            self.figures.killed += 1;
        }
    }

    fn pass_time(&mut self) {
        const MINUTE: u64 = 60;
        let seconds = match self.random.below(40) {
            0 => 45 * 86_400,
            1..4 => 5 * 60 * MINUTE,
            4..12 => 20 * MINUTE,
            _ => MINUTE,
        };
        let mut stored = self.memory.stored();
        stored.now = stored.now.plus(Duration::from_secs(seconds));
        let old = stored.now.minus(OLD);
        drop(stored);
        self.calls.retain(|call| call.id.made_at() >= old);
        self.reserved.retain(|call| call.id.made_at() >= old);
        self.leases.retain(|call| call.id.made_at() >= old);
    }

    /// Nobody is disturbed any more, and what was killed is asked again: then everything that was acknowledged is so.
    fn finish(&mut self) {
        self.memory.stored().one_in = 0;
        while !self.callers.is_empty() {
            self.step();
        }
        for command in std::mem::take(&mut self.again) {
            self.spawn(command);
            while !self.callers.is_empty() {
                self.step();
            }
        }
        let stored = self.memory.stored();
        for (id, total) in &self.acknowledged {
            assert_eq!(stored.ledger[id].tokens().get(), *total, "{id} is not what was acknowledged");
            let key = HoldKey::of(*id);
            let is_held = stored.counters.values().any(|counter| counter.holds.contains_key(&key));
            assert!(!is_held || self.tangled.contains(id), "{id} is still held");
        }
    }
}
