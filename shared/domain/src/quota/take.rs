//! How a reservation takes its hold of a counter: of the root, or of its own branch while the counter is open.

use super::{
    Asked, Branch, Caps, Counter, CounterWrite, Ground, Guard, Hold, Next, Part, Period, Room, Shortage, Stage, Take,
    Taking, Tokens, Window,
};
use crate::Timestamp;

/// A reservation in the middle of being decided.
struct Wanted<'a> {
    asked: &'a Asked,
    caps: Caps,
    now: Timestamp,
    /// What an earlier try holds, which is taken over.
    held: Option<Hold>,
}

impl Ground<'_> {
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
        let has_room = caps
            .by_period
            .iter()
            .all(|(period, _)| there.entries.get(period).is_some_and(|entry| entry.left >= asked.amount.signed()));
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
        let is_far =
            |period| after.entries.get(period).is_some_and(|entry| self.branching.chunk(entry.left, amount).is_some());
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
}
