//! The accounts that a chunk makes, with ids and passwords that follow from the import's key.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use domain::import::Job;
use domain::{Error, Result, Timestamp};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use passwords::{Keys, Stored, hash_chosen, hash_temporary};
use store::NewPerson;
use tokio::sync::Semaphore;
use vault::Secret;
use zeroize::Zeroizing;

use crate::App;
use crate::import_key::ImportKey;
use crate::plan::{Line, Maker, Password};

/// Typed passwords hashed at once in this process, whatever it handles at the same time: each takes 19 MiB.
const HASHES: usize = 2;
static HASHING: Semaphore = Semaphore::const_new(HASHES);
/// How long a generated password works.
const GENERATED_VALID: Duration = Duration::from_secs(7 * 24 * 3600);
/// Where the key of generated passwords is.
const TEMPORARY_KEY: &str = "platform/keys/temporary-passwords";

/// What is needed to make people.
struct Making<'a> {
    key: &'a ImportKey,
    keys: Keys,
    until: Timestamp,
    must_confirm: bool,
}

/// The people that the lines make or may have to make, by the row that makes them.
pub(crate) async fn of(app: &App, job: &Job, lines: &[Line]) -> Result<HashMap<u32, NewPerson>> {
    let makers: BTreeMap<u32, Maker<'_>> =
        lines.iter().filter_map(Line::maker).map(|maker| (maker.row, maker)).collect();
    if makers.is_empty() {
        return Ok(HashMap::new());
    }
    let key = &ImportKey::of(app, job).await?;
    let must_confirm = app.store.must_confirm(&app.advance(Some(job))?).await?;
    let (keys, until) = (temporary_keys(app).await?, job.created_at.plus(GENERATED_VALID));
    let making = &Making { key, keys, until, must_confirm };
    let people: Vec<_> = makers.into_values().map(|maker| making.person(maker).boxed()).collect();
    stream::iter(people).buffer_unordered(HASHES).try_collect().await
}

impl Making<'_> {
    async fn person(&self, maker: Maker<'_>) -> Result<(u32, NewPerson)> {
        let Maker { row, email, person } = maker;
        let (password, password_until) = match &person.password {
            Password::Generated => (hash_temporary(&self.key.generated(row)?, &self.keys), Some(self.until)),
            Password::Sealed(sealed) => (chosen(self.key.open(row, sealed)?, self.key.salt(row)?).await?, None),
        };
        let person = NewPerson {
            id: self.key.user(row)?,
            email: email.parse().map_err(Error::internal)?,
            display_name: person.name.clone(),
            password: password.into(),
            password_until,
            must_confirm: self.must_confirm,
        };
        Ok((row, person))
    }
}

async fn chosen(password: Zeroizing<String>, salt: [u8; 16]) -> Result<Stored> {
    let permit = HASHING.acquire().await.map_err(Error::internal)?;
    // The permit goes with the work, which nobody can take back: whoever asked may be cut off meanwhile.
    let hashed = tokio::task::spawn_blocking(move || (hash_chosen(&password, salt), permit).0);
    hashed.await.map_err(Error::internal)
}

async fn temporary_keys(app: &App) -> Result<Keys> {
    let fresh = Secret::new((app.random)().to_vec());
    let key = app.vault.secret_once(TEMPORARY_KEY, fresh).await?;
    Keys::new(key.expose()).map_err(Error::internal)
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use futures::future::{join_all, try_join_all};

    use super::*;

    fn peak_kib() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn typed_passwords_of_several_chunks_take_the_memory_of_two_at_a_time() {
        let before = peak_kib();
        let chunk = |number: u8| {
            let typed = |row: u8| Zeroizing::new(format!("velvet-Orchard-{row}"));
            tokio::spawn(try_join_all((0..8).map(move |row| chosen(typed(row), [number; 16]))))
        };
        let hashed = join_all((0..4).map(chunk)).await;
        assert!(hashed.into_iter().all(|chunk| chunk.unwrap().unwrap().len() == 8));
        let more = peak_kib() - before;
        assert!(more < 48 * 1024, "{more} KiB");
    }
}
