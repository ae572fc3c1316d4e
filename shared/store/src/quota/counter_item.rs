//! A counter as an item, and a write of it as an expression of the database.
//!
//! Names are short, because an item of up to 1 kB costs one unit a write: `v` the versions, `h` the holds by key, `k` the phase,
//! and for each period its window's first day (`dw`, `ww`, `mw`), cap (`dc`, …), what is left (`dl`, …), what went to and
//! from branches (`df`, …), and since when it is counted if that is not the window's start (`ds`, …). Nothing is stored of what
//! is nothing.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::quota::{
    Branch, ByPeriod, Counter, CounterChange, CounterWrite, Entry, Flow, Flows, FlowsChange, Hold, HoldKey, Period,
    Phase, Step, Tokens, Versions, Window,
};
use domain::{Error, Result, Timestamp};

use crate::core::Item;
use crate::edit::Edit;
use crate::keys::Key;

/// Reads a counter.
pub(crate) fn counter(item: &Item) -> Result<Counter> {
    read(item).ok_or_else(|| Error::internal("a counter that cannot be read"))
}

/// The write as a conditional update.
pub(crate) fn edit(table: &str, key: Key, write: &CounterWrite) -> Result<Edit> {
    let edit = Edit::of(table, key);
    match write {
        CounterWrite::Create(counter) => created(edit.if_absent(), counter),
        CounterWrite::Change(change) => changed(edit, change),
    }
}

/// Puts what is left of each period, if nothing of the counter has changed since it was seen.
pub(crate) fn repair(table: &str, key: Key, seen: &Counter, after: &Counter) -> Edit {
    let edit = Edit::of(table, key).when_raw("v", "=", versions(seen.versions)).when_raw("h", "=", holds(&seen.holds));
    let mut edit = when_phase(edit, seen.phase);
    for period in Period::ALL {
        let names = Names::of(period);
        edit = match (seen.entries.get(period), after.entries.get(period)) {
            (Some(entry), Some(after)) => {
                let edit = edit.when_raw(names.window, "=", number(entry.window.first_day()));
                let edit = edit.when_raw(names.left, "=", number(entry.left)).set_raw(names.left, number(after.left));
                let edit = match entry.flows.is_empty() {
                    true => edit.when_missing(names.flows),
                    false => edit.when_raw(names.flows, "=", flows(&entry.flows)),
                };
                match entry.cap {
                    Some(cap) => edit.when_raw(names.cap, "=", number(cap)),
                    None => edit.when_missing(names.cap),
                }
            }
            (None, _) | (_, None) => edit.when_missing(names.window),
        };
    }
    edit
}

fn created(mut edit: Edit, counter: &Counter) -> Result<Edit> {
    edit = edit.set_raw("v", versions(counter.versions)).set_raw("h", holds(&counter.holds));
    if counter.phase != Phase::default() {
        edit = edit.set_raw("k", number(counter.phase.0));
    }
    for (period, entry) in counter.entries.iter() {
        edit = begun(edit, period, entry);
    }
    Ok(edit)
}

fn changed(mut edit: Edit, change: &CounterChange) -> Result<Edit> {
    edit = when_phase(edit.when_raw("v", "=", versions(change.seen)), change.seen_phase);
    if change.versions != change.seen {
        edit = edit.set_raw("v", versions(change.versions));
    }
    if change.phase != change.seen_phase {
        edit = edit.set_raw("k", number(change.phase.0));
    }
    for (period, step) in change.steps.iter() {
        edit = stepped(edit, period, step);
    }
    let put = change.taken.map(|(key, _)| key);
    for (key, held) in &change.dropped {
        edit = edit.when_raw(&path(*key), "=", hold(held));
        edit = if put == Some(*key) { edit } else { edit.remove(&path(*key)) };
    }
    if let Some((key, held)) = &change.taken {
        let is_claimed = change.dropped.iter().any(|(gone, _)| gone == key);
        edit = if is_claimed { edit } else { edit.when_missing(&path(*key)) };
        edit = edit.set_raw(&path(*key), hold(held));
    }
    Ok(match &change.exactly {
        Some(seen) => edit.when_raw("h", "=", holds(seen)),
        None => edit,
    })
}

fn stepped(mut edit: Edit, period: Period, step: &Step) -> Edit {
    let names = Names::of(period);
    match step {
        Step::Move { window, by, cap, at_least, flows } => {
            edit = edit.when_raw(names.window, "=", number(window.first_day()));
            if let Some(at_least) = at_least {
                edit = edit.when_raw(names.left, ">=", number(*at_least));
            }
            edit = if *by == 0 { edit } else { edit.add_number(names.left, *by) };
            flowed(capped(edit, &names, *cap), &names, flows)
        }
        Step::Begin { seen: None, entry } => begun(edit.when_missing(names.window), period, entry),
        Step::Begin { seen: Some(seen), entry } => {
            begun(edit.when_raw(names.window, "=", number(seen.first_day())), period, entry)
        }
    }
}

fn begun(edit: Edit, period: Period, entry: &Entry) -> Edit {
    let (names, Entry { window, cap, left, flows: went, since }) = (Names::of(period), entry);
    let edit = edit.set_raw(names.window, number(window.first_day())).set_raw(names.left, number(*left));
    let edit = if went.is_empty() { edit.remove(names.flows) } else { edit.set_raw(names.flows, flows(went)) };
    let edit = match since {
        Some(since) => edit.set_raw(names.since, number(since.millis())),
        None => edit.remove(names.since),
    };
    capped(edit, &names, *cap)
}

