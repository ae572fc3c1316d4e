use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::Patch;
use crate::provider::{CreateProvider, Credential, CredentialMark, ProviderType, TypeSettings};

fn at(minutes: u64) -> Timestamp {
    Timestamp::from_millis(1_795_435_200_000).plus(std::time::Duration::from_secs(minutes * 60))
}

fn mark() -> CredentialMark {
    CredentialMark { mask: "••••".to_owned(), fingerprint: "00".to_owned() }
}

fn provider(version: u64) -> Provider {
    let asked = CreateProvider {
        name: "Models".to_owned().try_into().unwrap(),
        kind: ProviderType::Openai,
        base_url: None,
        settings: TypeSettings::default(),
        models: Default::default(),
        assignment: None,
        with_catalogue: false,
    };
    let made = asked.made(ProviderId::from_parts(1, 1), &Default::default(), "usr".to_owned(), at(0)).unwrap();
    Provider { credential: Some(credential(version)), ..made }
}

fn credential(version: u64) -> Credential {
    Credential { version, mark: mark(), set_at: at(0), set_by: "usr".to_owned(), last_used_at: None }
}

fn rotation(replaces: u64, stage: Stage) -> Rotation {
    let (id, requested_by) = (RotationId::from_parts(1, u128::from(replaces)), "usr".to_owned());
    Rotation { id, requested_at: at(0), requested_by, replaces, grace: GraceHours::default(), stage, trouble: None }
}

fn candidate(version: u64) -> Candidate {
    Candidate { version, mark: mark(), handle: None }
}

/// What is there: the tables, and which versions the vault still has.
struct World {
    provider: Provider,
    rotations: Rotations,
    alive: BTreeSet<u64>,
    newest: u64,
    now: u64,
    /// What somebody read before and may still act on, who is slow.
    stale: Option<(Provider, Rotations)>,
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Request,
    Put,
    Remove,
    Cancel,
    Pass(u16),
    /// One step by somebody who reads now; cut off after what it does and before it is written, if so said.
    Step {
        cut: bool,
        works: bool,
    },
    /// Reads now, and acts later.
    Read,
    StaleStep {
        works: bool,
    },
}

impl World {
    fn new() -> Self {
        let provider = provider(1);
        let rotations = Rotations::new(provider.id);
        Self { provider, rotations, alive: BTreeSet::from([1]), newest: 1, now: 0, stale: None }
    }

    fn write(&mut self) -> u64 {
        self.newest += 1;
        self.alive.insert(self.newest);
        self.newest
    }

    fn act(&mut self, act: Act) {
        let now = at(self.now);
        match act {
            Act::Request => {
                let Some(used) = self.provider.credential.clone() else { return };
                let version = self.write();
                let stage = Stage::Given { candidate: candidate(version) };
                match self.rotations.request(rotation(used.version, stage)) {
                    Ok(after) => self.rotations = after,
                    Err(_) => drop(self.alive.remove(&version)),
                }
            }
            Act::Put => {
                let version = self.write();
                self.provider.credential = Some(credential(version));
                self.provider.version += 1;
                self.alive.retain(|one| *one >= version);
            }
            Act::Remove => {
                if let Some(gone) = self.provider.credential.take() {
                    self.provider.version += 1;
                    self.alive.remove(&gone.version);
                }
            }
            Act::Cancel if self.rotations.running.as_ref().is_some_and(|running| running.stage.is_before_current()) => {
                self.rotations = self.rotations.ended(Outcome::Cancelled { by: "usr".to_owned() }, now);
            }
            Act::Cancel => {}
            Act::Pass(minutes) => self.now += u64::from(minutes),
            Act::Step { cut, works } => self.step(self.provider.clone(), self.rotations.clone(), cut, works),
            Act::Read => self.stale = Some((self.provider.clone(), self.rotations.clone())),
            Act::StaleStep { works } => {
                if let Some((provider, rotations)) = self.stale.take() {
                    self.step(provider, rotations, false, works);
                }
            }
        }
    }

    /// What `provider-rotations` does, from what it read: first what it does in the vault, then what it writes, on the versions
    /// that it read.
    fn step(&mut self, provider: Provider, read: Rotations, cut: bool, works: bool) {
        let now = at(self.now);
        let used = provider.credential.as_ref().map(|credential| credential.version);
        let mut has = provider.clone();
        let after = match read.running.clone().map(|running| running.stage) {
            _ if read.is_overtaken(&provider) => read.ended(Outcome::Overtaken, now),
            Some(Stage::Given { candidate }) => {
                read.at(Stage::Testing { candidate, replaced: None, until: now.plus(TRIED_FOR) })
            }
            Some(Stage::Testing { .. }) if works => {
                let Some((after, switched)) = read.switch(&provider, now) else { return };
                has = switched;
                after
            }
            Some(Stage::Testing { .. }) => read.ended(Outcome::Failed { why: "no".to_owned() }, now),
            Some(Stage::Grace { previous: Leftover::Key { version, .. }, until, .. }) if until <= now => {
                self.alive.remove(&version);
                read.ended(Outcome::Retired, now)
            }
            _ => match read.leftovers.first().cloned() {
                Some(left @ Leftover::Key { version, .. }) => {
                    if Some(version) != used {
                        self.alive.remove(&version);
                    }
                    read.cleared(&left)
                }
                _ => return,
            },
        };
        let is_written = self.rotations.version == read.version && (has == provider || self.provider == provider);
        if !cut && is_written {
            self.rotations = after;
            if has != provider {
                self.provider = has;
            }
        }
    }

