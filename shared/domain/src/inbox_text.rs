//! What a notice in an inbox says: one sentence, from nothing but the event and the names of its things.
//!
//! Of an event's changes it reads `role`, `email`, `superadmin`, `service_account`, of requests for more tokens `of`,
//! `period`, `tokens` and `given_as`, of used limits `of`, `percent`, `window` and `share`, and no other: what else may
//! stand there is told to nobody.

use serde::de::DeserializeOwned;

use crate::delivery::Names;
use crate::notification::NoticeKind;
use crate::quota::{Period, ScopeKind, Tokens, Window};
use crate::user::User;
use crate::{Event, EventKind, OrgRole, ProjectRole};

/// The sentence; none where there is nothing to say of the kind, or not of this event.
pub(crate) fn title(event: &Event, kind: NoticeKind, names: &Names, to: &User) -> Option<String> {
    let organization = quoted(names.organization.as_deref(), "an organization");
    Some(match kind {
        NoticeKind::Invited => format!("You are invited to {organization}: the link is in your mail"),
        NoticeKind::Joined => format!("You belong to {organization} now, as {}", role(event)?),
        NoticeKind::RoleChanged => role_changed(event, names, &organization)?,
        NoticeKind::MembershipEnded => format!("You no longer belong to {organization}"),
        NoticeKind::MemberJoined => format!("{} joined {organization}, as {}", target(event)?, role(event)?),
        NoticeKind::MemberLeft => format!("{} left {organization}", target(event)?),
        NoticeKind::AccountStatus if event.action == EventKind::UserSuspended => "Your account was suspended".into(),
        NoticeKind::AccountStatus => "Your account works again".into(),
        NoticeKind::PasswordChanged if event.action == EventKind::PasswordReset => "Your password was reset".into(),
        NoticeKind::PasswordChanged => "Your password was changed".into(),
        NoticeKind::EmailChanged => email_changed(event)?,
        NoticeKind::NewSignIn => new_sign_in(event),
        NoticeKind::KeyChanged if event.action == EventKind::EncryptionKeyRotated => {
            format!("The encryption key of {organization} was rotated")
        }
        NoticeKind::KeyChanged => key_changed(event, names)?,
        NoticeKind::SuperadminChanged => superadmin_changed(event, to)?,
        NoticeKind::FileReady if event.action == EventKind::ImportCompleted => "Your import is complete".into(),
        NoticeKind::FileReady => "Your import has failed".into(),
        NoticeKind::QuotaRequestCreated => quota_request(event, &organization)?,
        NoticeKind::QuotaRequestDecided => quota_decision(event, &organization)?,
        NoticeKind::UsageAlert => usage_alert(event, &organization)?,
        NoticeKind::CredentialDue => credential_due(event, names),
        NoticeKind::WorkflowChanged
        | NoticeKind::ExecutionEnded
        | NoticeKind::VerificationLink
        | NoticeKind::PasswordResetLink
        | NoticeKind::EmailChangeLink => return None,
    })
}

/// The page of the portal that shows more of it, as a path.
pub(crate) fn link(event: &Event, kind: NoticeKind) -> Option<String> {
    let home = event.organization.map(|organization| format!("/organizations/{organization}"));
    let within = |page: &str| home.as_ref().map(|home| format!("{home}/{page}"));
    match kind {
        NoticeKind::Joined => home,
        NoticeKind::RoleChanged => match event.project {
            Some(project) if event.action == EventKind::ProjectMemberSet => within(&format!("projects/{project}")),
            _ => home,
        },
        NoticeKind::MemberJoined | NoticeKind::MemberLeft => within("members"),
        NoticeKind::NewSignIn | NoticeKind::PasswordChanged => Some("/sessions".to_owned()),
        NoticeKind::EmailChanged => Some("/profile".to_owned()),
        NoticeKind::KeyChanged if event.action == EventKind::EncryptionKeyRotated => home,
        NoticeKind::KeyChanged => within("service-accounts").or_else(|| Some("/service-accounts".to_owned())),
        NoticeKind::FileReady => Some(format!("/imports/{}", event.target.id)),
        NoticeKind::QuotaRequestCreated | NoticeKind::QuotaRequestDecided => within("quota-requests"),
        NoticeKind::UsageAlert => within("quotas"),
        NoticeKind::CredentialDue => within("providers").or_else(|| Some("/providers".to_owned())),
        NoticeKind::Invited
        | NoticeKind::MembershipEnded
        | NoticeKind::AccountStatus
        | NoticeKind::SuperadminChanged
        | NoticeKind::WorkflowChanged
        | NoticeKind::ExecutionEnded
        | NoticeKind::VerificationLink
        | NoticeKind::PasswordResetLink
        | NoticeKind::EmailChangeLink => None,
    }
}

/// Who did it: people and service accounts are named, the system and the operator are not.
pub(crate) fn by(event: &Event) -> Option<String> {
    let actor = Some(&event.actor).filter(|actor| ["user", "service_account"].contains(&actor.kind.as_str()))?;
    actor.name.clone()
}

fn role(event: &Event) -> Option<OrgRole> {
    after(event, "role")
}

fn role_changed(event: &Event, names: &Names, organization: &str) -> Option<String> {
    let project = quoted(names.project.as_deref(), "a project");
    Some(match event.action {
        EventKind::ProjectMemberSet => {
            let role: ProjectRole = after(event, "role")?;
            format!("Your role in the project {project} of {organization} is {} now", role.as_str())
        }
        EventKind::ProjectMemberRemoved => {
            format!("You no longer have a role in the project {project} of {organization}")
        }
        _ => format!("Your role in {organization} is {} now", role(event)?),
    })
}

