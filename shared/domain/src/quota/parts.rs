//! A counter with its branches: what each part comes to, and what has to be written before something else can be.

use super::{
    Branch, ByPeriod, Cap, Caps, Counter, CounterWrite, Ground, Guard, Hold, HoldKey, Part, Phase, Stage, Tokens,
};
use crate::Timestamp;

/// What has to be done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// These writes, in any order; then look again.
    Write(Vec<(Part, CounterWrite)>),
    /// All branches have to be read.
    Look,
    /// The limits that were read are older than those that are known here.
    Behind,
    /// Nothing.
    Done,
}

impl Next {
    pub(super) fn one(part: Part, write: CounterWrite) -> Self {
        Self::Write(vec![(part, write)])
    }
}

impl<'a> Ground<'a> {
    /// One part, where it was written before and read.
    #[must_use]
    pub fn part(&self, part: Part) -> Option<&'a Counter> {
        match part {
            Part::Root => self.counter,
            Part::Branch(branch) => self.branches.get(&branch)?.as_ref(),
        }
    }

    /// Every part that was written before and read.
    pub fn parts(&self) -> impl Iterator<Item = (Part, &'a Counter)> + use<'a> {
        let branches = self.branches.iter();
        let branches = branches.filter_map(|(branch, counter)| Some((Part::Branch(*branch), counter.as_ref()?)));
        self.counter.map(|root| (Part::Root, root)).into_iter().chain(branches)
    }

    /// Where that reservation holds, or held until it lapsed.
    pub fn holding(&self, key: HoldKey) -> impl Iterator<Item = (Part, Hold)> + use<'a> {
        self.parts().filter_map(move |(part, counter)| Some((part, *counter.holds.get(&key)?)))
    }

    /// Which parts hold.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.counter.map_or(Phase::default(), |root| root.phase)
    }

    /// Whether every part was read that there may be.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.phase().has_branches() || Branch::all().all(|branch| self.branches.contains_key(&branch))
    }

    /// Whether a branch that was not read may matter: where a period is limited that was never counted, what branches hold in
    /// it counts as well.
    pub(super) fn lacks_branches(&self, caps: &Caps) -> bool {
        let is_new = |root: &Counter| caps.by_period.iter().any(|(period, _)| root.entries.get(period).is_none());
        !self.is_whole() && self.counter.is_some_and(is_new)
    }

    /// The root as it is at that instant under these caps, with what it can receive of the branches that were read, and
    /// without what these hold in periods that were never counted.
    pub(super) fn root_at(&self, caps: &Caps, now: Timestamp) -> Counter {
        let seen = self.counter.cloned().unwrap_or_default();
        let mut root = seen.brought_to(caps, now);
        root.count_from(&seen, now);
        for (part, counter) in self.parts() {
            if let Part::Branch(branch) = part {
                root.receive(counter, branch);
                root.pay_for_new(&seen, counter, branch);
            }
        }
        root
    }

    /// A branch as it is at that instant, with what the root has given it. Where branches do not hold, it gives back what it
    /// has free.
    pub(super) fn branch_at(&self, branch: Branch, caps: &Caps, now: Timestamp) -> Counter {
        let seen = self.part(Part::Branch(branch)).cloned().unwrap_or_default();
        let Some(root) = self.counter else { return seen };
        let mut after = seen.brought_to(&nothing_of(caps, &seen, root), now);
        after.count_what(root, now);
        after.receive(root, branch);
        after.phase = after.phase.max(root.phase);
        if after.phase.stage() != Stage::Open {
            after.give_free(branch);
        }
        after
    }

    /// The next step to a counter whose branches have nothing left: what they owe is given to them, then they give back.
    pub(super) fn gather(&self, caps: &Caps, now: Timestamp) -> Next {
        let Some(root) = self.counter.filter(|root| root.phase.has_branches()) else { return Next::Done };
        if !self.is_whole() {
            return Next::Look;
        }
        let after: Vec<(Branch, Counter)> =
            Branch::all().map(|branch| (branch, self.branch_at(branch, caps, now))).collect();
        let mut rolled = root.clone();
        rolled.roll_unlimited(now);
        let mut paid = rolled.clone();
        after.iter().for_each(|(branch, after)| paid.pay(after, *branch));
        if paid != rolled {
            return Next::one(Part::Root, CounterWrite::between(Some(root), paid, Guard::None));
        }
        let write = |(branch, after): (Branch, Counter)| {
            let (part, seen) = (Part::Branch(branch), self.part(Part::Branch(branch)));
            (seen != Some(&after)).then(|| (part, CounterWrite::between(seen, after, Guard::Moved)))
        };
        let writes: Vec<_> = after.into_iter().filter_map(write).collect();
        if writes.is_empty() { Next::Done } else { Next::Write(writes) }
    }

    /// The next step to a root that holds alone, under these caps.
    pub(super) fn join(&self, caps: &Caps, now: Timestamp) -> Next {
        let Some(root) = self.counter else { return Next::Done };
        let after = match root.phase.stage() {
            Stage::Joined => return Next::Done,
            Stage::Open => Counter { phase: root.phase.next(), ..root.clone() },
            Stage::Closing => match self.gather(caps, now) {
                Next::Done => Counter { phase: root.phase.next(), ..self.root_at(caps, now) },
                step @ (Next::Write(_) | Next::Look | Next::Behind) => return step,
            },
        };
        Next::one(Part::Root, CounterWrite::between(Some(root), after, Guard::None))
    }

    /// Whether the root was opened under other limits: then it has to be joined before anything else is decided.
    pub(super) fn is_outdated(&self, caps: &Caps) -> bool {
        self.counter.is_some_and(|root| root.phase.stage() != Stage::Joined && root.versions != caps.versions)
    }

    /// What the root has given to a branch that has less than is asked for, where enough is left for that.
    pub(super) fn lend(&self, branch: Branch, caps: &Caps, amount: Tokens, now: Timestamp) -> Option<CounterWrite> {
        let lacking = self.branch_at(branch, caps, now);
        let mut after = self.root_at(caps, now);
        for (period, _) in caps.by_period.iter() {
            let there = lacking.entries.get(period).map_or(0, |entry| entry.left);
            if there < amount.signed() {
                let left = after.entries.get(period)?.left;
                let chunk = self.branching.chunk(left, amount.signed())?;
                after.give(period, branch, chunk.max(amount.signed() - there));
            }
        }
        Some(CounterWrite::between(self.counter, after, Guard::Moved))
    }

    /// All parts as one counter: what is on its way between them is left, and what has lapsed was given back.
    #[must_use]
    pub fn whole(&self, now: Timestamp) -> Counter {
        let (now, caps) = self.caps(now);
        let mut whole = freed(self.counter.cloned().unwrap_or_default(), now).brought_to(&caps, now);
        whole.merge_flows();
        for (part, counter) in self.parts() {
            if part != Part::Root {
                let counter = freed(counter.clone(), now);
                let mut counter = counter.brought_to(&nothing_of(&caps, &counter, &whole), now);
                counter.merge_flows();
                whole.add(&counter);
            }
        }
        whole
    }

    /// The next step to a counter that is kept in order: what has lapsed goes, a joining that was begun is finished, and one
    /// that is used little is joined.
    #[must_use]
    pub fn tidy(&self, now: Timestamp) -> Next {
        let (now, caps) = self.caps(now);
        if self.is_behind(&caps) {
            return Next::Behind;
        }
        if !self.is_whole() {
            return Next::Look;
        }
        let holds: usize = self.parts().map(|(_, counter)| counter.holds.len()).sum();
        let is_open = self.phase().stage() == Stage::Open;
        if self.is_outdated(&caps) || !is_open || holds <= self.branching.open_at / 3 {
            return match self.join(&caps, now) {
                Next::Done => self.gather_then_free(&caps, now),
                step @ (Next::Write(_) | Next::Look | Next::Behind) => step,
            };
        }
        let lapsed = |(part, counter): (Part, &Counter)| match part {
            Part::Branch(branch) if !counter.lapsed(now).is_empty() => {
                let after = self.branch_at(branch, &caps, now);
                Some((part, CounterWrite::between(Some(counter), after, Guard::Moved)))
            }
            Part::Branch(_) | Part::Root => None,
        };
        let writes: Vec<_> = self.parts().filter_map(lapsed).collect();
        if writes.is_empty() { self.free(&caps, now) } else { Next::Write(writes) }
    }

    fn gather_then_free(&self, caps: &Caps, now: Timestamp) -> Next {
        match self.gather(caps, now) {
            Next::Done => self.free(caps, now),
            step @ (Next::Write(_) | Next::Look | Next::Behind) => step,
        }
    }

    /// A root in which nothing has lapsed is left alone, also where a window of it is over.
    fn free(&self, caps: &Caps, now: Timestamp) -> Next {
        let has_lapsed = self.counter.is_some_and(|root| !root.lapsed(now).is_empty());
        if has_lapsed { self.bring(caps, now) } else { Next::Done }
    }

    /// Brings the counter to the limits that were read: what a lowered limit does before it is acknowledged.
    #[must_use]
    pub fn bring_up(&self, now: Timestamp) -> Next {
        let (now, caps) = self.caps(now);
        if self.is_behind(&caps) {
            return Next::Behind;
        }
        if self.is_outdated(&caps) { self.join(&caps, now) } else { self.bring(&caps, now) }
    }

    fn bring(&self, caps: &Caps, now: Timestamp) -> Next {
        let Some(root) = self.counter else { return Next::Done };
        if self.lacks_branches(caps) {
            return Next::Look;
        }
        let after = self.root_at(caps, now);
        let write = (after != *root).then(|| CounterWrite::between(Some(root), after, Guard::None));
        write.map_or(Next::Done, |write| Next::one(Part::Root, write))
    }
}

/// A branch counts what its root counts, and has nothing of a limit but what it is given; its versions say nothing.
fn nothing_of(caps: &Caps, branch: &Counter, root: &Counter) -> Caps {
    let nothing = |period| {
        let cap = caps.by_period.get(period).filter(|_| root.entries.get(period).is_some())?;
        Some(Cap { limit: Tokens::ZERO, top_ups: Tokens::ZERO, ..*cap })
    };
    Caps { by_period: ByPeriod::from_fn(nothing), versions: branch.versions }
}

/// The counter without what has lapsed, however much that is.
fn freed(mut counter: Counter, now: Timestamp) -> Counter {
    counter.lapsed(now).into_iter().for_each(|key| counter.give_back(key));
    counter
}
