//! Invitations, as those who were invited see them: what a link leads to, and the acceptance, which makes one membership
//! however often and by however many at once it is asked for.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::change::Change;
use domain::id::{OrganizationId, ProjectId, UserId};
use domain::invitation::{AnswerInvitation, Backing, Invitation, InvitationState, LinkStanding, OpenLink};
use domain::member::{Membership, ProjectGrant};
use domain::organization::Organization;
use domain::role::Source;
use domain::user::User;
use domain::{Actor, Code, Email, Error, Event, EventKind, Granted, Mint, Principal, Result, Timestamp};

use crate::core::Store;
use crate::edit::Edit;
use crate::fault::Fault;
use crate::invitation_item::{busy, met, target};
use crate::items::OrganizationItem;
use crate::joining;
use crate::keys::{self, tenant};
use crate::planned_join::NewPerson;

/// Who accepts.
#[derive(Clone, Debug)]
pub enum Accepter {
    /// Somebody without an account: it is made, and its e-mail is proved by the link.
    New(Box<NewPerson>),
    /// Somebody who is signed in with the invited e-mail.
    Known(Box<User>),
}

impl Accepter {
    fn user(&self) -> (UserId, Email, String) {
        match self {
            Self::New(person) => (person.id, person.email.clone(), person.display_name.to_string()),
            Self::Known(user) => (user.id, user.email.clone(), user.display_name.to_string()),
        }
    }
}

/// The writes of an acceptance, and where those lie that may be refused.
struct Acceptance {
    writes: Vec<TransactWriteItem>,
    projects: Vec<ProjectId>,
    projects_from: usize,
    join_from: usize,
    is_new: bool,
}

impl Acceptance {
    /// Whether who answers for the invitation is not any more what was read.
    fn has_lapsed(&self, fault: &Fault) -> bool {
        (BACKING_FROM..self.projects_from).any(|at| fault.refused_at(at).is_some())
    }

    /// The projects that are gone.
    fn missing(&self, fault: &Fault) -> Vec<ProjectId> {
        let at = |(at, project): (usize, &ProjectId)| fault.refused_at(self.projects_from + at).map(|_| *project);
        self.projects.iter().enumerate().filter_map(at).collect()
    }
}

/// Behind the invitation and the claim of its e-mail.
const BACKING_FROM: usize = 2;

impl Store {
    /// AP-136. The organization that a link names, if it is there.
    pub async fn inviting_organization(
        &self,
        _: &Granted<OpenLink>,
        id: OrganizationId,
    ) -> Result<Option<Organization>> {
        let item: Option<OrganizationItem> = self.get(&self.platform, &keys::organization(id)).await?;
        Ok(item.map(Organization::from))
    }

    /// AP-136. The invitation that a link names, whatever became of it.
    pub async fn answered_invitation(&self, granted: &Granted<AnswerInvitation>) -> Result<Invitation> {
        self.invitation(granted.scope(), granted.command().id).await
    }

    /// AP-137. Accepts: the invitation's end, the claim of its e-mail, account, membership, counts and both events in
    /// one transaction, if the link is the latest one, the invitation still pending and who answers for it still what was
    /// read. A role in a project that is gone is left out.
    ///
    /// # Errors
    /// [`Code::InvitationAccepted`], [`Code::InvitationRevoked`], [`Code::InvitationExpired`],
    /// [`Code::InvitationSuperseded`], [`Code::InvitationLapsed`], [`Code::InvitationSignIn`] where the e-mail has an
    /// account after all, [`Code::AlreadyMember`], [`Code::UserSuspended`], [`Code::OrganizationNotActive`].
    pub async fn accept_invitation(
        &self,
        granted: &Granted<AnswerInvitation>,
        (invitation, backing): (&Invitation, Backing),
        who: &Accepter,
        mint: &mut Mint,
    ) -> Result<Membership> {
        let mut gone = BTreeSet::new();
        loop {
            let membership = membership(granted, invitation, who, &gone, mint.now());
            let mut acceptance = self.acceptance(granted, (invitation, backing), &membership, who, mint)?;
            let writes = std::mem::take(&mut acceptance.writes);
            let Err(fault) = self.transact(writes).await else { return Ok(membership) };
            let missing = acceptance.missing(&fault);
            if missing.is_empty() || fault.refused_at(0).is_some() || acceptance.has_lapsed(&fault) {
                return Err(self.why_not_accepted(granted, fault, &acceptance, mint.now()).await);
            }
            gone.extend(missing);
        }
    }

