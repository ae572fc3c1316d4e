//! Sign-in: attempts are counted before a password is looked at, so that no burst gets more than its ten.

use std::time::Duration;

use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use domain::account_link::REQUESTS_MAX;
use domain::change::Target;
use domain::event::Event;
use domain::id::UserId;
use domain::session::{Allowance, FAILURE_WINDOW, FAILURES_MAX, Session, refused};
use domain::{Actor, Code, Email, Error, EventKind, Mint, Result, Timestamp};

use crate::core::{Item, Store, pause, primary, put_new};
use crate::edit::Edit;
use crate::fault::Fault;
use crate::keys::{self, Key};
use crate::person_items::{LoginItem, SessionItem};

/// A password is looked at within this time: who finds every turn taken waits for what became of the younger ones.
const LOOKING: Duration = Duration::from_secs(2);
/// It asks so often, with pauses that come to 2.5 seconds at most.
const ROUNDS: u32 = 10;

/// An attempt that was counted.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The window had no turn left: nothing may be compared.
    pub waits: bool,
    /// What the window leaves with this attempt.
    pub allowance: Allowance,
    /// The account of the e-mail, if there is one.
    pub login: Option<Login>,
}

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
    /// AP-50. Counts an attempt of an e-mail from an address and reads its login, side by side. Of all that begin
    /// within any [`FAILURE_WINDOW`] and did not succeed, [`FAILURES_MAX`] may be looked at; a success gives all back.
    pub async fn begin_sign_in(&self, email: &Email, address: &str, now: Timestamp) -> Result<Attempt> {
        let (turn, login) = futures::join!(
            self.take_turn(keys::failures(&email.folded(), address), FAILURES_MAX, now),
            self.login(email)
        );
        let (taken, allowance) = turn?;
        Ok(Attempt { waits: !taken, allowance, login: login? })
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
    /// [`Code::AccountSuspended`], [`Code::EmailUnverified`], [`Code::SignInRefused`] when the password was changed meanwhile.
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
            Some(0) if is_pending(&fault) => Error::new(Code::EmailUnverified, "confirm your e-mail first"),
            Some(0) => Error::new(Code::AccountSuspended, "this account is suspended"),
            Some(1) => refused(),
            _ => fault.into_error("signing in"),
        })?;
        Ok(session)
    }

    /// AP-53. Records a refused proof of a password, at a sign-in or a change of it. What was typed is not kept: people
    /// type passwords into the wrong field.
    pub async fn refuse_password(
        &self,
        actor: &Actor,
        kind: EventKind,
        known: Option<UserId>,
        reason: &str,
        mint: &mut Mint,
    ) -> Result<()> {
        let about = known.map_or_else(|| Target::unnamed("account", "unknown"), |user| Target::unnamed("user", user));
        let event = Event::of(actor, mint, kind, about, vec![]).refused(reason);
        self.transact(vec![self.event(&event)?]).await.map_err(|fault| fault.into_error("recording a refusal"))
    }

    /// Takes a turn of those that ask for mails from an address; gives what the window leaves if there was none.
    pub(crate) async fn request_turn(&self, address: &str, now: Timestamp) -> Result<Option<Allowance>> {
        if address.is_empty() {
            return Ok(None);
        }
        let (taken, allowance) = self.take_turn(keys::link_requests(address), REQUESTS_MAX, now).await?;
        Ok((!taken).then_some(allowance))
    }

    /// Takes one of the turns that the window has, before anything is looked at, so that no burst gets more than all of
    /// them. Gives whether there was one, and what is left.
    async fn take_turn(&self, key: Key, most: usize, now: Timestamp) -> Result<(bool, Allowance)> {
        for round in 0..ROUNDS {
            if round > 0 {
                pause(round).await;
            }
            let taken = match self.append(&key, most, now).await {
                Err(fault) if fault.refused().is_some() => self.slide(&key, most, turns(&fault), now).await,
                outcome => outcome.map(Turn::Taken),
            };
            match taken {
                Ok(Turn::Taken(instants)) => return Ok((true, allowance(&instants, now))),
                Ok(Turn::None(instants)) => return Ok((false, allowance(&instants, now))),
                Ok(Turn::Later) => {}
                Err(fault) if fault.refused().is_some() => {}
                Err(fault) if fault.is_conflict() && round + 1 < ROUNDS => {}
                Err(fault) => return Err(fault.into_error("counting an attempt")),
            }
        }
        Ok((false, Allowance { left: 0, resets_in: FAILURE_WINDOW }))
    }

    /// One turn more, while fewer than all of them are taken, however long ago. Gives when each was taken.
    async fn append(&self, key: &Key, most: usize, now: Timestamp) -> Result<Vec<u64>, Fault> {
        let number = |number: u64| AttributeValue::N(number.to_string());
        let call = self
            .client
            .update_item()
            .table_name(&self.platform)
            .set_key(Some(primary(key)))
            .update_expression("SET instants = list_append(if_not_exists(instants, :none), :now), expires = :until")
            .condition_expression("attribute_not_exists(instants) OR size(instants) < :most")
            .expression_attribute_values(":none", AttributeValue::L(vec![]))
            .expression_attribute_values(":now", AttributeValue::L(vec![number(now.millis())]))
            .expression_attribute_values(":until", number(now.plus(FAILURE_WINDOW).seconds()))
            .expression_attribute_values(":most", AttributeValue::N(most.to_string()))
            .return_values(ReturnValue::UpdatedNew)
            .return_values_on_condition_check_failure(AllOld);
        call.send().await.map(|answer| instants(answer.attributes.as_ref())).map_err(Fault::from)
    }

    /// One turn more in the place of those that are over, if nobody did so at the same moment.
    async fn slide(&self, key: &Key, most: usize, taken: Vec<u64>, now: Timestamp) -> Result<Turn, Fault> {
        let since = |instant: &u64| Duration::from_millis(now.millis().saturating_sub(*instant));
        let mut counted: Vec<u64> = taken.iter().copied().filter(|instant| since(instant) < FAILURE_WINDOW).collect();
        if counted.len() >= most {
            let looking = counted.iter().any(|instant| since(instant) < LOOKING);
            return Ok(if looking { Turn::Later } else { Turn::None(counted) });
        }
        counted.push(now.millis());
        let edit = || {
            let edit = Edit::of(&self.platform, key.clone()).set("instants", &counted)?;
            edit.set("expires", now.plus(FAILURE_WINDOW).seconds())?.when("instants", "=", taken)
        };
        edit().map_err(|why| Fault::Unexpected(why.to_string()))?.send(&self.client).await?;
        Ok(Turn::Taken(counted))
    }
}

/// Whether the account that refused a sign-in waits for its e-mail to be confirmed.
fn is_pending(fault: &Fault) -> bool {
    let status = fault.refused_at(0).flatten().and_then(|user| user.get("status")?.as_s().ok());
    status.is_some_and(|status| status == "pending")
}

/// What came of asking for a turn.
enum Turn {
    /// There was one. When each was taken, this one included.
    Taken(Vec<u64>),
    /// There is none, but passwords are being looked at: a right one gives all turns back.
    Later,
    /// There is none. When each was taken.
    None(Vec<u64>),
}

fn allowance(instants: &[u64], now: Timestamp) -> Allowance {
    let attempts: Vec<Timestamp> = instants.iter().copied().map(Timestamp::from_millis).collect();
    Allowance::after(&attempts, now)
}

/// When the turns were taken that a refusal found.
fn turns(fault: &Fault) -> Vec<u64> {
    instants(fault.refused_at(0).flatten())
}

fn instants(item: Option<&Item>) -> Vec<u64> {
    let instants = item.and_then(|item| item.get("instants")?.as_l().ok());
    instants.into_iter().flatten().filter_map(|instant| instant.as_n().ok()?.parse().ok()).collect()
}
