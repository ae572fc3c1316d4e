//! Every key of every table, spelled once.
//!
//! Platform and events keys begin with what they hold; every tenant key begins with the organization id and `#`.

use domain::Timestamp;
use domain::id::{
    ApiTokenId, EventId, ImportId, InvitationId, NoticeId, OrganizationId, ProjectId, ServiceAccountId, SessionId,
    UserId,
};
use domain::organization::Status;
use sha2::{Digest, Sha256};

pub(crate) mod allowance;
pub(crate) mod encryption;
pub(crate) mod event;
pub(crate) mod mails;
pub(crate) mod provider;
pub(crate) mod quota;
pub(crate) mod rotation;
pub(crate) mod spending;
pub(crate) mod tenant;
pub(crate) mod tool;

/// A primary key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

fn key(pk: impl Into<String>, sk: impl Into<String>) -> Key {
    Key { pk: pk.into(), sk: sk.into() }
}

/// How many gates an organization's members spread over, see [`tally`].
pub(crate) const TALLIES: u8 = 8;
/// How many partitions of an index all people spread over.
pub(crate) const USER_SHARDS: u8 = 4;
/// How many shards a day of events spreads over.
pub(crate) const EVENT_SHARDS: u8 = 8;

pub(crate) fn organization(id: OrganizationId) -> Key {
    key(format!("ORG#{id}"), "ORG")
}

/// What stays of a purged organization.
pub(crate) fn tombstone(id: OrganizationId) -> Key {
    key(format!("ORG#{id}"), "TOMBSTONE")
}

/// One of the gates of an organization: holds a part of its member count, and whether anybody may join. Joining goes
/// through the gate of the person, so that joins of different people do not contend.
pub(crate) fn tally(id: OrganizationId, user: UserId) -> Key {
    tally_of(id, user.ulid().0)
}

/// The gate of whatever has that number, such as a service account's.
pub(crate) fn tally_of(id: OrganizationId, number: u128) -> Key {
    tally_numbered(id, u8::try_from(number % u128::from(TALLIES)).unwrap_or(0))
}

pub(crate) fn tally_numbered(id: OrganizationId, number: u8) -> Key {
    key(format!("ORG#{id}"), format!("TALLY#{number}"))
}

pub(crate) const TALLY_PREFIX: &str = "TALLY#";

/// A name that only one organization has.
pub(crate) fn organization_name(folded: &str) -> Key {
    key(format!("CLAIM#org-name#{}", short(folded)), "CLAIM")
}

pub(crate) fn organization_slug(slug: &str) -> Key {
    key(format!("CLAIM#org-slug#{slug}"), "CLAIM")
}

pub(crate) fn user(id: UserId) -> Key {
    key(format!("USER#{id}"), "USER")
}

pub(crate) fn session(user: UserId, id: SessionId) -> Key {
    key(format!("USER#{user}"), format!("{SESSION_PREFIX}{id}"))
}

pub(crate) const SESSION_PREFIX: &str = "SESSION#";

pub(crate) fn membership(user: UserId, organization: OrganizationId) -> Key {
    key(format!("USER#{user}"), format!("{MEMBERSHIP_PREFIX}{organization}"))
}

pub(crate) const MEMBERSHIP_PREFIX: &str = "ORG#";

/// The claim of an e-mail, which also holds the credential.
pub(crate) fn login(folded_email: &str) -> Key {
    key(format!("LOGIN#{folded_email}"), "LOGIN")
}

/// Failed sign-ins of an e-mail from an address.
pub(crate) fn failures(folded_email: &str, address: &str) -> Key {
    key(format!("FAILURES#{}", hex(&[folded_email, address])), "FAILURES")
}

/// Counts requests for mails with links from an address; no e-mail is empty.
pub(crate) fn link_requests(address: &str) -> Key {
    failures("", address)
}

/// That a link was asked for, for an e-mail to which none was sent.
pub(crate) fn asked(folded_email: &str) -> Key {
    key(format!("ASKED#{}", hex(&[folded_email])), "ASKED")
}

/// The platform's rules of signing in.
pub(crate) fn authentication() -> Key {
    key("SETTINGS#authentication", "SETTINGS")
}

/// How many shards the count of unconfirmed accounts has: four for each gate of an organization.
pub(crate) const UNCONFIRMED_SHARDS: u8 = 4 * TALLIES;

/// One shard of the count of accounts that work although their e-mail was never confirmed. People of one gate and people of
/// another are counted in different shards, so that counting makes no join wait that would not have waited at its gate.
pub(crate) fn unconfirmed(user: UserId) -> Key {
    unconfirmed_numbered(u8::try_from(user.ulid().0 % u128::from(UNCONFIRMED_SHARDS)).unwrap_or(0))
}

pub(crate) fn unconfirmed_numbered(number: u8) -> Key {
    key(format!("UNCONFIRMED#{number}"), "COUNT")
}

pub(crate) fn idempotency(principal: &str, idempotency_key: &str) -> Key {
    key(format!("IDEMPOTENCY#{}", hex(&[principal, idempotency_key])), "MARK")
}

pub(crate) fn import(id: ImportId) -> Key {
    key(format!("IMPORT#{id}"), "IMPORT")
}

/// A mail about an event to an address.
pub(crate) fn mail(event: EventId, folded_email: &str) -> Key {
    key(format!("MAIL#{event}#{}", hex(&[folded_email])), "MAIL")
}

