//! The one line above a mail.

use super::Branding;
use super::account::{CredentialDue, KeyChange, Who};
use super::letter::{ImportOutcome, Letter};
use super::quota::QuotaDecision;
use super::role::NewRole;
use super::shown::address;

const SUBJECT_MAX: usize = 160;

/// The subject of a letter.
pub(crate) fn of(letter: &Letter, branding: &Branding) -> String {
    one_line(&wording(letter, branding.name()))
}

/// A header's value, whatever the words are: without controls, and cut.
fn one_line(words: &str) -> String {
    let line: String = words.chars().filter(|c| !c.is_control()).collect();
    if line.chars().count() <= SUBJECT_MAX {
        return line;
    }
    line.chars().take(SUBJECT_MAX - 1).chain(['…']).collect()
}

fn wording(letter: &Letter, brand: &str) -> String {
    match letter {
        Letter::InvitationOfNewPerson { organization, .. } | Letter::InvitationOfKnownPerson { organization, .. } => {
            format!("You are invited to {organization} on {brand}")
        }
        Letter::Verification { .. } => "Confirm your e-mail address".to_owned(),
        Letter::PasswordReset { .. } => "Set a new password".to_owned(),
        Letter::PasswordChanged { .. } => "Your password was changed".to_owned(),
        Letter::EmailChangeProof { .. } => "Confirm your new e-mail address".to_owned(),
        Letter::EmailChangeRequested { .. } => "Another e-mail address was asked for".to_owned(),
        Letter::EmailChanged { .. } => "Your e-mail address was changed".to_owned(),
        Letter::NewSignIn { .. } => "New sign-in to your account".to_owned(),
        Letter::AccountSuspended { .. } => "Your account was suspended".to_owned(),
        Letter::AccountReactivated { .. } => "Your account works again".to_owned(),
        Letter::SuperadminChanged { who, made, .. } => superadmin(who, *made),
        Letter::EncryptionKeyRotated { organization, .. } => {
            format!("The encryption key of {organization} was rotated")
        }
        Letter::KeyChanged { change: KeyChange::Created, .. } => "An API token was created".to_owned(),
        Letter::KeyChanged { change: KeyChange::Revoked, .. } => "An API token was revoked".to_owned(),
        Letter::CredentialDue { why: CredentialDue::TooOld, .. } => "A credential is to be replaced".to_owned(),
        Letter::CredentialDue { why: CredentialDue::NotReplaced, .. } => {
            "A credential could not be replaced".to_owned()
        }
        Letter::RoleChanged { organization, role: NewRole::Organization(_), .. } => {
            format!("Your role in {organization} has changed")
        }
        Letter::RoleChanged { role: NewRole::Project(project, _) | NewRole::NoneInProject(project), .. } => {
            format!("Your role in the project {project} has changed")
        }
        Letter::Joined { organization, .. } => format!("You now belong to {organization}"),
        Letter::Removed { organization, .. } => format!("You no longer belong to {organization}"),
        Letter::MemberJoined { organization, .. } => format!("Somebody joined {organization}"),
        Letter::MemberLeft { organization, .. } => format!("Somebody left {organization}"),
        Letter::QuotaAsked { who, .. } => format!("{} asks for more tokens", who.first()),
        Letter::QuotaDecided { decision: QuotaDecision::Denied, .. } => {
            "Your request for more tokens was denied".to_owned()
        }
        Letter::QuotaDecided { decision: QuotaDecision::Expired, .. } => {
            "Your request for more tokens has expired".to_owned()
        }
        Letter::QuotaDecided { .. } => "Your request for more tokens was approved".to_owned(),
        Letter::UsageAlert { reached, .. } => format!("{} % of a token limit is used", reached.percent),
        Letter::ImportEnded { outcome: ImportOutcome::Completed, .. } => "Your import is complete".to_owned(),
        Letter::ImportEnded { outcome: ImportOutcome::Failed, .. } => "Your import has failed".to_owned(),
    }
}

fn superadmin(who: &Who, made: bool) -> String {
    match (who, made) {
        (Who::You, true) => "You are now a superadmin".to_owned(),
        (Who::You, false) => "You are no longer a superadmin".to_owned(),
        (Who::Other(email), true) => format!("{} is now a superadmin", address(email)),
        (Who::Other(email), false) => format!("{} is no longer a superadmin", address(email)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_words_make_a_second_header_or_a_long_one() {
        assert_eq!(one_line("a\r\nBcc: x@evil.example\u{85}\u{0}"), "aBcc: x@evil.example");
        assert_eq!(one_line(&"é".repeat(161)), format!("{}…", "é".repeat(159)));
        assert_eq!(one_line(&"é".repeat(160)), "é".repeat(160));
    }
}
