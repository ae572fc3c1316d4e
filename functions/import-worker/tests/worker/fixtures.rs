//! The fixtures: each workbook against what is expected of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use domain::import::{ApplyRow, Job, State};
use domain::organization::Organization;
use domain::{Actor, Origin, Principal};
use serde_json::Value;
use store::{Joiner, NewPerson, PlannedJoin};

use crate::outcome::Outcome;
use crate::stack::{Stack, mint};

const UNKNOWN: &str = "org_01JZA000000000000000000000";

struct Fixture {
    name: String,
    path: PathBuf,
    expect: Value,
}

fn fixtures(folder: &str) -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/sheets/tests/fixtures").join(folder);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let books = files.filter(|path| path.extension().is_some_and(|extension| extension == "xlsx"));
    books
        .map(|path| {
            let expect = std::fs::read_to_string(path.with_extension("expect.json")).unwrap();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            Fixture { name, path, expect: serde_json::from_str(&expect).unwrap() }
        })
        .collect()
}

/// The stack with the organizations that every fixture wants, by placeholder.
async fn ready() -> (Stack, BTreeMap<String, Organization>) {
    let stack = Stack::start().await;
    let organizations = BTreeMap::from([
        ("org_A".to_owned(), stack.organization("A").await),
        ("org_B".to_owned(), stack.organization("B").await),
        ("org_ARCHIVED".to_owned(), stack.archived("Archived").await),
    ]);
    (stack, organizations)
}

/// Puts real ids where the fixture has placeholders.
fn instantiate(fixture: &Fixture, ids: &BTreeMap<String, String>) -> Vec<u8> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/instantiate.py");
    let out = tempfile::NamedTempFile::new().unwrap();
    let pairs = ids.iter().map(|(placeholder, id)| format!("{placeholder}={id}"));
    let mut command = Command::new("python3");
    command.arg(script).arg(&fixture.path).arg(out.path()).arg("--map").args(pairs);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read(out.path()).unwrap()
}

fn ids(organizations: &BTreeMap<String, Organization>) -> BTreeMap<String, String> {
    let mut ids: BTreeMap<String, String> = organizations
        .iter()
        .map(|(placeholder, organization)| (placeholder.clone(), organization.id.to_string()))
        .collect();
    ids.insert("org_UNKNOWN".to_owned(), UNKNOWN.to_owned());
    ids
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().into_iter().flatten()
}

/// Makes the people that the fixture takes for granted.
async fn give(stack: &Stack, organizations: &BTreeMap<String, Organization>, expect: &Value) {
    for given in list(&expect["given"], "users") {
        let email: domain::Email = given["email"].as_str().unwrap().parse().unwrap();
        let mut id = None;
        for (placeholder, role) in given["member_of"].as_object().into_iter().flatten() {
            let organization = &organizations[placeholder];
            let person = NewPerson {
                id: domain::Id::from_parts(
                    1,
                    u128::from_be_bytes(crate::stack::random()[..16].try_into().unwrap()) >> 48,
                ),
                email: email.clone(),
                display_name: domain::name::DisplayName::default(),
                password: "$locked$".to_owned(),
                password_until: None,
                must_confirm: false,
            };
            id = Some(id.unwrap_or(person.id));
            let role = domain::OrgRole::try_from(role.as_str().unwrap()).unwrap();
            let part = domain::actor::SystemPart::Importer;
            let principal = Principal::System { part, on_behalf_of: None };
            let standing = Some(organization.standing(None, BTreeMap::new()));
            let actor = Actor { principal, standing, origin: Origin::default() };
            let granted = actor.grant(ApplyRow { role }, organization.id).unwrap();
            let joiner = Joiner::New { person: Box::new(person), made_here: true };
            let join = PlannedJoin { row: 1, mark: format!("given {email}"), role, joiner };
            stack.app.store.apply_rows(&granted, &[join], &mut mint()).await.unwrap();
        }
        if given["status"] == "suspended" {
            stack.set_status(&id.unwrap().to_string(), "suspended").await;
        }
    }
}

/// What differs between a completed import and its expectation, one line each.
async fn compare(
    stack: &Stack,
    job: &Job,
    found: &Outcome,
    expect: &Value,
    ids: &BTreeMap<String, String>,
) -> Vec<String> {
    let mut faults = vec![];
    let mut left: BTreeMap<u64, &str> = BTreeMap::new();
    for (kind, rows) in [("created", &found.created), ("added", &found.added), ("errors", &found.errors)] {
        left.extend(rows.keys().map(|row| (*row, kind)));
        for want in list(expect, kind) {
            let number = want["row"].as_u64().unwrap();
            let Some(row) = rows.get(&number) else {
                faults.push(format!("row {number} is not {kind}"));
                continue;
            };
            left.remove(&number);
            faults.extend(differences(kind, row, want, ids));
            if kind == "created" {
                faults.extend(unopened(stack, row, want, job.dry_run).await);
            }
        }
    }
    for either in list(expect, "either") {
        let number = either["row"].as_u64().unwrap();
        left.remove(&number);
        let outcome = outcome_of(found, number);
        let fits = |allowed: &Value| match allowed.as_str().unwrap() {
            "error:*" => outcome.starts_with("error:") && outcome != "error:internal",
            allowed => outcome == allowed,
        };
        if !list(either, "outcomes").any(fits) {
            faults.push(format!("row {number} is {outcome}"));
        }
    }
    faults.extend(left.into_iter().map(|(row, kind)| format!("row {row} is {kind} unexpectedly")));
    for (name, counted) in [
        ("rows", job.counts.rows),
        ("created", job.counts.created),
        ("added", job.counts.added),
        ("errors", job.counts.errors),
    ] {
        if expect["counts"].get(name).is_some_and(|wanted| wanted != counted) {
            faults.push(format!("{counted} {name}, expected {}", expect["counts"][name]));
        }
    }
    faults
}

