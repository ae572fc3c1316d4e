//! What a counter's write means in the domain is what the database makes of its expression.

use std::collections::BTreeMap;

use domain::id::ReservationId;
use domain::quota::{
    ByPeriod, Counter, CounterWrite, Defaults, Entry, Ground, HOLD, Hold, HoldKey, Layers, Limits, Period, QuotaScope,
    Taking, Tokens, Versions, Window,
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

fn counter(random: &mut Random) -> Counter {
    let entry = |period, random: &mut Random| {
        let at = if random.below(3) == 0 { Window::of(period, now()).before().start() } else { now() };
        let (window, cap) = (Window::of(period, at), (random.below(4) > 0).then(|| tokens(random.below(20))));
        let left = i64::try_from(random.below(12)).unwrap() - 4;
        (random.below(3) > 0).then_some(Entry { window, cap, left })
    };
    let entries = ByPeriod::from_fn(|period| entry(period, random));
    let holds: BTreeMap<_, _> = (0..random.below(3)).map(|_| hold(random)).collect();
    Counter { entries, versions: versions(random), holds }
}

/// A write as the product plans them, of what may not be what is there.
fn planned(random: &mut Random, seen: &Counter) -> Option<CounterWrite> {
    let key = HoldKey::of(ReservationId::from_parts(NOW, random.below(4).into()));
    let limit = |random: &mut Random| (random.below(3) > 0).then(|| tokens(random.below(20)));
    let own = Limits {
        own: ByPeriod { daily: limit(random), weekly: limit(random), monthly: limit(random) },
        version: seen.versions.own + random.below(2),
        ..Limits::default()
    };
    let defaults = |version| Defaults { version, ..Defaults::default() };
    let (platform, organization) = (defaults(seen.versions.platform), defaults(seen.versions.organization));
    let layers = Layers { platform: &platform, organization: &organization, own: &own };
    let nothing = random.below(6) == 0;
    let ground = Ground { scope: QuotaScope::Organization, layers, counter: (!nothing).then_some(seen) };
    match random.below(4) {
        0 => seen.settle(key, Tokens::try_from(random.below(6)).unwrap(), &(0..3).collect()),
        1 => seen.release(key, None),
        2 => ground.bring_up(now()),
        _ => {
            let number = random.below(4);
            let call = call(number, 1 + random.below(4));
            let attempt = u32::try_from(random.below(3)).unwrap();
            let asked = domain::quota::Asked { id: call.id, set: call.set, amount: call.amount, attempt };
            match ground.take(&asked, true, now()) {
                Taking::Take(take) => Some(take.write),
                Taking::Clean(write) => Some(write),
                Taking::Unbound | Taking::Held(_) | Taking::Full(_) | Taking::Behind | Taking::Reused => None,
            }
        }
    }
}

/// A little of what is there is another thing than what was seen.
fn moved(random: &mut Random, seen: &Counter) -> Option<Counter> {
    let mut there = seen.clone();
    match random.below(8) {
        0 => return None,
        1 => there = counter(random),
        2 => there.versions = versions(random),
        3 => there.holds.extend([hold(random)]),
        4 => there.holds.clear(),
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

async fn put(bench: &Bench, tables: &Tables<'_>, pk: &str, there: Option<&Counter>) {
    use aws_sdk_dynamodb::types::AttributeValue;
    let key = |name: &str| AttributeValue::S(if name == "pk" { pk.to_owned() } else { "COUNTER".to_owned() });
    let delete = bench.direct.delete_item().table_name("tenants").key("pk", key("pk")).key("sk", key("sk"));
    delete.send().await.unwrap();
    if let Some(counter) = there {
        tables.write(QuotaScope::Organization, &CounterWrite::Create(Box::new(counter.clone()))).await.unwrap();
    }
}

async fn stored(tables: &Tables<'_>) -> Option<Counter> {
    let call = call(1, 1);
    tables.read(call.id, &call.set).await.unwrap().scopes.into_iter().next().unwrap().counter
}

#[tokio::test]
async fn the_database_does_with_a_write_what_the_domain_says_of_it() {
    let bench = Bench::start().await;
    let place = bench.organization("Acme").await;
    let (scope, mut seed) = (scope(&place), [0; 8]);
    getrandom::fill(&mut seed).unwrap();
    println!("seed {}", u64::from_be_bytes(seed));
    let (tables, mut random) = (bench.store.quota_tables(&scope), Random(u64::from_be_bytes(seed)));
    let pk = format!("{}#COUNTER#organization", place.id);
    let (mut done, mut refused) = (0, 0);
    while done < 400 || refused < 200 {
        let seen = counter(&mut random);
        let Some(write) = planned(&mut random, &seen) else { continue };
        let there = moved(&mut random, &seen);
        put(&bench, &tables, &pk, there.as_ref()).await;
        assert_eq!(stored(&tables).await, there, "a counter is not read as it was written");
        match (write.apply(there.as_ref()), tables.write(QuotaScope::Organization, &write).await) {
            (Ok(after), Ok(())) => {
                assert_eq!(stored(&tables).await, Some(after), "{write:?} of {there:?}");
                done += 1;
            }
            (Err(_), Err(Unwritten::Refused(told))) => {
                assert_eq!(told, there, "a refusal shows what is there");
                assert_eq!(stored(&tables).await, there, "a refused write changed something");
                refused += 1;
            }
            (meaning, written) => panic!("{write:?} of {there:?}: {meaning:?} and {written:?}"),
        }
    }
    println!("{done} done, {refused} refused");
}