/// Where somebody signed in from: an address and a program.
pub(crate) fn place(user: UserId, address: &str, user_agent: &str) -> Key {
    key(format!("USER#{user}"), format!("{PLACE_PREFIX}{}", hex(&[address, user_agent])))
}

pub(crate) const PLACE_PREFIX: &str = "PLACE#";

/// What somebody is told of an event.
pub(crate) fn notice(user: UserId, id: NoticeId) -> Key {
    key(format!("USER#{user}"), format!("{NOTICE_PREFIX}{}", id.ulid()))
}

pub(crate) const NOTICE_PREFIX: &str = "NOTICE#";

/// Counts what somebody has not read, see [`crate::notices`].
pub(crate) fn inbox(user: UserId) -> Key {
    key(format!("USER#{user}"), "INBOX")
}

/// By which channels somebody wants to be told.
pub(crate) fn own_choices(user: UserId) -> Key {
    key(format!("USER#{user}"), "NOTIFICATION-PREFERENCES")
}

/// By which channels an organization's people are told who did not choose.
pub(crate) fn organization_choices(id: OrganizationId) -> Key {
    key(format!("ORG#{id}"), "NOTIFICATION-DEFAULTS")
}

/// By which channels everybody is told where nobody else chose.
pub(crate) fn platform_choices() -> Key {
    key("SETTINGS#notifications", "SETTINGS")
}

/// That somebody is a superadmin; the list of them is the partition.
pub(crate) fn superadmin(user: UserId) -> Key {
    key(SUPERADMINS, user.to_string())
}

pub(crate) const SUPERADMINS: &str = "SUPERADMINS";

/// A service account, the platform's own or an organization's.
pub(crate) fn service_account(id: ServiceAccountId) -> Key {
    key(format!("SERVICE#{id}"), "SERVICE")
}

pub(crate) fn api_token(account: ServiceAccountId, id: ApiTokenId) -> Key {
    key(format!("SERVICE#{account}"), format!("{TOKEN_PREFIX}{id}"))
}

pub(crate) const TOKEN_PREFIX: &str = "TOKEN#";

/// Claims the making of the first superadmin.
pub(crate) fn bootstrap() -> Key {
    key("BOOTSTRAP", "BOOTSTRAP")
}

/// The index keys of the platform table.
pub(crate) mod index {
    use super::{ImportId, OrganizationId, Status, Timestamp, USER_SHARDS, UserId};

    pub(crate) const FIRST: &str = "gsi1";
    pub(crate) const SECOND: &str = "gsi2";
    pub(crate) const ORGANIZATIONS: &str = "ORGS";
    pub(crate) const IMPORTS: &str = "IMPORTS";
    pub(crate) const OPEN_IMPORTS: &str = "IMPORTS#open";
    pub(crate) const KEPT_IMPORTS: &str = "IMPORTS#kept";

    pub(crate) fn organizations_of(status: Status) -> String {
        format!("ORGS#{}", status.as_str())
    }

    /// One of the parts that all people spread over: by e-mail in the first index, by name in the second.
    pub(crate) fn people(shard: u8) -> String {
        format!("PEOPLE#{shard}")
    }

    /// The part that a person is in: ids are random, so that an import of thousands writes to all of them alike.
    pub(crate) fn shard_of(user: UserId) -> u8 {
        u8::try_from(user.ulid().0 % u128::from(USER_SHARDS)).unwrap_or(0)
    }

    /// People sort by folded name, cut where a key would not fit, and then by id.
    pub(crate) fn person_name(folded: &str, id: UserId) -> String {
        format!("{}#{id}", name_begin(folded))
    }

    /// As much of a folded name as keys hold.
    pub(crate) fn name_begin(folded: &str) -> String {
        folded.chars().take(200).collect()
    }

    /// Organizations sort by folded name; an index key holds at most 1,024 bytes.
    pub(crate) fn by_name(folded: &str, id: OrganizationId) -> String {
        format!("{}#{id}", name_begin(folded))
    }

    pub(crate) fn members_of(organization: OrganizationId) -> String {
        format!("ORG#{organization}#MEMBERS")
    }

    /// Its admins and owners alone: who is a member writes no entry here.
    pub(crate) fn admins_of(organization: OrganizationId) -> String {
        format!("ORG#{organization}#ADMINS")
    }

    /// What people were told of an organization.
    pub(crate) fn notices_of(organization: OrganizationId) -> String {
        format!("ORG#{organization}#NOTICES")
    }

    /// An organization's service accounts, or the platform's own.
    pub(crate) fn service_accounts_of(organization: Option<OrganizationId>) -> String {
        organization.map_or_else(|| "SERVICES".to_owned(), |id| format!("ORG#{id}#SERVICES"))
    }

    pub(crate) fn import(id: ImportId) -> String {
        id.to_string()
    }

    /// Open mails sort by the time when somebody is to look at them.
    pub(crate) fn open_mail(due: Timestamp, pk: &str) -> String {
        format!("{due}#{pk}")
    }

    /// Imports that are over sort by the time when they are to be cleaned up.
    pub(crate) fn kept_import(until: Timestamp, id: ImportId) -> String {
        format!("{until}#{id}")
    }
}

/// A folded name in a key: as it is, or its hash where it would not fit.
fn short(folded: &str) -> String {
    if folded.len() <= 512 { folded.to_owned() } else { hex(&[folded]) }
}

/// SHA-256 of texts that must not be readable in a key, or would not fit.
pub(crate) fn hex(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