fn outcome_of(found: &Outcome, row: u64) -> String {
    match (found.created.contains_key(&row), found.added.contains_key(&row), found.errors.get(&row)) {
        (true, false, None) => "created".to_owned(),
        (false, true, None) => "added".to_owned(),
        (false, false, Some(cells)) => format!("error:{}", cells["reason"]),
        (false, false, None) => "skipped".to_owned(),
        _ => "in several sheets".to_owned(),
    }
}

fn differences(
    kind: &str,
    row: &BTreeMap<String, String>,
    want: &Value,
    ids: &BTreeMap<String, String>,
) -> Vec<String> {
    let text = |name: &str| want[name].as_str().filter(|text| *text != "*").map(str::to_owned);
    let real = |text: String| ids.get(&text).cloned().unwrap_or(text);
    let mut faults = vec![];
    for name in ["org_id", "email", "display_name", "role", "reason"] {
        let (Some(found), Some(wanted)) = (row.get(name), text(name)) else { continue };
        let same = match name {
            "org_id" => *found == real(wanted.clone()),
            "email" if kind != "created" => found.to_lowercase() == wanted.to_lowercase(),
            _ => *found == wanted,
        };
        if !same {
            faults.push(format!("row {}: {name} is {found:?}, expected {wanted:?}", row["row"]));
        }
    }
    faults
}

/// Why the person cannot sign in as the result says.
async fn unopened(stack: &Stack, row: &BTreeMap<String, String>, want: &Value, dry_run: bool) -> Option<String> {
    let (shown, generated) = (row["password"].as_str(), want["password"] == "generated");
    if dry_run {
        return (!shown.is_empty()).then(|| format!("row {} shows a password", row["row"]));
    }
    let password = if generated { shown } else { want["typed_password"].as_str().unwrap_or(shown) };
    let fits = shown.is_empty() != generated && stack.opens(&row["email"], password).await;
    (!fits).then(|| format!("row {}: the password does not sign in", row["row"]))
}

async fn check(stack: &Stack, fixture: &Fixture, ids: &BTreeMap<String, String>) -> Vec<String> {
    let job = stack.job(&format!("drops/{}.xlsx", fixture.name)).await;
    let expect = &fixture.expect;
    let faults = match &job.state {
        State::Completed { .. } => {
            let wanted = if expect["status"] == "completed" { expect } else { &expect["or_completed"] };
            match wanted.is_object() {
                true => compare(stack, &job, &stack.outcome(&job).await, wanted, ids).await,
                false => vec!["it was imported".to_owned()],
            }
        }
        State::Failed { reason, .. } => {
            let allowed = list(expect, "reason_also").chain([&expect["reason"]]).any(|allowed| allowed == reason);
            if allowed { vec![] } else { vec![format!("failed as {reason}")] }
        }
        other => vec![format!("is {}", other.as_str())],
    };
    faults.into_iter().map(|fault| format!("{}: {fault}", fixture.name)).collect()
}

async fn check_all(folder: &str, at_least: usize) {
    let (stack, organizations) = ready().await;
    let (ids, fixtures) = (ids(&organizations), fixtures(folder));
    assert!(fixtures.len() >= at_least, "fixtures are missing");
    for fixture in &fixtures {
        give(&stack, &organizations, &fixture.expect).await;
        stack.put(&format!("drops/{}.xlsx", fixture.name), instantiate(fixture, &ids)).await;
    }
    stack.store.idle().await;
    let mut faults: Vec<String> =
        stack.store.dead_letters().unwrap().iter().map(|letter| format!("dead letter: {}", letter.error)).collect();
    for fixture in &fixtures {
        faults.extend(check(&stack, fixture, &ids).await);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(stack.temporary_files(), 0, "temporary files were left");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_valid_workbook_is_imported_as_expected_and_its_passwords_sign_in() {
    check_all("valid", 29).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_hostile_workbook_fails_for_its_reason_or_is_imported_as_it_may_be() {
    check_all("hostile", 33).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_says_the_same_shows_no_password_and_changes_nothing() {
    let (stack, organizations) = ready().await;
    let (ids, fixtures) = (ids(&organizations), fixtures("valid"));
    let fixture = fixtures.iter().find(|fixture| fixture.name == "roster-openpyxl").unwrap();
    give(&stack, &organizations, &fixture.expect).await;
    let before = stack.dump("platform").await;
    let job = stack.request(true).await;
    stack.put(&job.source, instantiate(fixture, &ids)).await;
    stack.store.idle().await;
    let job = stack.job(&job.source).await;
    let faults = compare(&stack, &job, &stack.outcome(&job).await, &fixture.expect, &ids).await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let mut after = stack.dump("platform").await;
    after.retain(|(pk, _), _| !pk.contains("IMPORT#"));
    assert_eq!(before, after);
}
