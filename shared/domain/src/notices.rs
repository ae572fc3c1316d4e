//! Whom an event is told to: as far as the event alone says it.
//!
//! Read of an event are its organization, actor and outcome, the target (`user` with an id; `invitation` with the
//! invited e-mail as its name), and the changes `email` (before and after), `source`, `link_version`, `of` and
//! `requested_by`.

use crate::change::Target;
use crate::event::Outcome;
use crate::id::{ProjectId, UserId};
use crate::notification::NoticeKind;
use crate::quota::ScopeKind;
use crate::role::Source;
use crate::user::{User, UserStatus};
use crate::{Email, Event, EventKind};

/// The field of an event's changes that says which version of a link is to be mailed.
pub const LINK_VERSION: &str = "link_version";

/// Something that is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it is about, by which the recipient's channels are resolved when it is told.
    pub kind: NoticeKind,
    /// To whom.
    pub to: Recipient,
    /// Who of them is not told: the actor, but for security.
    pub except: Option<UserId>,
}

/// To whom, before anything was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// That person, at the e-mail they have when it is sent.
    Person(UserId),
    /// That address, whoever has it; an inbox only if somebody does.
    Address(Email),
    /// Admins and owners of the event's organization.
    AdminsOfOrganization,
    /// Owners of the event's organization.
    OwnersOfOrganization,
    /// Admins of a team project of the event's organization.
    AdminsOfProject(ProjectId),
    /// Every superadmin.
    Superadmins,
}

/// Whom an event is told to, the most particular first: somebody whom two of them reach is told by the first.
///
/// A sign-in is always told of here; whether it came from a new place is for whoever can look. What was refused is told
/// to nobody.
#[must_use]
pub fn notices_of(event: &Event) -> Vec<Notice> {
    if event.outcome == Outcome::Refused {
        return vec![];
    }
    let actor = Some(&event.actor).filter(|actor| actor.kind == "user");
    let actor: Option<UserId> = actor.and_then(|actor| actor.id.as_deref()?.parse().ok());
    let told = told(event).into_iter().filter_map(|(kind, to)| {
        let except = actor.filter(|_| !kind.reaches_actor());
        let notice = to.map(|to| Notice { kind, to, except })?;
        (except.is_none() || notice.to != Recipient::Person(except?)).then_some(notice)
    });
    told.collect()
}

impl Notice {
    /// Whether it reaches that person, who is one of its recipients, as they are now: a suspended or removed person is told
    /// nothing more of an organization's affairs. What is about the own account reaches its owner whatever became of it.
    #[must_use]
    pub fn reaches(&self, event: &Event, person: &User) -> bool {
        let in_use = person.status != UserStatus::Suspended;
        let belongs = event.organization.is_none_or(|organization| person.organizations.contains(&organization));
        match &self.to {
            _ if self.except == Some(person.id) => false,
            Recipient::Person(_) | Recipient::Address(_) if self.kind.reaches_actor() => true,
            Recipient::Person(_) | Recipient::Address(_) => in_use && (belongs || self.kind.is_of_outsiders()),
            Recipient::AdminsOfOrganization | Recipient::OwnersOfOrganization | Recipient::AdminsOfProject(_) => {
                in_use && belongs
            }
            Recipient::Superadmins => in_use && person.superadmin,
        }
    }

    /// Whose inbox it goes to where it goes to an address: an invitation's to whoever has the address; what is about an
    /// account to its owner, at the old address and at the new one.
    #[must_use]
    pub fn inbox(&self, event: &Event) -> Inbox {
        match (&self.to, self.kind) {
            (Recipient::Person(user), _) => Inbox::Of(*user),
            (Recipient::Address(_), NoticeKind::Invited) => Inbox::OfAddress,
            (Recipient::Address(_), _) => match person(&event.target) {
                Some(Recipient::Person(user)) => Inbox::Of(user),
                _ => Inbox::None,
            },
            (Recipient::AdminsOfOrganization | Recipient::OwnersOfOrganization, _)
            | (Recipient::AdminsOfProject(_) | Recipient::Superadmins, _) => Inbox::None,
        }
    }
}

/// Whose inbox a notice goes to that is not told to a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inbox {
    /// Nobody's.
    None,
    /// That person's.
    Of(UserId),
    /// That of whoever has the address, if somebody does.
    OfAddress,
}

type Told = Vec<(NoticeKind, Option<Recipient>)>;

