//! From a planned mail to what it says.

use domain::delivery::Delivery;
use domain::notification::NoticeKind;
use domain::quota::ScopeKind;
use domain::{Event, EventKind, OrgRole, ProjectRole};
use serde::de::DeserializeOwned;

use crate::mail::{
    CredentialDue, ImportOutcome, KeyChange, Letter, Limited, NewRole, Occasion, Person, QuotaDecision, Reached, Shown,
    UsageOf, Who,
};

/// The letter of a delivery, from nothing but its fields; none where there is no letter of that kind yet.
pub(crate) fn letter(delivery: &Delivery) -> Option<Letter> {
    let Delivery { event, notice, .. } = delivery;
    let letter = match notice {
        NoticeKind::PasswordChanged => {
            Letter::PasswordChanged { by_link: is_by_link(event), occasion: occasion(event) }
        }
        NoticeKind::EmailChanged if event.action == EventKind::EmailChangeRequested => {
            Letter::EmailChangeRequested { new: after(event, "email")?, occasion: occasion(event) }
        }
        NoticeKind::EmailChanged => {
            let (old, new) = (before(event, "email")?, after(event, "email")?);
            Letter::EmailChanged { old, new, occasion: occasion(event) }
        }
        NoticeKind::NewSignIn => Letter::NewSignIn { occasion: occasion(event) },
        NoticeKind::AccountStatus if event.action == EventKind::UserSuspended => {
            Letter::AccountSuspended { at: event.at }
        }
        NoticeKind::AccountStatus => Letter::AccountReactivated { at: event.at },
        NoticeKind::SuperadminChanged => {
            Letter::SuperadminChanged { who: who(delivery)?, made: after(event, "superadmin")?, at: event.at }
        }
        NoticeKind::RoleChanged => {
            Letter::RoleChanged { organization: organization(delivery), role: role(delivery)?, by: by(event) }
        }
        NoticeKind::Joined => {
            Letter::Joined { organization: organization(delivery), role: after(event, "role")?, by: by(event) }
        }
        NoticeKind::MembershipEnded => Letter::Removed { organization: organization(delivery), by: by(event) },
        NoticeKind::MemberJoined => {
            let (organization, who) = (organization(delivery), target(event)?);
            Letter::MemberJoined { organization, who, role: after(event, "role")? }
        }
        NoticeKind::MemberLeft => Letter::MemberLeft { organization: organization(delivery), who: target(event)? },
        NoticeKind::KeyChanged => key_changed(delivery)?,
        NoticeKind::CredentialDue => credential_due(delivery),
        NoticeKind::QuotaRequestCreated => {
            let (tokens, period) = (after(event, "tokens")?, after(event, "period")?);
            Letter::QuotaAsked { who: by(event)?, tokens, period, of: limited(delivery)? }
        }
        NoticeKind::QuotaRequestDecided => Letter::QuotaDecided { of: limited(delivery)?, decision: decision(event)? },
        NoticeKind::UsageAlert => Letter::UsageAlert { of: usage_of(delivery)?, reached: reached(event)? },
        NoticeKind::FileReady => Letter::ImportEnded { outcome: outcome(event), at: event.at },
        NoticeKind::Invited
        | NoticeKind::WorkflowChanged
        | NoticeKind::ExecutionEnded
        | NoticeKind::VerificationLink
        | NoticeKind::PasswordResetLink
        | NoticeKind::EmailChangeLink => return None,
    };
    Some(letter)
}

/// A password is reset through a link, unless the operator does it.
fn is_by_link(event: &Event) -> bool {
    event.action == EventKind::PasswordReset && event.actor.kind != "operator"
}

fn occasion(event: &Event) -> Occasion {
    let address = event.origin.address.as_deref().and_then(|address| address.parse().ok());
    let user_agent = event.origin.user_agent.as_deref().and_then(Shown::program);
    Occasion { at: event.at, address, user_agent }
}

fn who(delivery: &Delivery) -> Option<Who> {
    let about = delivery.event.target.name.as_deref()?.parse().ok()?;
    Some(if about == delivery.to { Who::You } else { Who::Other(about) })
}

fn organization(delivery: &Delivery) -> Shown {
    Shown::or(delivery.names.organization.as_deref().unwrap_or_default(), "an organization")
}

fn role(delivery: &Delivery) -> Option<NewRole> {
    let project = || Shown::or(delivery.names.project.as_deref().unwrap_or_default(), "a project");
    match delivery.event.action {
        EventKind::ProjectMemberSet => {
            Some(NewRole::Project(project(), after::<ProjectRole>(&delivery.event, "role")?))
        }
        EventKind::ProjectMemberRemoved => Some(NewRole::NoneInProject(project())),
        _ => after::<OrgRole>(&delivery.event, "role").map(NewRole::Organization),
    }
}

