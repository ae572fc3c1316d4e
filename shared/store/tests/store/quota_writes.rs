//! What a counter's write means in the domain is what the database makes of its expression.

use std::collections::BTreeMap;

use domain::id::ReservationId;
use domain::quota::{
    Branch, Branching, ByPeriod, Counter, CounterWrite, Defaults, Entry, Flow, Flows, Ground, HOLD, Hold, HoldKey,
    Layers, Limits, Next, Part, Period, Phase, Place, QuotaScope, Taking, Tokens, Versions, Window,
};
use store::quota::{QuotaDesk, Tables, Unwritten};

use crate::bench::{Bench, NOW, now};
use crate::quota::{call, scope, tokens};

/// A stream of numbers (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }
}

fn hold(random: &mut Random) -> (HoldKey, Hold) {
    let key = HoldKey::of(ReservationId::from_parts(NOW, random.below(4).into()));
    let reserved_at = [now(), now().minus(HOLD), now().minus(HOLD * 60)][usize::try_from(random.below(3)).unwrap()];
    let amount = tokens(random.below(3) + 1);
    let set = call(1, 1).set.digest();
    (
        key,
        Hold {
            amount,
            reserved_at,
            lapses_at: reserved_at.plus(HOLD),
            set,
            attempt: u32::try_from(random.below(3)).unwrap(),
        },
    )
}

fn versions(random: &mut Random) -> Versions {
    Versions { platform: random.below(2), organization: random.below(2), own: random.below(2) }
}

/// What went between a root and its first branches, or a branch and its root.
fn flows(random: &mut Random, part: Part) -> Flows {
    let mut flows = Flows::default();
    for branch in Branch::all().take(3).filter(|branch| part == Part::Root || part == Part::Branch(*branch)) {
        let mut number = || i64::try_from(random.below(3)).unwrap();
        flows.set(branch, Flow { given: number(), received: number() });
    }
    flows
}

fn counter(random: &mut Random, part: Part, phase: Phase) -> Counter {
    let entry = |period, random: &mut Random| {
        let at = if random.below(3) == 0 { Window::of(period, now()).before().start() } else { now() };
        let (window, cap) = (Window::of(period, at), (random.below(4) > 0).then(|| tokens(random.below(20))));
        let left = i64::try_from(random.below(12)).unwrap() - 4;
        let cap = if part == Part::Root { cap } else { cap.map(|_| Tokens::ZERO) };
        let flows = if phase.has_branches() { flows(random, part) } else { Flows::default() };
        let since = (part == Part::Root && random.below(2) > 0).then(now);
        (random.below(3) > 0).then_some(Entry { window, cap, left, flows, since })
    };
    let entries = ByPeriod::from_fn(|period| entry(period, random));
    let holds: BTreeMap<_, _> = (0..random.below(3)).map(|_| hold(random)).collect();
    Counter { entries, versions: versions(random), holds, phase }
}

/// The branches of a counter of that phase, some of which were not written yet.
fn branches(random: &mut Random, phase: Phase) -> BTreeMap<Branch, Option<Counter>> {
    let mut branch = |branch| {
        let phase = Phase(phase.0.saturating_sub(random.below(2)));
        (branch, (random.below(4) > 0).then(|| counter(random, Part::Branch(branch), phase)))
    };
    if phase.has_branches() { Branch::all().map(&mut branch).collect() } else { BTreeMap::new() }
}

/// A write as the product plans them, of what may not be what is there; and what was seen of that part.
fn planned(random: &mut Random) -> Option<(Part, CounterWrite, Option<Counter>)> {
    let key = HoldKey::of(ReservationId::from_parts(NOW, random.below(4).into()));
    let phase = Phase(random.below(6));
    let (seen, branches) = (counter(random, Part::Root, phase), branches(random, phase));
    let limit = |random: &mut Random| (random.below(3) > 0).then(|| tokens(random.below(20)));
    let own = Limits {
        own: ByPeriod { daily: limit(random), weekly: limit(random), monthly: limit(random) },
        version: seen.versions.own + u64::from(random.below(4) == 0),
        ..Limits::default()
    };
    let defaults = |version| Defaults { version, ..Defaults::default() };
    let (platform, organization) = (defaults(seen.versions.platform), defaults(seen.versions.organization));
    let layers = Layers { platform: &platform, organization: &organization, own: &own };
    let branching = Branching { open_at: 2, share: 2, calls: 1 };
    let counter = (phase.has_branches() || random.below(6) > 0).then_some(&seen);
    let ground = Ground { scope: QuotaScope::Organization, layers, counter, branches: &branches, branching };
    let next = match random.below(6) {
        0 => ground.settle(key, Tokens::try_from(random.below(6)).unwrap(), &(0..3).collect(), now()),
        1 => ground.release(key, None, now()),
        2 => ground.bring_up(now()),
        3 => ground.tidy(now()),
        _ => {
            let number = random.below(4);
            let call = call(number, 1 + random.below(4));
            let attempt = u32::try_from(random.below(3)).unwrap();
            let asked = domain::quota::Asked { id: call.id, set: call.set, amount: call.amount, attempt };
            match ground.take(&asked, true, now()) {
                Taking::Take(take) => Next::Write(vec![(take.part, take.write)]),
                Taking::Prepare(writes) => Next::Write(writes),
                _ => Next::Done,
            }
        }
    };
    let Next::Write(mut writes) = next else { return None };
    let (part, write) = writes.swap_remove(usize::try_from(random.below(16)).unwrap() % writes.len());
    Some((part, write, ground.part(part).cloned()))
}

