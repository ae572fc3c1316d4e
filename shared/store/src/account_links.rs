//! Links that an account's owner is mailed: asked for by anybody, in the same steps whether the account is there or not.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::account_link::{self, EmailChange, LinkPurpose, SentLinks};
use domain::change::{Change, Target};
use domain::delivery::SendNotices;
use domain::id::UserId;
use domain::notices::LINK_VERSION;
use domain::session::Allowance;
use domain::user::{User, UserStatus};
use domain::{Actor, Code, Email, Error, Event, EventKind, Granted, Mint, Result, Timestamp};

use crate::core::Store;
use crate::edit::Edit;
use crate::keys;
use crate::person_items::UserItem;

/// How often a change is tried anew on an account that somebody changed meanwhile.
const ROUNDS: u32 = 8;
/// How long it is kept that a link was asked for in vain.
const ASKED_KEPT: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

/// An account as its links, and requests for them, meet it.
#[derive(Clone, Debug)]
pub struct LinkedAccount {
    /// The account.
    pub user: User,
    was_pending: bool,
    verification: Option<SentLinks>,
    reset: Option<SentLinks>,
    change: Option<EmailChange>,
}

impl From<UserItem> for LinkedAccount {
    fn from(mut item: UserItem) -> Self {
        let (verification, reset, change) = (item.verification.take(), item.reset.take(), item.change.take());
        Self { was_pending: item.was_pending, verification, reset, change, user: item.into() }
    }
}

impl LinkedAccount {
    /// Whether the link of that purpose and version does its work at `now`.
    ///
    /// # Errors
    /// As [`SentLinks::check`]; [`Code::EmailAlreadyVerified`] for a second click, [`Code::AccountSuspended`].
    pub fn check(&self, purpose: LinkPurpose, version: u64, now: Timestamp) -> Result<()> {
        if purpose == LinkPurpose::Verification && self.user.email_verified {
            return Err(Error::new(Code::EmailAlreadyVerified, "the e-mail is confirmed already; sign in"));
        }
        SentLinks::check(self.sent(purpose), version, purpose, self.user.session_epoch, now)?;
        match self.user.status {
            UserStatus::Suspended => Err(Error::new(Code::AccountSuspended, "this account is suspended")),
            UserStatus::Pending | UserStatus::Active => Ok(()),
        }
    }

    /// The e-mail that is wanted in place of the present one.
    pub(crate) fn wanted(&self) -> Option<&Email> {
        self.change.as_ref().map(|change| &change.email)
    }

    pub(crate) fn sent(&self, purpose: LinkPurpose) -> Option<&SentLinks> {
        match purpose {
            LinkPurpose::Verification => self.verification.as_ref(),
            LinkPurpose::PasswordReset => self.reset.as_ref(),
            LinkPurpose::EmailChange => self.change.as_ref().map(|change| &change.links),
        }
    }

    /// Whether nobody gets in before the e-mail is confirmed.
    fn waits(&self) -> bool {
        self.user.status == UserStatus::Pending || self.was_pending
    }

    /// Whether it counts as one that works unconfirmed, see [`Store::unconfirmed`].
    fn is_counted(&self) -> bool {
        !self.user.email_verified && !self.waits()
    }

    /// What an event says of an account whose e-mail is proved by it.
    pub(crate) fn confirmed_changes(&self) -> Vec<Change> {
        let status = match self.user.status {
            UserStatus::Pending => Change::between("status", UserStatus::Pending, UserStatus::Active),
            UserStatus::Active | UserStatus::Suspended => None,
        };
        Change::between("email_verified", self.user.email_verified, true).into_iter().chain(status).collect()
    }
}

impl Store {
    /// AP-143. Counts a request from an address, and reads whose e-mail it is: two reads in turn, also where nobody has it.
    /// Of all requests within any 15 minutes 60 are let through; none from an address that is not known is counted.
    ///
    /// # Errors
    /// [`Code::TooManyRequests`], whoever was asked about.
    pub async fn account_asked_for(
        &self,
        email: &Email,
        address: &str,
        mint: &mut Mint,
    ) -> Result<Option<LinkedAccount>> {
        let (turn, login) = futures::join!(self.request_turn(address, mint.now()), self.login(email));
        if let Some(Allowance { resets_in, .. }) = turn? {
            let seconds = u32::try_from(resets_in.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX);
            return Err(
                Error::new(Code::TooManyRequests, "too many requests; wait some minutes").after_seconds(seconds)
            );
        }
        // Nobody has an id that is new: asking for it takes as long as asking for somebody.
        let user = login?.map_or_else(|| mint.id(), |login| login.user);
        self.linked_account(user).await
    }

    /// AP-144. Sends the link, by its event, if the account may have one now; else it records why not, in as many writes.
    /// Neither tells the caller which of the two it was.
    pub async fn send_link(
        &self,
        actor: &Actor,
        email: &Email,
        account: Option<&LinkedAccount>,
        purpose: LinkPurpose,
        mint: &mut Mint,
    ) -> Result<()> {
        let writes = match account.ok_or("unknown-account").and_then(|account| next(account, purpose, mint.now())) {
            Ok((account, links)) => self.sent_writes(actor, account, purpose, &links, mint)?,
            Err(why) => self.refused_writes(actor, email, account, purpose, why, mint)?,
        };
        match self.transact(writes).await {
            // Another link was sent at this moment, or sessions ended: who asks again gets one.
            Err(fault) if fault.refused().is_some() => Ok(()),
            outcome => outcome.map_err(|fault| fault.into_error("sending a link")),
        }
    }

