//! What a reservation needs of one counter: decided from what was read, without a call.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{
    Branch, Branching, Caps, Counter, CounterWrite, Entry, HOLD, Hold, HoldKey, Layers, Next, Part, Phase, QuotaScope,
    ScopeSet, Shortage, Stage, Tokens, Window,
};
use crate::Timestamp;
use crate::id::ReservationId;

/// What is known of one scope of a call.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// Which.
    pub scope: QuotaScope,
    /// What its limits come from.
    pub layers: Layers<'a>,
    /// Its counter, where there is one.
    pub counter: Option<&'a Counter>,
    /// The counter's branches that were read; none where one was not written yet.
    pub branches: &'a BTreeMap<Branch, Option<Counter>>,
    /// When there are branches.
    pub branching: Branching,
}

static UNBRANCHED: BTreeMap<Branch, Option<Counter>> = BTreeMap::new();

impl<'a> Ground<'a> {
    /// A scope whose counter has no branches.
    #[must_use]
    pub fn unbranched(scope: QuotaScope, layers: Layers<'a>, counter: Option<&'a Counter>) -> Self {
        Self { scope, layers, counter, branches: &UNBRANCHED, branching: Branching::USUAL }
    }
}

/// What a call asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The caller's id for it.
    pub id: ReservationId,
    /// What it falls in.
    pub set: ScopeSet,
    /// How many tokens it may take at most, at least one.
    pub amount: Tokens,
    /// Which try this is: another number each time.
    pub attempt: u32,
}

impl Asked {
    /// What it is called in counters.
    #[must_use]
    pub fn key(&self) -> HoldKey {
        HoldKey::of(self.id)
    }

    /// What it puts there.
    #[must_use]
    pub fn hold(&self, reserved_at: Timestamp) -> Hold {
        Hold {
            amount: self.amount,
            reserved_at,
            lapses_at: reserved_at.plus(HOLD),
            set: self.set.digest(),
            attempt: self.attempt,
        }
    }
}

/// What is to be done in one scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taking {
    /// Nothing binds it, so nothing is counted.
    Unbound,
    /// An earlier try holds it already.
    Held(Hold),
    /// This takes it.
    Take(Box<Take>),
    /// These writes first; then look again.
    Prepare(Vec<(Part, CounterWrite)>),
    /// All branches have to be read.
    Look,
    /// There is no room.
    Full(Shortage),
    /// The counter was written by somebody who knew newer limits: read again.
    Behind,
    /// The id was used for another call.
    Reused,
}

/// A write that takes the hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Take {
    /// Of which part of the counter.
    pub part: Part,
    /// The write.
    pub write: CounterWrite,
    /// The hold that it puts.
    pub hold: Hold,
    /// Whether it takes over a hold of an earlier try. That one may have been told that it holds, so this is never undone.
    pub claims: bool,
    /// That part after it, as far as was seen.
    pub after: Counter,
    /// What the tightest window has left after it.
    pub room: Room,
}

/// What the tightest window of a counter has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Room {
    /// So much; below zero where more was used than there was.
    pub left: i64,
    /// Of what may be used and held.
    pub cap: Tokens,
    /// In which window.
    pub window: Window,
}

impl Room {
    /// The tightest window that is limited.
    #[must_use]
    pub fn of(counter: &Counter) -> Option<Self> {
        let room = |entry: &Entry| Some(Self { left: entry.left, cap: entry.cap?, window: entry.window });
        counter.entries.iter().filter_map(|(_, entry)| room(entry)).min()
    }
}

/// A hold so young may be one that is about to be undone.
const MOMENT: Duration = Duration::from_millis(250);

impl From<Next> for Taking {
    fn from(next: Next) -> Self {
        match next {
            Next::Write(writes) => Self::Prepare(writes),
            Next::Look => Self::Look,
            // Nothing is left to be done that was thought to be: what was read is not one state.
            Next::Behind | Next::Done => Self::Behind,
        }
    }
}

impl Ground<'_> {
    /// What the caps of this scope are, at the counter's own instant.
    #[must_use]
    pub fn caps(&self, now: Timestamp) -> (Timestamp, Caps) {
        let now = self.parts().fold(now, |now, (_, counter)| counter.instant(now));
        (now, self.layers.caps(self.scope.kind(), now))
    }

    /// What the tightest window has left, as far as was seen; lapsed holds not counted. None where nothing is limited.
    #[must_use]
    pub fn room(&self, now: Timestamp) -> Option<Room> {
        let (now, caps) = self.caps(now);
        let mut root = self.root_at(&caps, now);
        for (part, _) in self.parts() {
            if let Part::Branch(branch) = part {
                root.add_free(&self.branch_at(branch, &caps, now));
            }
        }
        Room::of(&root)
    }

    /// Whether there would be room if others undid what they took a moment ago.
    #[must_use]
    pub fn may_have_room_soon(&self, asked: &Asked, now: Timestamp) -> bool {
        let mut without = self.whole(now);
        let (now, caps) = self.caps(now);
        let is_young = |hold: &Hold| hold.reserved_at.plus(MOMENT) > now;
        let young: Vec<HoldKey> =
            without.holds.iter().filter(|(_, hold)| is_young(hold)).map(|(key, _)| *key).collect();
        young.into_iter().for_each(|key| without.give_back(key));
        Shortage::of(self.scope, &without, &caps, asked.amount).is_none()
    }

    /// Whether somebody has written here who knew more than was read, or between the reading of two parts: a branch is never
    /// ahead of its root, and no further behind a joined one than its closing.
    #[must_use]
    pub fn is_behind(&self, caps: &Caps) -> bool {
        let phase = self.phase();
        let closed = match phase.stage() {
            Stage::Joined if phase.has_branches() => Phase(phase.0 - 1),
            Stage::Joined | Stage::Open | Stage::Closing => Phase::default(),
        };
        let is_torn = |branch: &Option<Counter>| {
            let there = branch.as_ref().map_or(Phase::default(), |branch| branch.phase);
            there > phase || there < closed
        };
        self.counter.is_some_and(|counter| counter.versions.know_more_than(caps.versions))
            || self.branches.values().any(is_torn)
    }
}