/// A little of what is there is another thing than what was seen.
fn moved(random: &mut Random, seen: &Counter) -> Option<Counter> {
    let mut there = seen.clone();
    match random.below(10) {
        0 => return None,
        1 => there = counter(random, Part::Root, seen.phase),
        2 => there.versions = versions(random),
        3 => there.holds.extend([hold(random)]),
        4 => there.holds.clear(),
        6 => there.phase = there.phase.next(),
        7 => {
            for period in Period::ALL {
                if let Some(entry) = there.entries.slot(period) {
                    entry.flows = flows(random, Part::Root);
                }
            }
        }
        5 => {
            for period in Period::ALL {
                if let Some(entry) = there.entries.slot(period) {
                    entry.left += i64::try_from(random.below(7)).unwrap() - 3;
                }
            }
        }
        _ => {}
    }
    Some(there)
}

async fn put(bench: &Bench, tables: &Tables<'_>, (pk, place): (&str, Place), there: Option<&Counter>) {
    use aws_sdk_dynamodb::types::AttributeValue;
    let key = |name: &str| AttributeValue::S(if name == "pk" { pk.to_owned() } else { "COUNTER".to_owned() });
    let delete = bench.direct.delete_item().table_name("tenants").key("pk", key("pk")).key("sk", key("sk"));
    delete.send().await.unwrap();
    if let Some(counter) = there {
        tables.write(place, &CounterWrite::Create(Box::new(counter.clone()))).await.unwrap();
    }
}

async fn stored(tables: &Tables<'_>, part: Part) -> Option<Counter> {
    let call = call(1, 1);
    match part {
        Part::Root => tables.read(call.id, &call.set).await.unwrap().scopes.into_iter().next().unwrap().counter,
        Part::Branch(branch) => tables.look(QuotaScope::Organization).await.unwrap().remove(&branch).unwrap(),
    }
}

#[tokio::test]
async fn the_database_does_with_a_write_what_the_domain_says_of_it() {
    let bench = Bench::start().await;
    let place = bench.organization("Acme").await;
    let (scope, mut seed) = (scope(&place), [0; 8]);
    getrandom::fill(&mut seed).unwrap();
    println!("seed {}", u64::from_be_bytes(seed));
    let (tables, mut random) = (bench.store.quota_tables(&scope), Random(u64::from_be_bytes(seed)));
    let (mut done, mut refused) = (BTreeMap::new(), BTreeMap::new());
    let kind = |part: Part| if part == Part::Root { "root" } else { "branch" };
    let is_enough =
        |counts: &BTreeMap<&str, u32>, many| ["root", "branch"].iter().all(|kind| counts.get(kind) >= Some(&many));
    while !is_enough(&done, 150) || !is_enough(&refused, 50) {
        let Some((part, write, seen)) = planned(&mut random) else { continue };
        let pk = match part {
            Part::Root => format!("{}#COUNTER#organization", place.id),
            Part::Branch(branch) => format!("{}#COUNTER#organization#{}", place.id, branch.number()),
        };
        let at = Place { scope: QuotaScope::Organization, part };
        let there = seen.as_ref().and_then(|seen| moved(&mut random, seen));
        put(&bench, &tables, (&pk, at), there.as_ref()).await;
        assert_eq!(stored(&tables, part).await, there, "a counter is not read as it was written");
        match (write.apply(there.as_ref()), tables.write(at, &write).await) {
            (Ok(after), Ok(())) => {
                assert_eq!(stored(&tables, part).await, Some(after), "{write:?} of {there:?}");
                *done.entry(kind(part)).or_insert(0) += 1;
            }
            (Err(_), Err(Unwritten::Refused(told))) => {
                assert_eq!(told, there, "a refusal shows what is there");
                assert_eq!(stored(&tables, part).await, there, "a refused write changed something");
                *refused.entry(kind(part)).or_insert(0) += 1;
            }
            (applied, written) => panic!("{applied:?} {written:?}: {write:?} of {there:?}"),
        }
    }
}
