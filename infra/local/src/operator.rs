//! What only the platform's operator does: make the first superadmin, say who is one, and let one in again. Never an API
//! route.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use domain::scope::Platform;
use domain::user::Bootstrap;
use domain::{Actor, Email, Granted, Mint, Origin, Principal};
use store::{Bootstrapped, Config, OneTimePassword, Store};

use crate::Card;

/// How long a one-time password lives.
const VALID: Duration = Duration::from_secs(7 * 24 * 3600);

/// Which deployment.
#[derive(Clone, Debug)]
pub enum Deployment {
    /// The stack of that data folder, which has to run.
    Local(PathBuf),
    /// The tables with that prefix, in the account and region of the environment.
    Aws {
        /// What the tables' names begin with.
        table_prefix: String,
    },
}

impl Deployment {
    /// Its tables.
    ///
    /// # Errors
    /// No stack was ever started in that folder.
    pub async fn store(self) -> Result<Store> {
        match self {
            Self::Local(data) => {
                let card = Card::read(&data)?;
                let card = card.with_context(|| format!("no stack was started on {} yet", data.display()))?;
                let client = crate::clients::dynamodb(&card.dynamodb_endpoint, &card.functions_key);
                Ok(Store::new(Config { client, prefix: card.tables.prefix }))
            }
            Self::Aws { table_prefix } => {
                let config = aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await;
                let client = aws_sdk_dynamodb::Client::new(&config);
                Ok(Store::new(Config { client, prefix: table_prefix }))
            }
        }
    }
}

/// Makes the first superadmin. Safe to run twice, or at once: one account is made, once in a deployment's life.
///
/// # Errors
/// The e-mail has an account already, or the database does not answer.
pub async fn create_superadmin(store: &Store, email: Email, password: &str) -> Result<Bootstrapped> {
    let mut mint = mint();
    let asked = hashed(email, password, &mint);
    store.create_superadmin(&granted()?, asked, &mut mint).await.map_err(|why| told(&why))
}

/// Gives a superadmin a new one-time password: the last one counts, sessions end. For a password that was lost or ran out.
///
/// # Errors
/// No superadmin has that e-mail, or the database does not answer.
pub async fn reset_superadmin(store: &Store, email: Email, password: &str) -> Result<()> {
    let mut mint = mint();
    let asked = hashed(email, password, &mint);
    store.reset_superadmin(&granted()?, asked, &mut mint).await.map_err(|why| told(&why))
}

/// Hashed as a chosen one: this needs no key, so the operator needs no access to the secrets server.
fn hashed(email: Email, password: &str, mint: &Mint) -> OneTimePassword {
    let [salt @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = start::random();
    let password = passwords::hash_chosen(password, salt).into();
    OneTimePassword { email, password, password_until: mint.now().plus(VALID) }
}

/// A new one-time password.
#[must_use]
pub fn one_time_password() -> String {
    passwords::temporary_password(start::random()).to_string()
}

/// Makes somebody with an account a superadmin, or no longer one; repeating it changes nothing.
///
/// # Errors
/// Nobody has that e-mail, or the database does not answer.
pub async fn set_superadmin(store: &Store, email: &Email, superadmin: bool) -> Result<()> {
    let set = store.set_superadmin(&granted()?, email, superadmin, &mut mint()).await;
    set.map_err(|why| told(&why))
}

fn granted() -> Result<Granted<Bootstrap>> {
    let actor = Actor { principal: Principal::Operator, standing: None, origin: Origin::default() };
    actor.grant(Bootstrap, Platform).map_err(|why| told(&why))
}

fn mint() -> Mint {
    Mint::new(start::clock(), start::random())
}

/// The operator may see the source, which a caller of the API may not.
pub(crate) fn told(why: &domain::Error) -> anyhow::Error {
    match std::error::Error::source(why) {
        Some(source) => anyhow!("{why}: {source}"),
        None => anyhow!("{why}"),
    }
}