#[allow(clippy::too_many_lines, reason = "a line for each kind, and the compiler asks for every kind")]
fn told(event: &Event) -> Told {
    use Recipient::{AdminsOfOrganization, Superadmins};
    let target = || person(&event.target);
    match event.action {
        EventKind::InvitationCreated | EventKind::InvitationResent => vec![(NoticeKind::Invited, invited(event))],
        EventKind::InvitationAccepted => vec![(NoticeKind::MemberJoined, Some(AdminsOfOrganization))],
        EventKind::MemberAdded => joined(event),
        EventKind::MemberRoleChanged | EventKind::ProjectMemberSet | EventKind::ProjectMemberRemoved => {
            vec![(NoticeKind::RoleChanged, target())]
        }
        EventKind::MemberRemoved => vec![(NoticeKind::MembershipEnded, target())],
        EventKind::MemberLeft => vec![(NoticeKind::MemberLeft, Some(AdminsOfOrganization))],
        EventKind::UserSuspended | EventKind::UserReactivated => vec![(NoticeKind::AccountStatus, target())],
        EventKind::SuperadminChanged => {
            vec![(NoticeKind::SuperadminChanged, target()), (NoticeKind::SuperadminChanged, Some(Superadmins))]
        }
        EventKind::SessionStarted => vec![(NoticeKind::NewSignIn, target())],
        EventKind::PasswordChanged | EventKind::PasswordReset => vec![(NoticeKind::PasswordChanged, target())],
        EventKind::PasswordResetRequested => vec![(NoticeKind::PasswordResetLink, target())],
        EventKind::EmailVerificationSent => vec![(NoticeKind::VerificationLink, target())],
        EventKind::EmailChangeRequested => {
            vec![(NoticeKind::EmailChangeLink, new_email(event)), (NoticeKind::EmailChanged, old_email(event))]
        }
        EventKind::EmailChanged => {
            vec![(NoticeKind::EmailChanged, old_email(event)), (NoticeKind::EmailChanged, target())]
        }
        EventKind::ApiTokenCreated | EventKind::ApiTokenRevoked | EventKind::EncryptionKeyRotated => {
            vec![(NoticeKind::KeyChanged, Some(owners(event)))]
        }
        EventKind::RotationDue | EventKind::RotationFailed => vec![(NoticeKind::CredentialDue, Some(owners(event)))],
        EventKind::ImportCompleted | EventKind::ImportFailed => vec![(NoticeKind::FileReady, asked_by(event))],
        EventKind::QuotaThresholdReached => vec![(NoticeKind::UsageAlert, Some(AdminsOfOrganization))],
        EventKind::QuotaRequestCreated => deciders(event),
        EventKind::QuotaRequestApproved | EventKind::QuotaRequestDenied | EventKind::QuotaRequestExpired => {
            vec![(NoticeKind::QuotaRequestDecided, requester(event))]
        }
        EventKind::OrganizationCreated
        | EventKind::OrganizationProvisioned
        | EventKind::OrganizationEdited
        | EventKind::OrganizationArchived
        | EventKind::OrganizationRestored
        | EventKind::OrganizationDeletionRequested
        | EventKind::OrganizationDeletionCancelled
        | EventKind::OrganizationPurgeBegun
        | EventKind::OrganizationPurged
        | EventKind::ProjectCreated
        | EventKind::ProjectEdited
        | EventKind::ProjectArchived
        | EventKind::ProjectRestored
        | EventKind::ProjectDeleted
        | EventKind::UseCaseRegistered
        | EventKind::UseCaseEdited
        | EventKind::AgentRegistered
        | EventKind::AgentEdited
        | EventKind::UserEdited
        | EventKind::SessionRevoked
        | EventKind::OtherSessionsRevoked
        | EventKind::SignInFailed
        | EventKind::ImportRequested
        | EventKind::ImportStarted
        | EventKind::ImportResultRead
        | EventKind::InvitationRevoked
        | EventKind::InvitationLinkCopied
        | EventKind::InvitationMailBounced
        | EventKind::EmailVerified
        | EventKind::AuthenticationSettingsChanged
        | EventKind::ServiceAccountCreated
        | EventKind::ServiceAccountEdited
        | EventKind::ServiceAccountDeleted
        | EventKind::QuotaDefaultsChanged
        | EventKind::QuotaChanged
        | EventKind::TopUpGiven
        | EventKind::TopUpRevoked
        | EventKind::QuotaRequestCancelled
        | EventKind::QuotaUsageCounted
        | EventKind::QuotaDriftFound
        | EventKind::ProviderCreated
        | EventKind::ProviderEdited
        | EventKind::ProviderDeleted
        | EventKind::ProviderCredentialSet
        | EventKind::ProviderCredentialRemoved
        | EventKind::ProviderTested
        | EventKind::RotationRequested
        | EventKind::RotationCancelled
        | EventKind::CredentialRotated
        | EventKind::CredentialRetired
        | EventKind::RotationScheduleChanged
        | EventKind::ProviderAssigned
        | EventKind::ProviderParametersSet
        | EventKind::ModelChoicesEdited
        | EventKind::CatalogueEdited
        | EventKind::CredentialLeased
        | EventKind::McpServerCreated
        | EventKind::McpServerEdited
        | EventKind::McpServerDeleted
        | EventKind::McpServerCredentialSet
        | EventKind::McpServerCredentialRemoved
        | EventKind::McpServerDiscovered
        | EventKind::McpServerReachabilityChanged
        | EventKind::McpServerToolsChanged
        | EventKind::OauthClientCreated
        | EventKind::OauthClientEdited
        | EventKind::OauthClientDeleted
        | EventKind::OauthClientCredentialSet
        | EventKind::OauthClientCredentialRemoved
        | EventKind::EncryptionKeyRotationRequested
        | EventKind::EncryptionKeyScheduleChanged
        | EventKind::EncryptionKeyVersionsRetired
        | EventKind::NotificationPreferencesChanged
        | EventKind::MailSuppressed
        | EventKind::MailSuppressionLifted
        | EventKind::PasswordRefused
        | EventKind::AuditRead
        | EventKind::TenantAccessed => vec![],
    }
}