fn email_changed(event: &Event) -> Option<String> {
    let new: String = after(event, "email")?;
    Some(match event.action {
        EventKind::EmailChangeRequested => format!("A change of your e-mail to {new} was asked for"),
        _ => format!("Your e-mail is {new} now"),
    })
}

fn new_sign_in(event: &Event) -> String {
    let from = event.origin.address.as_ref().map(|address| format!(" from {address}")).unwrap_or_default();
    let with = event.origin.user_agent.as_ref().map(|agent| format!(" with {agent}")).unwrap_or_default();
    format!("New sign-in to your account{from}{with}")
}

fn key_changed(event: &Event, names: &Names) -> Option<String> {
    let done = if event.action == EventKind::ApiTokenCreated { "created" } else { "revoked" };
    let account: String = after(event, "service_account")?;
    let (token, account) = (quoted(event.target.name.as_deref(), "without a name"), quoted(Some(&account), ""));
    let place = match event.organization {
        Some(_) => format!(" of {}", quoted(names.organization.as_deref(), "an organization")),
        None => String::new(),
    };
    Some(format!("The API token {token} of the service account {account}{place} was {done}"))
}

fn credential_due(event: &Event, names: &Names) -> String {
    let provider = quoted(target(event), "without a name");
    let place = match event.organization {
        Some(_) => format!(" of {}", quoted(names.organization.as_deref(), "an organization")),
        None => String::new(),
    };
    match event.action {
        EventKind::RotationFailed => format!("The credential of the provider {provider}{place} could not be replaced"),
        _ => format!("The credential of the provider {provider}{place} is to be replaced: it is too old"),
    }
}

fn superadmin_changed(event: &Event, to: &User) -> Option<String> {
    let is = if after::<bool>(event, "superadmin")? { "now" } else { "no longer" };
    Some(match event.target.id == to.id.to_string() {
        true => format!("You are {is} a superadmin"),
        false => format!("{} is {is} a superadmin", target(event)?),
    })
}

fn quota_request(event: &Event, organization: &str) -> Option<String> {
    let (who, tokens, of) = (by(event)?, after::<Tokens>(event, "tokens")?, limited(event, organization)?);
    Some(format!("{who} asks for {tokens} more tokens {} for {of}", a_period(event)?))
}

fn quota_decision(event: &Event, organization: &str) -> Option<String> {
    let asked = format!("Your request for more tokens for {}", limited(event, organization)?);
    match event.action {
        EventKind::QuotaRequestDenied => return Some(format!("{asked} was denied")),
        EventKind::QuotaRequestExpired => return Some(format!("{asked} has expired: nobody decided in 30 days")),
        _ => {}
    }
    let (tokens, given_as) = (after::<Tokens>(event, "tokens")?, after::<String>(event, "given_as")?);
    Some(match given_as.as_str() {
        "limit" => format!("{asked} was approved: the limit is {tokens} tokens {} now", a_period(event)?),
        _ => format!("{asked} was approved: {tokens} more for {}", this_period(event)?),
    })
}

/// What a request is about, by its kind and its name of that time.
fn limited(event: &Event, organization: &str) -> Option<String> {
    let name = quoted(target(event), "without a name");
    Some(match after(event, "of")? {
        ScopeKind::Organization => format!("the organization {organization}"),
        ScopeKind::Project => format!("the project {name} of {organization}"),
        ScopeKind::UseCase => format!("the use case {name} of {organization}"),
        ScopeKind::User if event.action == EventKind::QuotaRequestCreated => format!("their own use in {organization}"),
        ScopeKind::User => format!("your own use in {organization}"),
    })
}

fn usage_alert(event: &Event, organization: &str) -> Option<String> {
    let (percent, window): (u8, Window) = (after(event, "percent")?, after(event, "window")?);
    let whole = match after(event, "share")? {
        true => format!("a day's even share of its tokens on {window}"),
        false => format!("its tokens for {window}"),
    };
    let name = quoted(target(event), "without a name");
    let who = match after(event, "of")? {
        ScopeKind::Organization => format!("The organization {organization}"),
        ScopeKind::Project => format!("The project {name} of {organization}"),
        ScopeKind::UseCase => format!("The use case {name} of {organization}"),
        ScopeKind::User => format!("The member {name} of {organization}"),
    };
    Some(format!("{who} has used {percent} % of {whole}"))
}

fn a_period(event: &Event) -> Option<&'static str> {
    Some(match after(event, "period")? {
        Period::Daily => "a day",
        Period::Weekly => "a week",
        Period::Monthly => "a month",
    })
}

fn this_period(event: &Event) -> Option<&'static str> {
    Some(match after(event, "period")? {
        Period::Daily => "this day",
        Period::Weekly => "this week",
        Period::Monthly => "this month",
    })
}

fn target(event: &Event) -> Option<&str> {
    event.target.name.as_deref()
}

fn quoted(name: Option<&str>, other: &str) -> String {
    name.map_or_else(|| other.to_owned(), |name| format!("“{name}”"))
}

fn after<T: DeserializeOwned>(event: &Event, field: &str) -> Option<T> {
    let change = event.changes.iter().find(|change| change.field == field)?;
    serde_json::from_value(change.after.clone()?).ok()
}