    fn acceptance(
        &self,
        granted: &Granted<AnswerInvitation>,
        (invitation, backing): (&Invitation, Backing),
        membership: &Membership,
        who: &Accepter,
        mint: &mut Mint,
    ) -> Result<Acceptance> {
        let (scope, now) = (granted.scope(), mint.now());
        let state = InvitationState::Accepted { by: membership.user, at: now };
        let accepted = self.pending(scope, invitation, now)?.when("link", "=", granted.command().link)?;
        let accepted = accepted.set("state", state)?.set("updated_at", now)?.add_number("version", 1);
        let mut writes = vec![accepted.update()?, self.free_claim(scope, invitation, now)?];
        writes.extend(self.still_backed(scope.organization(), invitation, backing, membership.user)?);
        let projects_from = writes.len();
        let projects: Vec<ProjectId> = membership.projects.keys().copied().collect();
        for project in &projects {
            let project = Edit::of(&self.tenant(scope), tenant::project(scope.organization(), *project));
            writes.push(project.when("kind", "=", "team")?.check()?);
        }
        let join = match who {
            Accepter::New(person) => {
                writes.extend(self.account(person, scope.organization(), true, mint)?);
                self.join_new(membership)?
            }
            Accepter::Known(user) => {
                let login = Edit::of(&self.platform, keys::login(&invitation.email.folded()));
                writes.push(login.when("user", "=", user.id)?.check()?);
                self.join(membership)?
            }
        };
        let join_from = writes.len();
        writes.extend(join);
        for event in events(granted, invitation, membership, who, mint) {
            writes.push(self.event(&event)?);
        }
        Ok(Acceptance { writes, projects, projects_from, join_from, is_new: matches!(who, Accepter::New(_)) })
    }

    /// What stood in the way. Where others accept at the same time, it is they who did.
    async fn why_not_accepted(
        &self,
        granted: &Granted<AnswerInvitation>,
        fault: Fault,
        acceptance: &Acceptance,
        now: Timestamp,
    ) -> Error {
        let there = match fault.refused_at(0) {
            Some(item) => met(item),
            None if fault.is_conflict() || fault.refused_at(1).is_some() => {
                self.invitation(granted.scope(), granted.command().id).await.map(Some)
            }
            None => Ok(None),
        };
        match there {
            Ok(Some(there)) => there.standing_of(granted.command().link, now).refusal().unwrap_or_else(busy),
            Ok(None) if fault.refused_at(0).is_some() || fault.refused_at(1).is_some() => busy(),
            Ok(None) if acceptance.has_lapsed(&fault) => LinkStanding::Lapsed.refusal().unwrap_or_else(busy),
            Ok(None) => refusal(fault, acceptance.join_from, acceptance.is_new),
            Err(error) => error,
        }
    }
}

fn membership(
    granted: &Granted<AnswerInvitation>,
    invitation: &Invitation,
    who: &Accepter,
    gone: &BTreeSet<ProjectId>,
    now: Timestamp,
) -> Membership {
    let (user, email, display_name) = who.user();
    let grant = |role| ProjectGrant { role, source: Source::Invitation };
    let there = invitation.projects.iter().filter(|(project, _)| !gone.contains(project));
    let projects: BTreeMap<_, _> = there.map(|(project, role)| (*project, grant(*role))).collect();
    Membership {
        user,
        organization: granted.scope().organization(),
        email,
        display_name,
        role: invitation.role,
        source: Source::Invitation,
        projects,
        joined_at: now,
        version: 1,
    }
}

/// Both are the deed of whom they are about.
fn events(
    granted: &Granted<AnswerInvitation>,
    invitation: &Invitation,
    membership: &Membership,
    who: &Accepter,
    mint: &mut Mint,
) -> [Event; 2] {
    let superadmin = matches!(who, Accepter::Known(user) if user.superadmin);
    let email = membership.email.to_string();
    let principal = Principal::User { id: membership.user, email, superadmin, must_change_password: false };
    let actor = Actor { principal, ..granted.actor().clone() };
    let projects: BTreeMap<_, _> = membership.projects.iter().map(|(id, grant)| (id, grant.role)).collect();
    let created = Change::set("account_created", matches!(who, Accepter::New(_)));
    let role = || Change::set("role", membership.role);
    let state = Change::between("state", "pending", "accepted");
    let accepted = vec![role()].into_iter().chain(state).collect();
    let accepted = Event::of(&actor, mint, EventKind::InvitationAccepted, target(invitation), accepted);
    let added = vec![role(), Change::set("source", Source::Invitation), Change::set("projects", projects), created];
    let added = Event::of(&actor, mint, EventKind::MemberAdded, crate::members::target(membership), added);
    [accepted, added]
}

fn refusal(fault: Fault, join_from: usize, is_new: bool) -> Error {
    match fault.refused() {
        Some(at) if at < join_from => {
            Error::new(Code::InvitationSignIn, "the invited e-mail has an account: sign in with it, then accept")
        }
        Some(at) if is_new && at > join_from => {
            Error::new(Code::OrganizationNotActive, "the organization is not active")
        }
        _ => joining::refusal(fault, join_from),
    }
}
