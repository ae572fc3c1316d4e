//! Invitations of an organization, as those who invite see them: made, listed and read.

use domain::change::Change;
use domain::delivery::DeliveryState;
use domain::id::{EventId, InvitationId};
use domain::invitation::{
    Invitation, InvitationState, Invite, Inviter, LIFETIME, ListInvitations, ReadInvitation, sends_with,
};
use domain::member::{may_give, may_offer_in_project};
use domain::{Code, Error, EventKind, Granted, Mint, OrgScope, Result, Timestamp};

use aws_sdk_dynamodb::types::TransactWriteItem;

use crate::core::{Item, Store, decode, put_new};
use crate::cursor::Cursor;
use crate::delivery_item::DeliveryItem;
use crate::edit::Edit;
use crate::fault::Fault;
use crate::idempotency::{Idempotency, Made};
use crate::invitation_item::{busy, is_taken, target};
use crate::invitation_moves::wait;
use crate::items::TenantItem;
use crate::keys::{self, Key, tenant};
use crate::page::{Page, Query};
use crate::sign_in::Login;

/// An invitation, and how far its latest mail is; none where no mail is planned, or its record is gone.
#[derive(Clone, Debug)]
pub struct SentInvitation {
    /// The invitation.
    pub invitation: Invitation,
    /// The mail.
    pub mail: Option<DeliveryState>,
    /// Whether who answers for it may not give that role any more; of an invitation that is not over.
    pub lapsed: bool,
}

impl Store {
    /// AP-130. Somebody is invited: the e-mail claimed, the invitation and its event in one transaction, if the person
    /// is neither a member nor suspended and every project of the organization's own and in use.
    ///
    /// # Errors
    /// [`Code::AlreadyMember`], [`Code::InvitationPending`], [`Code::UserSuspended`], [`Code::NotFound`] for a project
    /// that is not there, [`Code::ProjectArchived`], [`Code::ProjectDefault`], [`Code::OrganizationNotActive`],
    /// [`Code::Forbidden`] above the own role, [`Code::TooManyRequests`] beyond [`domain::invitation::SENDS_MAX`] mails a
    /// day to that e-mail, whatever became of the invitations before.
    pub async fn invite(
        &self,
        granted: &Granted<Invite>,
        sent: Option<&Idempotency>,
        mint: &mut Mint,
    ) -> Result<Made<Invitation>> {
        let (actor, scope) = (granted.actor(), granted.scope());
        may_give(actor, granted.command().role)?;
        for (project, role) in &granted.command().projects {
            may_offer_in_project(actor, *project, *role)?;
        }
        if granted.command().projects.contains_key(&scope.default_project()) {
            return Err(is_default());
        }
        let email = &granted.command().email;
        let (login, claim) = futures::join!(self.login(email), self.email_claim(scope, email));
        let (login, claim, now) = (login?, claim?, mint.now());
        let before = claim.as_ref().map(|claim| claim.sent.as_slice()).unwrap_or_default();
        let sends = match sends_with(before, now) {
            Ok(sends) => sends,
            // That somebody is invited already says more than that it was often.
            Err(_) if claim.as_ref().is_some_and(|claim| claim.is_live(now)) => vec![],
            Err(time) => return self.made_before(actor, sent, wait(time), mint).await,
        };
        let expires = now.plus(LIFETIME);
        let mut invitation = new(granted.command(), expires, sends, mint);
        let event = granted.event(mint, EventKind::InvitationCreated, target(&invitation), created(&invitation));
        invitation.mail = event.id;
        let (table, key) = (self.tenant(scope), tenant::invitation(scope.organization(), invitation.id));
        let mut writes = vec![
            self.claim_email(scope, &invitation, claim.as_ref(), (expires, now))?,
            put_new(&table, &TenantItem::of(key, &invitation))?,
            self.event(&event)?,
            self.has_content(scope)?,
        ];
        writes.extend(self.may_be_invited(scope, login.as_ref())?);
        let projects_from = writes.len();
        for project in invitation.projects.keys() {
            let project = Edit::of(&table, tenant::project(scope.organization(), *project));
            writes.push(project.when("kind", "=", "team")?.when("archived", "=", false)?.check()?);
        }
        let mark = self.mark(actor, sent, invitation.id, mint)?;
        self.make(writes, mark, invitation).await?.map_err(|fault| refusal(fault, projects_from, now))
    }

    /// Somebody with an account: it is not suspended, and does not belong to the organization.
    fn may_be_invited(&self, scope: &OrgScope, login: Option<&Login>) -> Result<Vec<TransactWriteItem>> {
        let Some(login) = login else { return Ok(vec![]) };
        let user = Edit::of(&self.platform, keys::user(login.user)).when_any("status", &["active", "pending"])?;
        let member = Edit::of(&self.platform, keys::membership(login.user, scope.organization())).if_absent();
        Ok(vec![user.check()?, member.check()?])
    }