fn key_changed(delivery: &Delivery) -> Option<Letter> {
    let event = &delivery.event;
    if event.action == EventKind::EncryptionKeyRotated {
        return Some(Letter::EncryptionKeyRotated { organization: organization(delivery), at: event.at });
    }
    let account: String = after(event, "service_account")?;
    let change = match event.action {
        EventKind::ApiTokenCreated => KeyChange::Created,
        _ => KeyChange::Revoked,
    };
    Some(Letter::KeyChanged {
        change,
        token: Shown::or(event.target.name.as_deref().unwrap_or_default(), "without a name"),
        account: Shown::or(&account, "without a name"),
        organization: event.organization.map(|_| organization(delivery)),
        by: by(event),
        at: event.at,
    })
}

fn credential_due(delivery: &Delivery) -> Letter {
    let event = &delivery.event;
    Letter::CredentialDue {
        provider: Shown::or(event.target.name.as_deref().unwrap_or_default(), "without a name"),
        organization: event.organization.map(|_| organization(delivery)),
        why: if event.action == EventKind::RotationFailed { CredentialDue::NotReplaced } else { CredentialDue::TooOld },
        at: event.at,
    }
}

fn limited(delivery: &Delivery) -> Option<Limited> {
    let (event, organization) = (&delivery.event, organization(delivery));
    let name = || Shown::or(event.target.name.as_deref().unwrap_or_default(), "without a name");
    Some(match after(event, "of")? {
        ScopeKind::Organization => Limited::Organization(organization),
        ScopeKind::Project => Limited::Project(name(), organization),
        ScopeKind::UseCase => Limited::UseCase(name(), organization),
        ScopeKind::User if delivery.notice == NoticeKind::QuotaRequestCreated => Limited::TheirOwn(organization),
        ScopeKind::User => Limited::YourOwn(organization),
    })
}

fn decision(event: &Event) -> Option<QuotaDecision> {
    match event.action {
        EventKind::QuotaRequestDenied => return Some(QuotaDecision::Denied),
        EventKind::QuotaRequestExpired => return Some(QuotaDecision::Expired),
        _ => {}
    }
    let (tokens, period) = (after(event, "tokens")?, after(event, "period")?);
    Some(match after::<String>(event, "given_as")?.as_str() {
        "limit" => QuotaDecision::Limit(tokens, period),
        _ => QuotaDecision::TopUp(tokens, period),
    })
}

/// People and service accounts are named; what the system or the operator does is not told as somebody's.
fn by(event: &Event) -> Option<Person> {
    let name = event.actor.name.as_deref()?;
    match event.actor.kind.as_str() {
        "user" => Some(Person::new("", name.parse().ok()?)),
        "service_account" => Some(Person::Program(Shown::or(name, "without a name"))),
        _ => None,
    }
}

fn target(event: &Event) -> Option<Person> {
    Some(Person::new("", event.target.name.as_deref()?.parse().ok()?))
}

fn usage_of(delivery: &Delivery) -> Option<UsageOf> {
    let (event, organization) = (&delivery.event, organization(delivery));
    let name = || Shown::or(event.target.name.as_deref().unwrap_or_default(), "without a name");
    Some(match after(event, "of")? {
        ScopeKind::Organization => UsageOf::Organization(organization),
        ScopeKind::Project => UsageOf::Project(name(), organization),
        ScopeKind::UseCase => UsageOf::UseCase(name(), organization),
        ScopeKind::User => UsageOf::Person(name(), organization),
    })
}

fn reached(event: &Event) -> Option<Reached> {
    Some(Reached {
        percent: after(event, "percent")?,
        tokens: after(event, "tokens")?,
        limit: after(event, "limit")?,
        window: after(event, "window")?,
        share: after(event, "share")?,
    })
}

fn outcome(event: &Event) -> ImportOutcome {
    if event.action == EventKind::ImportCompleted { ImportOutcome::Completed } else { ImportOutcome::Failed }
}

pub(crate) fn after<T: DeserializeOwned>(event: &Event, field: &str) -> Option<T> {
    let change = event.changes.iter().find(|change| change.field == field)?;
    serde_json::from_value(change.after.clone()?).ok()
}

pub(crate) fn before<T: DeserializeOwned>(event: &Event, field: &str) -> Option<T> {
    let change = event.changes.iter().find(|change| change.field == field)?;
    serde_json::from_value(change.before.clone()?).ok()
}
