//! Replays every canned invocation of a function against its real binary, and holds the template to the events.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use lambda_lane::{Outcome, RuntimeApi, bootstrap};
use serde_json::Value;

use crate::backing::Backing;
use crate::cases::{self, Case, Expected};
use crate::template::{Function, Trigger};

/// Replays all cases of a function; says how many. All that differs is told at once.
pub(crate) async fn replay(function: &Function, events: &Path, binary: &Path, backing: &Backing) -> Result<usize> {
    let cases = cases::read(events, &function.name)?;
    let mut faults = unproved(function, &cases);
    let mut runtime_api = RuntimeApi::start().await?;
    let _process = bootstrap::start(binary, runtime_api.address(), &backing.environment())?;
    runtime_api.first_poll().await.with_context(|| function.name.clone())?;
    let count = cases.len();
    for case in cases {
        let outcome = runtime_api.invoke(case.event).await.with_context(|| case.name.clone())?;
        if let Err(fault) = compare(&case.expected, &outcome) {
            faults.push(format!("{}: {fault}", case.name));
        }
    }
    match faults.is_empty() {
        true => Ok(count),
        false => bail!("{}:\n  {}", function.name, faults.join("\n  ")),
    }
}

fn compare(expected: &Expected, outcome: &Outcome) -> Result<()> {
    match (expected, outcome) {
        (Expected::Status(expected), Outcome::Answer(answer)) => {
            let status = answer.get("statusCode").and_then(Value::as_u64);
            let fits = status == Some(u64::from(*expected));
            fits.then_some(()).ok_or_else(|| anyhow!("expected {expected}, got {answer}"))
        }
        (Expected::Done, Outcome::Answer(_)) => Ok(()),
        (expected, Outcome::Failure(why)) => Err(anyhow!("expected {expected}, got the failure {why}")),
    }
}

/// Routes and triggers without a case, and cases that the template would not send to this function.
fn unproved(function: &Function, cases: &[Case]) -> Vec<String> {
    let mut faults = vec![];
    for route in &function.routes {
        let key = route.key();
        if !cases.iter().any(|case| text(&case.event, "/routeKey") == Some(&key)) {
            faults.push(format!("no case for {key}"));
        }
    }
    for trigger in &function.triggers {
        if !cases.iter().any(|case| wakes(trigger, &case.event)) {
            faults.push(format!("no case for {trigger:?}"));
        }
    }
    let stray = cases.iter().filter(|case| !is_sent(function, &case.event));
    faults.extend(stray.map(|case| format!("{}: the template does not send it here", case.name)));
    faults
}

fn is_sent(function: &Function, event: &Value) -> bool {
    let Some(key) = text(event, "/routeKey") else {
        return function.triggers.iter().any(|trigger| wakes(trigger, event));
    };
    let method = text(event, "/requestContext/http/method").unwrap_or_default();
    let path = text(event, "/rawPath").unwrap_or_default();
    let mut routes = function.routes.iter();
    routes.any(|route| key == route.key() && route.fits(method, path))
}

fn wakes(trigger: &Trigger, event: &Value) -> bool {
    match trigger {
        Trigger::Object { prefix, suffix } => text(event, "/Records/0/s3/object/key")
            .is_some_and(|key| key.starts_with(prefix.as_str()) && key.ends_with(suffix.as_str())),
        Trigger::Stream { table } => text(event, "/Records/0/eventSourceARN")
            .is_some_and(|stream| stream.contains(&format!(":table/lane-{table}/stream/"))),
        Trigger::Mail { kind } => {
            text(event, "/source") == Some("aws.ses") && text(event, "/detail-type") == Some(kind.as_str())
        }
        Trigger::Schedule => text(event, "/detail-type") == Some("Scheduled Event"),
    }
}

fn text<'a>(event: &'a Value, pointer: &str) -> Option<&'a str> {
    event.pointer(pointer).and_then(Value::as_str)
}