    fn check(&self) -> Result<(), TestCaseError> {
        let Some(used) = self.provider.credential.as_ref().map(|credential| credential.version) else { return Ok(()) };
        prop_assert!(self.alive.contains(&used), "version {} is named and gone: {:?}", used, self.rotations);
        let in_grace = match self.rotations.running.as_ref().map(|running| &running.stage) {
            Some(Stage::Grace { current, previous: Leftover::Key { version, .. }, until, .. })
                if *current == used && at(self.now) < *until =>
            {
                Some(*version)
            }
            _ => None,
        };
        if let Some(previous) = in_grace {
            prop_assert!(self.alive.contains(&previous), "version {} is gone inside its grace", previous);
        }
        Ok(())
    }
}

fn acts() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => Just(Act::Request),
        1 => Just(Act::Put),
        1 => Just(Act::Remove),
        1 => Just(Act::Cancel),
        2 => (0_u16..2_000).prop_map(Act::Pass),
        8 => (any::<bool>(), any::<bool>()).prop_map(|(cut, works)| Act::Step { cut, works }),
        1 => Just(Act::Read),
        1 => any::<bool>().prop_map(|works| Act::StaleStep { works }),
    ]
}

proptest! {
    #[test]
    fn whoever_does_what_when_the_credential_in_use_is_there_and_in_the_end_it_is_alone(
        acts in proptest::collection::vec(acts(), 1..60)
    ) {
        let mut world = World::new();
        for act in acts {
            world.act(act);
            world.check()?;
        }
        for _ in 0..40 {
            world.act(Act::Pass(1_500));
            world.act(Act::Step { cut: false, works: true });
            world.check()?;
        }
        prop_assert!(world.rotations.running.is_none() && world.rotations.leftovers.is_empty(), "{:?}", world.rotations);
        let used = world.provider.credential.as_ref().map(|credential| credential.version);
        prop_assert_eq!(world.alive.into_iter().collect::<Vec<_>>(), used.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn a_second_rotation_waits_for_the_first_one() {
    let begun = Rotations::new(ProviderId::from_parts(1, 1)).request(rotation(1, Stage::ToMake)).unwrap();
    assert_eq!(begun.request(rotation(1, Stage::ToMake)).unwrap_err().code(), Code::Conflict);
}

#[test]
fn what_somebody_works_at_or_was_in_the_way_of_is_not_due_before_its_time() {
    let begun = Rotations::new(ProviderId::from_parts(1, 1)).request(rotation(1, Stage::ToMake)).unwrap();
    assert!(begun.due().is_some_and(|due| due <= at(0)));
    assert_eq!(begun.held(Some(at(3))).due(), Some(at(3)));
    let hindered = begun.put_off("unavailable", at(0));
    assert_eq!((hindered.due(), hindered.put_off("unavailable", at(1)).due()), (Some(at(1)), Some(at(3))));
    assert_eq!(begun.held(Some(at(3))).put_off("unavailable", at(0)).due(), Some(at(1)), "nobody works at it any more");
    let long = (0..20).fold(begun, |rotations, _| rotations.put_off("unavailable", at(0)));
    assert_eq!(long.due(), Some(at(60)), "an hour at most");
    assert_eq!(Rotations::new(ProviderId::from_parts(1, 1)).due(), None);
}

#[test]
fn a_schedule_that_was_set_for_another_host_or_type_fits_no_more() {
    let provider = provider(1);
    let schedule = Schedule {
        every: 90.try_into().unwrap(),
        grace: GraceHours::default(),
        method: Method::Automatic { keeper: None },
        endpoint: provider.endpoint.clone(),
        next_at: at(0),
        set_at: at(0),
        set_by: "usr".to_owned(),
    };
    assert!(schedule.fits(&provider));
    let patch = crate::provider::EndpointPatch {
        base_url: Patch::Set("https://evil.example/v1".to_owned().try_into().unwrap()),
        ..Default::default()
    };
    let moved = Provider { endpoint: patch.over(&provider.endpoint).unwrap(), ..provider };
    assert!(!schedule.fits(&moved));
}

#[test]
fn days_and_hours_have_bounds() {
    assert!(EveryDays::try_from(0).is_err() && EveryDays::try_from(366).is_err());
    assert!(GraceHours::try_from(721).is_err() && GraceHours::try_from(0).is_ok());
    assert_eq!((EveryDays::try_from(365).unwrap().days(), GraceHours::default().hours()), (365, 24));
}
