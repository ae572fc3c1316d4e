//! Sign-in: attempts are counted before a password is looked at, so that no burst gets more than its ten.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use domain::change::Target;
use domain::event::Event;
use domain::id::UserId;
use domain::session::{FAILURE_WINDOW, Session};
use domain::{Actor, Code, Email, Error, EventKind, Mint, Result, Timestamp};

use crate::core::{Store, primary, put_new};
use crate::edit::Edit;
use crate::fault::Fault;
use crate::keys;
use crate::person_items::{LoginItem, SessionItem};

/// What is known of an e-mail before its password is verified.
#[derive(Clone, Debug)]
pub struct Login {
    /// Whose it is.
    pub user: UserId,
    /// The stored password.
    pub password: String,
    /// When a temporary password dies.
    pub password_until: Option<Timestamp>,
    /// The epoch that new sessions belong to.
    pub epoch: u64,
}

/// A sign-in whose password was verified.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// As typed.
    pub email: Email,
    /// What was verified.
    pub login: Login,
    /// SHA-256 of the new session's secret.
    pub secret: String,
    /// The client's address.
    pub address: String,
}

impl Store {
    /// AP-50. Counts an attempt of an e-mail from an address and reads its login, side by side. Gives how many
    /// attempts the window holds with this one.
    pub async fn begin_sign_in(&self, email: &Email, address: &str, now: Timestamp) -> Result<(u32, Option<Login>)> {
        let (attempts, login) = futures::join!(self.attempt(email, address, now), self.login(email));
        Ok((attempts?, login?))
    }

    /// AP-51. The login of an e-mail.
    pub async fn login(&self, email: &Email) -> Result<Option<Login>> {
        let item: Option<LoginItem> = self.get(&self.platform, &keys::login(&email.folded())).await?;
        Ok(item.map(|LoginItem { user, password, password_until, epoch, .. }| Login {
            user,
            password,
            password_until: password_until.map(|seconds| Timestamp::from_millis(seconds.saturating_mul(1000))),
            epoch,
        }))
    }

    /// AP-52. The session, the last sign-in, the end of the counted attempts and the event in one transaction, if the
    /// account is active and the password still the one that was verified.
    ///
    /// # Errors
    /// [`Code::AccountSuspended`], [`Code::SignInRefused`] when the password was changed meanwhile.
    pub async fn sign_in(
        &self,
        actor: &Actor,
        SignIn { email, login, secret, address }: SignIn,
        mint: &mut Mint,
    ) -> Result<Session> {
        let now = mint.now();
        let session = Session {
            id: mint.id::<domain::id::Session>(),
            user: login.user,
            created_at: now,
            last_used_at: now,
            address: Some(address.clone()).filter(|address| !address.is_empty()),
            user_agent: actor.origin.user_agent.clone(),
            epoch: login.epoch,
        };
        let event =
            Event::of(actor, mint, EventKind::SessionStarted, Target::named("user", session.user, &email), vec![]);
        let (user, folded) = (keys::user(session.user), email.folded());
        let verified = Edit::of(&self.platform, keys::login(&folded)).when("password", "=", &login.password)?;
        let writes = vec![
            Edit::of(&self.platform, user).set("last_sign_in_at", now)?.when("status", "=", "active")?.update()?,
            verified.when("epoch", "=", login.epoch)?.check()?,
            put_new(&self.platform, &SessionItem::of(&session, secret))?,
            Edit::of(&self.platform, keys::failures(&folded, &address)).delete()?,
            self.event(&event)?,
        ];
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(0) => Error::new(Code::AccountSuspended, "this account is suspended"),
            Some(1) => refused(),
            _ => fault.into_error("signing in"),
        })?;
        Ok(session)
    }

    /// AP-53. Records a refused sign-in. What was typed is not kept: people type passwords into the wrong field.
    pub async fn refuse_sign_in(
        &self,
        actor: &Actor,
        known: Option<UserId>,
        reason: &str,
        mint: &mut Mint,
    ) -> Result<()> {
        let about = known.map_or_else(|| Target::unnamed("account", "unknown"), |user| Target::unnamed("user", user));
        let event = Event::of(actor, mint, EventKind::SignInFailed, about, vec![]).refused(reason);
        self.transact(vec![self.event(&event)?]).await.map_err(|fault| fault.into_error("recording a refusal"))
    }

    async fn attempt(&self, email: &Email, address: &str, now: Timestamp) -> Result<u32> {
        let key = keys::failures(&email.folded(), address);
        loop {
            // One of the two conditions holds whatever is there; between the calls only another attempt can pass.
            for (condition, update) in [
                (
                    "attribute_not_exists(pk) OR expires > :now",
                    "SET expires = if_not_exists(expires, :until) ADD attempts :one",
                ),
                ("expires <= :now", "SET expires = :until, attempts = :one"),
            ] {
                let number = |number: u64| AttributeValue::N(number.to_string());
                let call = self
                    .client
                    .update_item()
                    .table_name(&self.platform)
                    .set_key(Some(primary(&key)))
                    .update_expression(update)
                    .condition_expression(condition)
                    .expression_attribute_values(":now", number(now.seconds()))
                    .expression_attribute_values(":until", number(now.plus(FAILURE_WINDOW).seconds()))
                    .expression_attribute_values(":one", number(1))
                    .return_values(ReturnValue::AllNew);
                match call.send().await.map_err(Fault::from) {
                    Ok(answer) => return Ok(attempts(answer.attributes)),
                    Err(fault) if fault.refused().is_some() => {}
                    Err(fault) => return Err(fault.into_error("counting an attempt")),
                }
            }
        }
    }
}

fn attempts(item: Option<crate::core::Item>) -> u32 {
    let attempts = item.and_then(|item| item.get("attempts")?.as_n().ok()?.parse().ok());
    attempts.unwrap_or(u32::MAX)
}

pub(crate) fn refused() -> Error {
    Error::new(Code::SignInRefused, "e-mail or password is wrong, or the account has to wait")
}