/// The first that is something makes the map, each later one a place in it.
fn flowed(mut edit: Edit, names: &Names, change: &FlowsChange) -> Edit {
    if let Some(first) = &change.first {
        return edit.when_missing(names.flows).set_raw(names.flows, flows(first));
    }
    for (branch, seen, after) in &change.parts {
        let path = format!("{}.{}", names.flows, branch.number());
        edit = if *seen == Flow::default() { edit.when_missing(&path) } else { edit.when_raw(&path, "=", flow(*seen)) };
        edit = edit.set_raw(&path, flow(*after));
    }
    edit
}

fn when_phase(edit: Edit, phase: Phase) -> Edit {
    match phase == Phase::default() {
        true => edit.when_missing("k"),
        false => edit.when_raw("k", "=", number(phase.0)),
    }
}

fn capped(edit: Edit, names: &Names, cap: Option<Tokens>) -> Edit {
    match cap {
        Some(cap) => edit.set_raw(names.cap, number(cap)),
        None => edit.remove(names.cap),
    }
}

/// What the attributes of a period are called.
struct Names {
    window: &'static str,
    cap: &'static str,
    left: &'static str,
    flows: &'static str,
    since: &'static str,
}

impl Names {
    fn of(period: Period) -> Self {
        match period {
            Period::Daily => Self { window: "dw", cap: "dc", left: "dl", flows: "df", since: "ds" },
            Period::Weekly => Self { window: "ww", cap: "wc", left: "wl", flows: "wf", since: "ws" },
            Period::Monthly => Self { window: "mw", cap: "mc", left: "ml", flows: "mf", since: "ms" },
        }
    }
}

fn path(key: HoldKey) -> String {
    format!("h.{}", name(key))
}

fn name(key: HoldKey) -> String {
    key.0.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn number(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

fn versions(Versions { platform, organization, own }: Versions) -> AttributeValue {
    AttributeValue::L(vec![number(platform), number(organization), number(own)])
}

fn holds(holds: &BTreeMap<HoldKey, Hold>) -> AttributeValue {
    AttributeValue::M(holds.iter().map(|(key, held)| (name(*key), hold(held))).collect::<HashMap<_, _>>())
}

fn flow(Flow { given, received }: Flow) -> AttributeValue {
    AttributeValue::L(vec![number(given), number(received)])
}

fn flows(flows: &Flows) -> AttributeValue {
    AttributeValue::M(flows.iter().map(|(branch, one)| (branch.number().to_string(), flow(one))).collect())
}

fn hold(Hold { amount, reserved_at, lapses_at, set, attempt }: &Hold) -> AttributeValue {
    let set = AttributeValue::B(aws_smithy_types::Blob::new(*set));
    AttributeValue::L(vec![
        number(amount),
        number(reserved_at.millis()),
        number(lapses_at.millis()),
        set,
        number(attempt),
    ])
}

fn read(item: &Item) -> Option<Counter> {
    let [platform, organization, own] = item.get("v")?.as_l().ok()?.as_slice() else { return None };
    let versions = Versions { platform: parse(platform)?, organization: parse(organization)?, own: parse(own)? };
    let mut entries = ByPeriod::default();
    for period in Period::ALL {
        let names = Names::of(period);
        if let Some(first_day) = item.get(names.window) {
            let window = Window::from_first_day(period, parse(first_day)?).ok()?;
            let cap = item.get(names.cap).map(tokens);
            let cap = if let Some(cap) = cap { Some(cap?) } else { None };
            let flows = item.get(names.flows).map_or(Some(Flows::default()), read_flows)?;
            let since = item.get(names.since).map(|since| parse(since).map(Timestamp::from_millis));
            let since = if let Some(since) = since { Some(since?) } else { None };
            *entries.slot(period) = Some(Entry { window, cap, left: parse(item.get(names.left)?)?, flows, since });
        }
    }
    let holds = item.get("h")?.as_m().ok()?.iter().map(|(key, held)| Some((read_key(key)?, read_hold(held)?)));
    Some(Counter { entries, versions, holds: holds.collect::<Option<_>>()?, phase: phase(item) })
}

/// The phase of a counter.
pub(crate) fn phase(item: &Item) -> Phase {
    Phase(item.get("k").and_then(parse).unwrap_or_default())
}

fn read_flows(stored: &AttributeValue) -> Option<Flows> {
    let mut flows = Flows::default();
    for (name, one) in stored.as_m().ok()? {
        let branch = Branch::all().find(|branch| branch.number().to_string() == *name)?;
        let [given, received] = one.as_l().ok()?.as_slice() else { return None };
        flows.set(branch, Flow { given: parse(given)?, received: parse(received)? });
    }
    Some(flows)
}

fn read_hold(held: &AttributeValue) -> Option<Hold> {
    let [amount, reserved_at, lapses_at, set, attempt] = held.as_l().ok()?.as_slice() else { return None };
    Some(Hold {
        amount: tokens(amount)?,
        reserved_at: Timestamp::from_millis(parse(reserved_at)?),
        lapses_at: Timestamp::from_millis(parse(lapses_at)?),
        set: set.as_b().ok()?.as_ref().try_into().ok()?,
        attempt: parse(attempt)?,
    })
}

fn read_key(text: &str) -> Option<HoldKey> {
    let mut key = [0; 10];
    for (place, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    (text.len() == 20).then_some(HoldKey(key))
}

fn tokens(value: &AttributeValue) -> Option<Tokens> {
    Tokens::try_from(parse::<u64>(value)?).ok()
}

fn parse<T: std::str::FromStr>(value: &AttributeValue) -> Option<T> {
    value.as_n().ok()?.parse().ok()
}