/// An import tells no admin of ten thousand people, and an accepted invitation is told of by itself. Whose account waits for
/// its e-mail to be confirmed gets the link for that first.
fn joined(event: &Event) -> Told {
    let source = after(event, "source");
    let is = |wanted: Source| source == Some(wanted.as_str());
    let admins = (!is(Source::Import)).then_some(Recipient::AdminsOfOrganization);
    if is(Source::Invitation) {
        return vec![];
    }
    let to_be_confirmed = event.changes.iter().any(|change| change.field == LINK_VERSION);
    let link = person(&event.target).filter(|_| to_be_confirmed);
    vec![
        (NoticeKind::VerificationLink, link),
        (NoticeKind::Joined, person(&event.target)),
        (NoticeKind::MemberJoined, admins),
    ]
}

fn invited(event: &Event) -> Option<Recipient> {
    let email = Some(&event.target).filter(|target| target.kind == "invitation")?.name.as_deref()?;
    email.parse().ok().map(Recipient::Address)
}

fn person(target: &Target) -> Option<Recipient> {
    let id = Some(&target.id).filter(|_| target.kind == "user")?;
    id.parse().ok().map(Recipient::Person)
}

/// Who may decide: the platform about an organization's ceiling, else those who run the organization, and about a use case
/// its project's admins too.
fn deciders(event: &Event) -> Told {
    let of = |kind: ScopeKind| after(event, "of") == Some(kind.as_str());
    let in_project = event.project.filter(|_| of(ScopeKind::UseCase)).map(Recipient::AdminsOfProject);
    let run = match of(ScopeKind::Organization) {
        true => Recipient::Superadmins,
        false => Recipient::AdminsOfOrganization,
    };
    [Some(run), in_project].into_iter().flatten().map(|to| (NoticeKind::QuotaRequestCreated, Some(to))).collect()
}

fn requester(event: &Event) -> Option<Recipient> {
    after(event, "requested_by")?.parse().ok().map(Recipient::Person)
}

/// For whom the system acted.
fn asked_by(event: &Event) -> Option<Recipient> {
    event.actor.on_behalf_of.as_deref()?.parse().ok().map(Recipient::Person)
}

/// Who answers for a key: the organization's owners, or the platform's.
fn owners(event: &Event) -> Recipient {
    event.organization.map_or(Recipient::Superadmins, |_| Recipient::OwnersOfOrganization)
}

fn old_email(event: &Event) -> Option<Recipient> {
    let change = event.changes.iter().find(|change| change.field == "email")?;
    change.before.as_ref()?.as_str()?.parse().ok().map(Recipient::Address)
}

fn new_email(event: &Event) -> Option<Recipient> {
    after(event, "email")?.parse().ok().map(Recipient::Address)
}

fn after<'a>(event: &'a Event, field: &str) -> Option<&'a str> {
    event.changes.iter().find(|change| change.field == field)?.after.as_ref()?.as_str()
}

#[cfg(test)]
#[path = "notices_tests.rs"]
mod tests;
