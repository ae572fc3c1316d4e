//! Decides row after row and writes the plan to a file.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};

use domain::id::OrganizationId;
use domain::import_row::{self, Planner, Reason, SoundRow, TypedRow};
use domain::{Error, Result};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::disk;
use crate::facts::{Facts, Place};
use crate::import_key::ImportKey;
use crate::plan::{Join, Line, PLAN_BYTES_MAX, Password, Person, Step, Who};

/// A plan in the making. Holds some 60 bytes for each good row; the rest is in the file.
pub(crate) struct Decider {
    planner: Planner,
    key: ImportKey,
    /// Where the line begins that makes a person, by the first half of a hash of the e-mail.
    makers: HashMap<[u64; 2], u64>,
    /// Organizations whose name stands in a line.
    named: HashSet<OrganizationId>,
    file: NamedTempFile,
    writer: BufWriter<File>,
    bytes: u64,
    rows: u32,
}

impl Decider {
    pub(crate) fn new(key: ImportKey, file: NamedTempFile) -> Result<Self> {
        let writer = BufWriter::new(file.reopen().map_err(disk)?);
        let (planner, makers, named) = (Planner::default(), HashMap::new(), HashSet::new());
        Ok(Self { planner, key, makers, named, file, writer, bytes: 0, rows: 0 })
    }

    /// Rows so far.
    pub(crate) fn rows(&self) -> u32 {
        self.rows
    }

    /// Whether the plan has become longer than any honest one.
    pub(crate) fn is_too_long(&self) -> bool {
        self.bytes > PLAN_BYTES_MAX
    }

    /// Decides the next row of the sheet.
    pub(crate) fn decide(&mut self, row: TypedRow, facts: &Facts) -> Result<()> {
        let step = match self.step(&row, facts)? {
            Ok(join) => Step::Join(join),
            Err(reason) => Step::Refuse { reason },
        };
        let makes = match &step {
            Step::Join(Join { who: Who::New(_), .. }) => Some(fingerprint(&row.email)),
            Step::Join(_) | Step::Refuse { .. } => None,
        };
        let begins = self.write(&Line { row: row.number, org_id: row.org_id, email: row.email, step })?;
        self.makers.extend(makes.map(|person| (person, begins)));
        self.rows += 1;
        Ok(())
    }

    /// The whole plan.
    pub(crate) fn finish(mut self) -> Result<NamedTempFile> {
        self.writer.flush().map_err(disk)?;
        Ok(self.file)
    }

    fn step(&mut self, row: &TypedRow, facts: &Facts) -> Result<Result<Join, Reason>> {
        let sound = match row.check() {
            Ok(sound) => sound,
            Err(reason) => return Ok(Err(reason)),
        };
        let place = facts.organization(&sound);
        let is_weak = || !row.password.is_empty() && passwords::is_weak(&row.password);
        let planned = self.planner.plan(&sound, place.map(|place| place.status), facts.person(&sound), is_weak);
        let (Ok(step), Some(place), Some(to)) = (planned, place, sound.organization) else {
            return Ok(Err(planned.err().unwrap_or(Reason::Internal)));
        };
        let (role, organization) = (sound.role, self.name_once(to, place));
        let who = match step {
            import_row::Step::Create => Who::New(self.person(row, sound)?),
            import_row::Step::Add(Some(user)) => Who::Known(user),
            import_row::Step::Add(None) => self.made_before(&row.email)?,
        };
        Ok(Ok(Join { organization, role, who }))
    }

    fn name_once(&mut self, organization: OrganizationId, place: &Place) -> Option<String> {
        self.named.insert(organization).then(|| place.name.clone())
    }

    fn person(&self, row: &TypedRow, sound: SoundRow) -> Result<Person> {
        let password = match row.password.as_str() {
            "" => Password::Generated,
            typed => Password::Sealed(self.key.seal(row.number, typed)?),
        };
        Ok(Person { name: sound.display_name, password })
    }

    /// What an earlier line says of the person that it makes.
    fn made_before(&mut self, email: &str) -> Result<Who> {
        let lost = || Error::internal("a person that no earlier line makes");
        let begins = *self.makers.get(&fingerprint(email)).ok_or_else(lost)?;
        self.writer.flush().map_err(disk)?;
        let mut file = self.file.reopen().map_err(disk)?;
        file.seek(SeekFrom::Start(begins)).map_err(disk)?;
        let mut line = String::new();
        BufReader::new(file).read_line(&mut line).map_err(disk)?;
        match serde_json::from_str(&line).map_err(|_| lost())? {
            Line { row, email: typed, step: Step::Join(Join { who: Who::New(person), .. }), .. } => {
                Ok(Who::MadeBy { row, email: (typed != email).then_some(typed), person })
            }
            Line { .. } => Err(lost()),
        }
    }

    /// Gives where the line begins.
    fn write(&mut self, line: &Line) -> Result<u64> {
        let mut text = serde_json::to_vec(line).map_err(Error::internal)?;
        text.push(b'\n');
        self.writer.write_all(&text).map_err(disk)?;
        let begins = self.bytes;
        self.bytes += u64::try_from(text.len()).map_err(Error::internal)?;
        Ok(begins)
    }
}

/// 128 bits of SHA-256 stand for an e-mail in any case.
fn fingerprint(email: &str) -> [u64; 2] {
    let hash = Sha256::digest(email.to_ascii_lowercase());
    let half = |from: usize| hash.iter().skip(from).take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte));
    [half(0), half(8)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import_key::tests::key;

    #[test]
    fn the_plan_of_200_000_rows_of_the_longest_fields_is_not_too_long() {
        let (one, other) = (OrganizationId::from_parts(1, 1), OrganizationId::from_parts(1, 2));
        let label = "d".repeat(63);
        let email = format!("{}@{label}.{label}.{}", "l".repeat(64), "d".repeat(61));
        let typed = |number, org: OrganizationId, email: &str| TypedRow {
            number,
            org_id: org.to_string(),
            email: email.to_owned(),
            display_name: "\u{1F680}".repeat(120),
            role: "member".to_owned(),
            password: (0..256).filter_map(|place| char::from_u32(0x1F300 + place * 37 % 256)).collect(),
        };
        let mut decider = Decider::new(key(1, 1), NamedTempFile::new().unwrap()).unwrap();
        let facts = |org| Facts::with_organization(org, &"\u{1F680}".repeat(120));
        decider.decide(typed(1_048_574, one, &email), &facts(one)).unwrap();
        decider.decide(typed(1_048_575, other, &email.replace('l', "x")), &facts(other)).unwrap();
        // The longest lines are those of people whom an earlier line makes, with an e-mail that is typed in another way.
        decider.decide(typed(1_048_576, other, &email.to_uppercase()), &facts(other)).unwrap();
        let plan = std::fs::read_to_string(decider.finish().unwrap().path()).unwrap();
        assert!(plan.lines().all(|line| line.contains("join")) && plan.contains("made_by"), "{plan}");
        let longest = plan.lines().last().unwrap().len() + 1;
        let most = u64::try_from(longest).unwrap() * u64::from(sheets::ROWS_MAX);
        assert!(most <= PLAN_BYTES_MAX, "{longest} bytes a row");
        assert_eq!(plan.matches("organization").count(), 2, "an organization's name stands there once");
    }
}
