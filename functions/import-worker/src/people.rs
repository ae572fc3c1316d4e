//! The accounts that a chunk makes, with ids and passwords that follow from the import's key.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use domain::import::Job;
use domain::{Error, Result, Timestamp};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use passwords::{Keys, Stored, hash_chosen, hash_temporary};
use store::NewPerson;
use vault::Secret;
use zeroize::Zeroizing;

use crate::import_key::ImportKey;
use crate::plan::{Join, Line, Maker, Password, Step, Who};
use crate::{App, vault_fault};

/// Typed passwords hashed at once: each takes 19 MiB.
const HASHES: usize = 2;
/// How long a generated password works.
const GENERATED_VALID: Duration = Duration::from_secs(7 * 24 * 3600);
/// Where the key of generated passwords is.
const TEMPORARY_KEY: &str = "platform/keys/temporary-passwords";

/// What is needed to make people.
struct Making<'a> {
    key: &'a ImportKey,
    keys: Keys,
    until: Timestamp,
}

/// The people that the lines make or may have to make, by the row that makes them.
pub(crate) async fn of(app: &App, job: &Job, lines: &[Line]) -> Result<HashMap<u32, NewPerson>> {
    let makers: BTreeMap<u32, Maker> = lines.iter().filter_map(maker).map(|maker| (maker.row, maker.clone())).collect();
    if makers.is_empty() {
        return Ok(HashMap::new());
    }
    let key = &ImportKey::of(app, job).await?;
    let making = &Making { key, keys: temporary_keys(app).await?, until: job.created_at.plus(GENERATED_VALID) };
    let people = stream::iter(makers).map(|(row, maker)| making.person(row, maker).boxed());
    people.buffer_unordered(HASHES).try_collect().await
}

fn maker(line: &Line) -> Option<&Maker> {
    match &line.step {
        Step::Join(Join { who: Who::New(maker) | Who::MadeBy(maker), .. }) => Some(maker),
        Step::Join(Join { who: Who::Known(_), .. }) | Step::Refuse { .. } => None,
    }
}

impl Making<'_> {
    async fn person(&self, row: u32, maker: Maker) -> Result<(u32, NewPerson)> {
        let (password, password_until) = match &maker.password {
            Password::Generated => (hash_temporary(&self.key.generated(row)?, &self.keys), Some(self.until)),
            Password::Sealed(sealed) => (chosen(self.key.open(row, sealed)?, self.key.salt(row)?).await?, None),
        };
        let person = NewPerson {
            id: self.key.user(row)?,
            email: maker.email.parse().map_err(Error::internal)?,
            display_name: maker.name,
            password: password.into(),
            password_until,
        };
        Ok((row, person))
    }
}

async fn chosen(password: Zeroizing<String>, salt: [u8; 16]) -> Result<Stored> {
    tokio::task::spawn_blocking(move || hash_chosen(&password, salt)).await.map_err(Error::internal)
}

async fn temporary_keys(app: &App) -> Result<Keys> {
    let fresh = Secret::new((app.random)().to_vec());
    let key = app.vault.secret_once(TEMPORARY_KEY, fresh).await.map_err(vault_fault)?;
    Keys::new(key.expose()).map_err(Error::internal)
}
