//! What a reservation needs of one counter: decided from what was read, without a call.

use std::time::Duration;

use super::{
    Caps, Counter, CounterWrite, Entry, HOLD, Hold, HoldKey, Layers, Period, QuotaScope, ScopeSet, Shortage, Tokens,
    Window,
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
    /// There are more lapsed holds than one write can take away; some of them first.
    Clean(CounterWrite),
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
    /// The write.
    pub write: CounterWrite,
    /// The hold that it puts.
    pub hold: Hold,
    /// Whether it takes over a hold of an earlier try. That one may have been told that it holds, so this is never undone.
    pub claims: bool,
    /// The counter after it, as far as was seen.
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

impl Ground<'_> {
    /// What the caps of this scope are, at the counter's own instant.
    #[must_use]
    pub fn caps(&self, now: Timestamp) -> (Timestamp, Caps) {
        let now = self.counter.map_or(now, |counter| counter.instant(now));
        (now, self.layers.caps(self.scope.kind(), now))
    }

    /// What this reservation needs here. `own` = holds of earlier tries are taken over, so that these cannot undo them.
    #[must_use]
    pub fn take(&self, asked: &Asked, own: bool, now: Timestamp) -> Taking {
        let (now, caps) = self.caps(now);
        let held =
            self.counter.and_then(|counter| counter.holds.get(&asked.key())).filter(|hold| !hold.has_lapsed(now));
        match held {
            Some(hold) if !hold.is_for(&asked.set, asked.amount) => return Taking::Reused,
            Some(hold) if !own || hold.attempt == asked.attempt => return Taking::Held(*hold),
            Some(_) | None => {}
        }
        if self.is_behind(&caps) {
            return Taking::Behind;
        }
        if caps.is_unlimited() && held.is_none() {
            return Taking::Unbound;
        }
        self.taken(asked, &caps, held.copied(), now)
    }

    fn taken(&self, asked: &Asked, caps: &Caps, held: Option<Hold>, now: Timestamp) -> Taking {
        let empty = Counter::default();
        let brought = self.counter.unwrap_or(&empty).brought_to(caps, now);
        let mut after = brought.clone();
        after.give_back(asked.key());
        let short = Shortage::of(self.scope, &after, caps, asked.amount);
        if short.is_some() && !brought.lapsed(now).is_empty() {
            return Taking::Clean(CounterWrite::between(self.counter, brought, false));
        }
        if let Some(short) = short {
            return Taking::Full(short);
        }
        let new = asked.hold(now);
        // Who took it may have been told until when it holds.
        let lapses_at = held.map_or(new.lapses_at, |held| held.lapses_at.max(new.lapses_at));
        let (hold, claims) = (Hold { lapses_at, ..new }, held.is_some());
        after.hold(asked.key(), hold);
        // Without any cap there is only a hold of an earlier try, of a time when there was one.
        let unbound = Room { left: i64::MAX, cap: Tokens::MAX, window: Window::of(Period::Monthly, now) };
        let room = Room::of(&after).unwrap_or(unbound);
        Taking::Take(Box::new(Take {
            write: CounterWrite::between(self.counter, after.clone(), true),
            hold,
            claims,
            after,
            room,
        }))
    }

    /// What the tightest window has left, lapsed holds not counted; none where nothing is limited.
    #[must_use]
    pub fn room(&self, now: Timestamp) -> Option<Room> {
        let (now, caps) = self.caps(now);
        let empty = Counter::default();
        Room::of(&self.counter.unwrap_or(&empty).brought_to(&caps, now))
    }

    /// Whether there would be room if others undid what they took a moment ago.
    #[must_use]
    pub fn may_have_room_soon(&self, asked: &Asked, now: Timestamp) -> bool {
        let Some(counter) = self.counter else { return false };
        let (now, caps) = self.caps(now);
        let mut without = counter.brought_to(&caps, now);
        let is_young = |hold: &Hold| hold.reserved_at.plus(MOMENT) > now;
        let young: Vec<HoldKey> =
            counter.holds.iter().filter(|(_, hold)| is_young(hold)).map(|(key, _)| *key).collect();
        young.into_iter().for_each(|key| without.give_back(key));
        Shortage::of(self.scope, &without, &caps, asked.amount).is_none()
    }

    /// Whether the counter knows of newer limits than were read.
    #[must_use]
    pub fn is_behind(&self, caps: &Caps) -> bool {
        self.counter.is_some_and(|counter| counter.versions.know_more_than(caps.versions))
    }
}
