//! What a reservation needs of one counter: decided from what was read, without a call.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{
    Branch, Branching, Caps, Counter, CounterWrite, Entry, Guard, HOLD, Hold, HoldKey, Layers, Next, Part, Period,
    Phase, QuotaScope, ScopeSet, Shortage, Stage, Tokens, Window,
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

/// A reservation in the middle of being decided.
struct Wanted<'a> {
    asked: &'a Asked,
    caps: Caps,
    now: Timestamp,
    /// What an earlier try holds, which is taken over.
    held: Option<Hold>,
}

impl Ground<'_> {
    /// What the caps of this scope are, at the counter's own instant.
    #[must_use]
    pub fn caps(&self, now: Timestamp) -> (Timestamp, Caps) {
        let now = self.parts().fold(now, |now, (_, counter)| counter.instant(now));
        (now, self.layers.caps(self.scope.kind(), now))
    }

    /// What this reservation needs here. `own` = holds of earlier tries are taken over, so that these cannot undo them.
    #[must_use]
    pub fn take(&self, asked: &Asked, own: bool, now: Timestamp) -> Taking {
        let (now, caps) = self.caps(now);
        let held = self.holding(asked.key()).find(|(_, hold)| !hold.has_lapsed(now));
        match held {
            Some((_, hold)) if !hold.is_for(&asked.set, asked.amount) => return Taking::Reused,
            Some((_, hold)) if !own || hold.attempt == asked.attempt => return Taking::Held(hold),
            Some(_) | None => {}
        }
        if self.is_behind(&caps) {
            return Taking::Behind;
        }
        if caps.is_unlimited() && held.is_none() {
            return Taking::Unbound;
        }
        if self.is_outdated(&caps) {
            return self.join(&caps, now).into();
        }
        if self.lacks_branches(&caps) {
            return Taking::Look;
        }
        let home = Branch::of(asked.key());
        let wanted = Wanted { asked, caps, now, held: held.map(|(_, hold)| hold) };
        match (held, self.phase().stage()) {
            (Some((part, _)), _) => self.take_of(part, &wanted),
            (None, Stage::Joined) => self.take_of(Part::Root, &wanted),
            (None, Stage::Open) => self.take_of_branch(home, &wanted),
            (None, Stage::Closing) => self.join(&caps, now).into(),
        }
    }

    /// Of its branch, or what gives it enough; near a limit the counter is joined.
    fn take_of_branch(&self, home: Branch, wanted: &Wanted<'_>) -> Taking {
        let Wanted { asked, caps, now, .. } = wanted;
        if !self.branches.contains_key(&home) {
            return Taking::Look;
        }
        let there = self.branch_at(home, caps, *now);
        let has_room = caps.by_period.iter().all(|(period, _)| {
            there.entries.get(period).is_some_and(|entry| entry.left >= asked.amount.signed())
        });
        if has_room || !there.lapsed(*now).is_empty() {
            return self.take_of(Part::Branch(home), wanted);
        }
        match self.lend(home, caps, asked.amount, *now) {
            Some(write) => Taking::Prepare(vec![(Part::Root, write)]),
            None => self.join(caps, *now).into(),
        }
    }

    fn take_of(&self, part: Part, wanted: &Wanted<'_>) -> Taking {
        let Wanted { asked, caps, now, held } = wanted;
        let key = asked.key();
        if let Some((other, _)) = self.holding(key).find(|(other, _)| *other != part) {
            return self.drop_lapsed(other, key, *now).into();
        }
        let brought = match part {
            Part::Root => self.root_at(caps, *now),
            Part::Branch(branch) => self.branch_at(branch, caps, *now),
        };
        let mut after = brought.clone();
        after.give_back(key);
        if let Some(short) = Shortage::of(self.scope, &after, caps, asked.amount) {
            let is_clean = brought.lapsed(*now).is_empty();
            return if is_clean {
                self.short(short, wanted)
            } else {
                Taking::Prepare(vec![(part, CounterWrite::between(self.part(part), brought, Guard::None))])
            };
        }
        let new = asked.hold(*now);
        // Who took it may have been told until when it holds.
        let lapses_at = held.map_or(new.lapses_at, |held| held.lapses_at.max(new.lapses_at));
        let (hold, claims) = (Hold { lapses_at, ..new }, held.is_some());
        after.hold(key, hold);
        if part == Part::Root && self.opens(&after, wanted) {
            after.phase = after.phase.next();
        }
        let room = self.room_with(part, &after, wanted);
        let write = CounterWrite::between(self.part(part), after.clone(), Guard::Caps);
        Taking::Take(Box::new(Take { part, write, hold, claims, after, room }))
    }

    /// There is no room in the root; but there may be in branches that have not given back everything.
    fn short(&self, short: Shortage, Wanted { asked, caps, now, .. }: &Wanted<'_>) -> Taking {
        match self.gather(caps, *now) {
            Next::Done => {
                Taking::Full(Shortage::of(self.scope, &self.whole(*now), caps, asked.amount).unwrap_or(short))
            }
            step @ (Next::Write(_) | Next::Look | Next::Behind) => step.into(),
        }
    }

    /// Whether so many hold here that branches should, and enough is left for these.
    fn opens(&self, after: &Counter, Wanted { asked, caps, .. }: &Wanted<'_>) -> bool {
        let amount = asked.amount.signed().saturating_mul(2);
        let is_far = |period| {
            after.entries.get(period).is_some_and(|entry| self.branching.chunk(entry.left, amount).is_some())
        };
        after.phase.stage() == Stage::Joined
            && after.holds.len() >= self.branching.open_at
            && caps.by_period.iter().all(|(period, _)| is_far(period))
    }

    /// What is left in all after a take, as far as was seen.
    fn room_with(&self, part: Part, after: &Counter, Wanted { caps, now, .. }: &Wanted<'_>) -> Room {
        let root = if part == Part::Root { Counter::default() } else { self.root_at(caps, *now) };
        let room = caps.by_period.iter().filter_map(|(period, cap)| {
            let there = root.entries.get(period).map_or(0, |entry| entry.left);
            let left = after.entries.get(period)?.left.saturating_add(there);
            Some(Room { left, cap: cap.effective(), window: cap.window })
        });
        // Without any cap there is only a hold of an earlier try, of a time when there was one.
        room.min().unwrap_or(Room { left: i64::MAX, cap: Tokens::MAX, window: Window::of(Period::Monthly, *now) })
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
