//! Another e-mail for an account: asked for, and once the new mailbox is proved, claimed in place of the old one.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::account_link::{EmailChange, LinkPurpose, SentLinks, unknown};
use domain::change::{Change, Target};
use domain::id::OrganizationId;
use domain::notices::LINK_VERSION;
use domain::user::{ChangeEmail, User};
use domain::{Actor, Code, Error, Event, EventKind, Granted, Mint, Result};

use crate::account_links::{LinkedAccount, busy};
use crate::copies::{COPIES_MAX, Copied};
use crate::core::{Store, decode, put_new};
use crate::edit::Edit;
use crate::fault::Fault;
use crate::keys;
use crate::person_items::LoginItem;

/// How often it is tried anew on an account that somebody changed meanwhile.
const ROUNDS: u32 = 8;

impl Store {
    /// AP-149. Asks for proof of another e-mail, by the event: nothing changes before. Whether somebody has that e-mail is
    /// not looked at, so that nobody learns it here. Attempts that were counted as of `counted_as` are forgiven.
    ///
    /// # Errors
    /// [`Code::TooManyRequests`], [`Code::Conflict`].
    pub async fn request_email_change(
        &self,
        granted: &Granted<ChangeEmail>,
        counted_as: &str,
        mint: &mut Mint,
    ) -> Result<()> {
        let account = self.linked_account(granted.scope().user()).await?.ok_or_else(Error::not_found)?;
        let (user, sent) = (&account.user, account.sent(LinkPurpose::EmailChange));
        let links = SentLinks::next(sent, user.session_epoch, mint.now()).map_err(|soon| {
            let seconds = u32::try_from(soon.after.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX);
            Error::new(Code::TooManyRequests, "such a link was sent just now, or five were today")
                .after_seconds(seconds)
        })?;
        let email = &granted.command().email;
        let mut changes: Vec<Change> = Change::between("email", &user.email, email).into_iter().collect();
        changes.push(Change::set(LINK_VERSION, links.version));
        let target = Target::named("user", user.id, &user.email);
        let event = granted.event(mint, EventKind::EmailChangeRequested, target, changes);
        let was = account.sent(LinkPurpose::EmailChange).map(|sent| sent.version);
        let wanted = EmailChange { email: email.clone(), links };
        let edit = Edit::of(&self.platform, keys::user(user.id)).set("change", wanted)?;
        let edit = edit.when_in("change", "links.version", was)?.when("session_epoch", "=", user.session_epoch)?;
        let attempts = Edit::of(&self.platform, keys::failures(&user.email.folded(), counted_as));
        let writes = vec![edit.when("email", "=", &user.email)?.update()?, attempts.delete()?, self.event(&event)?];
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(_) => busy(),
            None => fault.into_error("asking for proof of an e-mail"),
        })
    }

    /// AP-14A. The wanted e-mail takes the old one's place, by the link of that version: claim and credential move, every
    /// session ends, and lists of members show the new one. Beyond 90 organizations the remaining lists follow in further
    /// transactions (AP-14B); a second click completes them where that was cut off.
    ///
    /// # Errors
    /// As [`LinkedAccount::check`]; [`Code::EmailTaken`] where another account has that e-mail.
    pub async fn change_email(
        &self,
        actor: &Actor,
        mut account: LinkedAccount,
        version: u64,
        mint: &mut Mint,
    ) -> Result<()> {
        for _ in 0..ROUNDS {
            if account.wanted() == Some(&account.user.email) {
                self.copy_everywhere(Copied::Email, &account.user).await?;
            }
            account.check(LinkPurpose::EmailChange, version, mint.now())?;
            let login: Option<LoginItem> = self.get(&self.platform, &keys::login(&account.user.email.folded())).await?;
            // Somebody shows the same link at this moment, and the old e-mail is nobody's any more.
            let Some(login) = login else {
                account = self.account_of_link(account.user.id).await?;
                continue;
            };
            let email = account.wanted().ok_or_else(unknown)?.clone();
            let after = User { email, session_epoch: account.user.session_epoch + 1, ..account.user.clone() };
            let mut writes = self.change_writes(actor, &account, login, &after, version, mint)?;
            for place in after.organizations.iter().take(COPIES_MAX) {
                writes.push(self.copy(Copied::Email, &after, *place)?);
            }
            match self.transact(writes).await {
                Ok(()) if after.organizations.len() > COPIES_MAX => {
                    return self.copy_everywhere(Copied::Email, &after).await;
                }
                Ok(()) => return Ok(()),
                Err(fault) if fault.refused().is_some() => account = self.met(fault, &account).await?,
                Err(fault) => return Err(fault.into_error("changing an e-mail")),
            }
        }
        Err(busy())
    }

    fn change_writes(
        &self,
        actor: &Actor,
        before: &LinkedAccount,
        login: LoginItem,
        after: &User,
        version: u64,
        mint: &mut Mint,
    ) -> Result<Vec<TransactWriteItem>> {
        let user = &before.user;
        let changes = Change::between("email", &user.email, &after.email).into_iter().collect();
        let target = Target::named("user", user.id, &after.email);
        let event = Event::of(actor, mint, EventKind::EmailChanged, target, changes);
        let old = Edit::of(&self.platform, keys::login(&user.email.folded()));
        let old = old.when("user", "=", user.id)?.when("password", "=", &login.password)?;
        let old = old.when("epoch", "=", login.epoch)?;
        let key = keys::login(&after.email.folded());
        let new = LoginItem { pk: key.pk, sk: key.sk, epoch: after.session_epoch, ..login };
        let person = self.confirmed(before)?.set("email", &after.email)?.set("gsi1sk", after.email.folded())?;
        let person = person.set("session_epoch", after.session_epoch)?;
        let person = person.when("session_epoch", "=", user.session_epoch)?;
        let person = person.when("change.links.version", "=", version)?;
        // Who joins at this moment copies the e-mail too: the lists that get the new one must be all there are.
        let lists = user.organizations.iter().map(OrganizationId::to_string).collect();
        let person = person.when_set("organizations", lists);
        let writes = [put_new(&self.platform, &new)?, old.delete()?, person.update()?, self.event(&event)?];
        Ok(writes.into_iter().chain(self.counted_off(before)?).collect())
    }

    /// The account as it is after a refusal, if that was not for a taken e-mail.
    async fn met(&self, fault: Fault, account: &LinkedAccount) -> Result<LinkedAccount> {
        let holder = fault.refused_at(CLAIM).flatten().cloned().map(decode::<LoginItem>).transpose()?;
        if holder.is_some_and(|holder| holder.user != account.user.id) {
            return Err(Error::new(Code::EmailTaken, "another account has this e-mail"));
        }
        self.account_of_link(account.user.id).await
    }
}

/// Where the claim of the new e-mail stands in its transaction.
const CLAIM: usize = 0;