    /// AP-131. Invitations, newest first, whatever became of them, with their mails.
    pub async fn list_invitations(
        &self,
        granted: &Granted<ListInvitations>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<SentInvitation>> {
        let (table, partition) = (self.tenant(granted.scope()), tenant::invitations(granted.scope().organization()));
        let query = Query::of(&table, partition).beginning_with(tenant::INVITATION_PREFIX).newest_first();
        let page = self.page("invitations", query, cursor, limit).await?;
        let items = page.items.into_iter().map(|item| decode::<TenantItem<Invitation>>(item).map(|item| item.content));
        let items = self.with_mails(granted.scope(), items.collect::<Result<_>>()?).await?;
        Ok(Page { items, next: page.next })
    }

    /// AP-132. One invitation with its mail.
    pub async fn read_invitation(&self, granted: &Granted<ReadInvitation>) -> Result<SentInvitation> {
        let invitation = self.invitation(granted.scope(), granted.command().id).await?;
        let found = self.with_mails(granted.scope(), vec![invitation]).await?;
        found.into_iter().next().ok_or_else(Error::not_found)
    }

    pub(crate) async fn invitation(&self, scope: &OrgScope, id: InvitationId) -> Result<Invitation> {
        let key = tenant::invitation(scope.organization(), id);
        let item: Option<TenantItem<Invitation>> = self.get(&self.tenant(scope), &key).await?;
        item.map(|item| item.content).ok_or_else(Error::not_found)
    }

    /// AP-138. How far the latest mail of each is, and what became of who answers for it; at most a page of them.
    async fn with_mails(&self, scope: &OrgScope, invitations: Vec<Invitation>) -> Result<Vec<SentInvitation>> {
        let keys: Vec<Key> = invitations.iter().map(|one| keys::mail(one.mail, &one.email.folded())).collect();
        let open = invitations.iter().filter(|one| matches!(one.state, InvitationState::Pending { .. }));
        let inviters: Vec<&Inviter> = open.map(|one| &one.inviter).collect();
        let (found, backings) =
            futures::join!(self.get_many(&self.platform, &keys), self.backings(scope.organization(), &inviters));
        let (found, backings) = (found?, backings?);
        let mails = found.into_iter().map(|item: Item| {
            let delivery = domain::delivery::Delivery::from(decode::<DeliveryItem>(item)?);
            Ok((delivery.event.id, delivery.state))
        });
        let mails: Vec<(EventId, DeliveryState)> = mails.collect::<Result<_>>()?;
        let mail_of = |invitation: &Invitation| {
            mails.iter().find(|(event, _)| *event == invitation.mail).map(|(_, state)| state.clone())
        };
        let has_lapsed = |one: &Invitation| {
            let backing = backings.iter().find(|(inviter, _)| *inviter == one.inviter);
            backing.is_some_and(|(_, backing)| !backing.is_enough_for(one.role))
        };
        let with_mail =
            |invitation| SentInvitation { mail: mail_of(&invitation), lapsed: has_lapsed(&invitation), invitation };
        Ok(invitations.into_iter().map(with_mail).collect())
    }
}

fn new(command: &Invite, expires: Timestamp, sent: Vec<Timestamp>, mint: &mut Mint) -> Invitation {
    let Invite { email, role, projects, inviter } = command.clone();
    Invitation {
        id: mint.id(),
        email,
        role,
        projects,
        inviter,
        state: InvitationState::Pending { expires },
        link: 1,
        sent,
        mail: EventId::from_parts(0, 0),
        copied_at: None,
        created_at: mint.now(),
        updated_at: mint.now(),
        version: 1,
    }
}

fn created(invitation: &Invitation) -> Vec<Change> {
    vec![
        Change::set("role", invitation.role),
        Change::set("projects", &invitation.projects),
        Change::set("expires_at", invitation.expires()),
        Change::set("link_version", invitation.link),
    ]
}

/// Login and place of the person lie before the projects, where there is an account.
fn refusal(fault: Fault, projects_from: usize, now: Timestamp) -> Error {
    let known = projects_from > PERSON_FROM;
    if known && fault.refused_at(PERSON_FROM + 1).is_some() {
        return Error::new(Code::AlreadyMember, "the person belongs to the organization already").at("/email");
    }
    match fault.refused() {
        Some(0) if !is_taken(fault.refused_at(0).flatten(), now) => busy(),
        Some(0) => {
            let words = "somebody with that e-mail is invited already; resend that invitation or revoke it";
            Error::new(Code::InvitationPending, words).at("/email")
        }
        Some(3) => Error::new(Code::OrganizationNotActive, "the organization is not active"),
        Some(PERSON_FROM) if known => Error::new(Code::UserSuspended, "the person's account is suspended").at("/email"),
        Some(at) if at >= projects_from => project_refusal(fault.refused_at(at).flatten()),
        _ => fault.into_error("inviting somebody"),
    }
}

/// Where what depends on an account begins: behind claim, invitation, event and the default project.
const PERSON_FROM: usize = 4;

fn project_refusal(project: Option<&Item>) -> Error {
    let kind = project.and_then(|project| project.get("kind")?.as_s().ok());
    match kind.map(String::as_str) {
        None => Error::new(Code::NotFound, "the organization has no such project").at("/projects"),
        Some("default") => is_default(),
        Some(_) => Error::new(Code::ProjectArchived, "the project is archived").at("/projects"),
    }
}

fn is_default() -> Error {
    Error::new(Code::ProjectDefault, "the default project follows the organization's roles").at("/projects")
}