    /// AP-145. The account that a proved link names.
    ///
    /// # Errors
    /// [`Code::LinkUnknown`] if it is gone.
    pub async fn account_of_link(&self, user: UserId) -> Result<LinkedAccount> {
        self.linked_account(user).await?.ok_or_else(account_link::unknown)
    }

    /// AP-14C. Why a link would do no work any more, for whoever is about to mail it.
    pub async fn dead_link(
        &self,
        _: &Granted<SendNotices>,
        user: UserId,
        purpose: LinkPurpose,
        version: u64,
        now: Timestamp,
    ) -> Result<Option<Code>> {
        let account = self.linked_account(user).await?;
        let check =
            account.map_or_else(|| Err(account_link::unknown()), |account| account.check(purpose, version, now));
        Ok(check.err().map(|why| why.code()))
    }

    pub(crate) async fn linked_account(&self, user: UserId) -> Result<Option<LinkedAccount>> {
        let item: Option<UserItem> = self.get(&self.platform, &keys::user(user)).await?;
        Ok(item.map(LinkedAccount::from))
    }

    /// Changes an account by writes that hold for it as it was read; anew for as long as somebody changed it meanwhile.
    /// Gives the account as it was before.
    pub(crate) async fn change_account(
        &self,
        mut account: LinkedAccount,
        doing: &'static str,
        mut writes: impl FnMut(&LinkedAccount) -> Result<Vec<TransactWriteItem>>,
    ) -> Result<LinkedAccount> {
        for _ in 0..ROUNDS {
            match self.transact(writes(&account)?).await {
                Ok(()) => return Ok(account),
                Err(fault) if fault.refused().is_some() => account = self.account_of_link(account.user.id).await?,
                Err(fault) => return Err(fault.into_error(doing)),
            }
        }
        Err(busy())
    }

    /// The edit by which an e-mail is proved: whoever waited for that gets in. Holds for the account as it was read.
    pub(crate) fn confirmed(&self, LinkedAccount { user, .. }: &LinkedAccount) -> Result<Edit> {
        let edit = Edit::of(&self.platform, keys::user(user.id)).set("email_verified", true)?;
        let edit = edit.set("was_pending", false)?.add_number("version", 1);
        let edit = match user.status {
            UserStatus::Pending => edit.set("status", UserStatus::Active)?,
            UserStatus::Active | UserStatus::Suspended => edit,
        };
        edit.when("status", "=", user.status)?.when("email_verified", "=", user.email_verified)?.when(
            "email",
            "=",
            &user.email,
        )
    }

    /// One fewer that works unconfirmed, if it was one.
    pub(crate) fn counted_off(&self, account: &LinkedAccount) -> Result<Option<TransactWriteItem>> {
        account.is_counted().then(|| self.unconfirmed(account.user.id, -1)).transpose()
    }

    fn sent_writes(
        &self,
        actor: &Actor,
        account: &LinkedAccount,
        purpose: LinkPurpose,
        links: &SentLinks,
        mint: &mut Mint,
    ) -> Result<Vec<TransactWriteItem>> {
        let LinkedAccount { user, .. } = account;
        let (kind, attribute) = stored(purpose);
        let target = Target::named("user", user.id, &user.email);
        let event = Event::of(actor, mint, kind, target, vec![Change::set(LINK_VERSION, links.version)]);
        let edit = Edit::of(&self.platform, keys::user(user.id)).set(attribute, links)?;
        let edit = edit.when_in(attribute, "version", account.sent(purpose).map(|sent| sent.version))?;
        let edit = edit.when("status", "=", user.status)?.when("session_epoch", "=", user.session_epoch)?;
        let edit = edit.when("email", "=", &user.email)?.when("email_verified", "=", user.email_verified)?;
        Ok(vec![edit.update()?, self.event(&event)?])
    }

    fn refused_writes(
        &self,
        actor: &Actor,
        email: &Email,
        account: Option<&LinkedAccount>,
        purpose: LinkPurpose,
        why: &'static str,
        mint: &mut Mint,
    ) -> Result<Vec<TransactWriteItem>> {
        let known = |account: &LinkedAccount| Target::unnamed("user", account.user.id);
        let about = account.map_or_else(|| Target::unnamed("account", "unknown"), known);
        let event = Event::of(actor, mint, stored(purpose).0, about, vec![]).refused(why);
        let now = mint.now();
        let edit = Edit::of(&self.platform, keys::asked(&email.folded())).set("at", now)?;
        let edit = edit.set("expires", now.plus(ASKED_KEPT).seconds())?;
        Ok(vec![edit.update()?, self.event(&event)?])
    }
}

/// What asks for a link is called in the log, and where its links stand in the account.
fn stored(purpose: LinkPurpose) -> (EventKind, &'static str) {
    match purpose {
        LinkPurpose::Verification => (EventKind::EmailVerificationSent, "verification"),
        LinkPurpose::PasswordReset => (EventKind::PasswordResetRequested, "reset"),
        LinkPurpose::EmailChange => (EventKind::EmailChangeRequested, "change"),
    }
}

/// The next link of an account, or why it gets none.
fn next(
    account: &LinkedAccount,
    purpose: LinkPurpose,
    now: Timestamp,
) -> Result<(&LinkedAccount, SentLinks), &'static str> {
    let LinkedAccount { user, .. } = account;
    match (user.status, purpose) {
        (UserStatus::Suspended, _) => Err("account-suspended"),
        (_, LinkPurpose::Verification) if user.email_verified => Err("already-verified"),
        _ => {
            let links = SentLinks::next(account.sent(purpose), user.session_epoch, now).map_err(|soon| soon.why)?;
            Ok((account, links))
        }
    }
}

pub(crate) fn busy() -> Error {
    Error::new(Code::Conflict, "somebody changed the account at this moment; try again").after_seconds(1)
}
