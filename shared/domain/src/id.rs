//! Ids: a prefix that names the kind and a ULID, made by the server, never reused.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::Rejected;

/// What an id names; its prefix is part of the wire format and is never changed.
pub trait Kind {
    /// The prefix without its underscore.
    const PREFIX: &'static str;
}

/// An id of one kind, such as `org_01JZA000000000000000000000`. Sorts by the time it was made.
#[derive(Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Id<K: Kind>(Ulid, PhantomData<fn() -> K>);

impl<K: Kind> Id<K> {
    /// An id from its time in milliseconds since 1970 and 80 random bits.
    #[must_use]
    pub fn from_parts(millis: u64, random: u128) -> Self {
        Self(Ulid::from_parts(millis, random), PhantomData)
    }

    /// The ULID without its prefix.
    #[must_use]
    pub fn ulid(&self) -> Ulid {
        self.0
    }
}

impl NoticeId {
    /// The notice of an event: a person is told of an event once.
    #[must_use]
    pub fn of(event: EventId) -> Self {
        Self(event.0, PhantomData)
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", K::PREFIX, self.0)
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl<K: Kind> FromStr for Id<K> {
    type Err = Rejected;

    /// Reads the canonical form only: what is written another way (lower case, `I` for `1`) is another text.
    fn from_str(raw: &str) -> Result<Self, Rejected> {
        let refused = Rejected("must be an id of the right kind");
        let ulid = raw.strip_prefix(K::PREFIX).and_then(|rest| rest.strip_prefix('_')).ok_or(refused)?;
        let id = Self(Ulid::from_string(ulid).map_err(|_| refused)?, PhantomData);
        (id.0.to_string() == ulid).then_some(id).ok_or(refused)
    }
}

impl<K: Kind> TryFrom<String> for Id<K> {
    type Error = Rejected;
    fn try_from(raw: String) -> Result<Self, Rejected> {
        raw.parse()
    }
}

impl<K: Kind> From<Id<K>> for String {
    fn from(id: Id<K>) -> Self {
        id.to_string()
    }
}

impl<K: Kind> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K: Kind> Copy for Id<K> {}
impl<K: Kind> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K: Kind> Eq for Id<K> {}
impl<K: Kind> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K: Kind> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K: Kind> std::hash::Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

/// The tenant.
pub enum Organization {}
/// A person.
pub enum User {}
/// A project of an organization.
pub enum Project {}
/// A signed-in session.
pub enum Session {}
/// A bulk import.
pub enum Import {}
/// An audit event.
pub enum Event {}
/// A use case that Studio registered.
pub enum UseCase {}
/// An agent that Studio registered.
pub enum Agent {}
/// Somebody's way into an organization, until it is accepted.
pub enum Invitation {}
/// A program that acts with API tokens.
pub enum ServiceAccount {}
/// A token of a service account.
pub enum ApiToken {}
/// Something that one person is told in the portal.
pub enum Notice {}
/// Tokens that are added to one window.
pub enum TopUp {}
/// Somebody asks for more tokens.
pub enum QuotaRequest {}
/// One model call, reserved before it is made; its id is the runtime's own.
pub enum Reservation {}
/// What offers language models.
pub enum Provider {}
/// Where agents find tools.
pub enum McpServer {}
/// As whom an organization's tools ask for access elsewhere.
pub enum OauthClient {}
/// A credential takes another one's place.
pub enum Rotation {}
/// One request, as it is named in answers, logs and the audit log.
pub enum Request {}

impl Kind for Organization {
    const PREFIX: &'static str = "org";
}
impl Kind for User {
    const PREFIX: &'static str = "usr";
}
impl Kind for Project {
    const PREFIX: &'static str = "prj";
}
impl Kind for Session {
    const PREFIX: &'static str = "ses";
}
impl Kind for Import {
    const PREFIX: &'static str = "imp";
}
impl Kind for Event {
    const PREFIX: &'static str = "evt";
}
impl Kind for UseCase {
    const PREFIX: &'static str = "ucs";
}
impl Kind for Agent {
    const PREFIX: &'static str = "agt";
}
impl Kind for Invitation {
    const PREFIX: &'static str = "inv";
}
impl Kind for ServiceAccount {
    const PREFIX: &'static str = "svc";
}
impl Kind for ApiToken {
    const PREFIX: &'static str = "tok";
}
impl Kind for Notice {
    const PREFIX: &'static str = "ntc";
}
impl Kind for TopUp {
    const PREFIX: &'static str = "top";
}
impl Kind for QuotaRequest {
    const PREFIX: &'static str = "qrq";
}
impl Kind for Reservation {
    const PREFIX: &'static str = "rsv";
}
impl Kind for Provider {
    const PREFIX: &'static str = "prv";
}
impl Kind for McpServer {
    const PREFIX: &'static str = "mcp";
}
impl Kind for OauthClient {
    const PREFIX: &'static str = "oac";
}
impl Kind for Rotation {
    const PREFIX: &'static str = "rot";
}
impl Kind for Request {
    const PREFIX: &'static str = "req";
}

/// `org_…`
pub type OrganizationId = Id<Organization>;
/// `usr_…`
pub type UserId = Id<User>;
/// `prj_…`
pub type ProjectId = Id<Project>;
/// `ses_…`
pub type SessionId = Id<Session>;
/// `imp_…`
pub type ImportId = Id<Import>;
/// `evt_…`
pub type EventId = Id<Event>;
/// `ucs_…`
pub type UseCaseId = Id<UseCase>;
/// `agt_…`
pub type AgentId = Id<Agent>;
/// `inv_…`
pub type InvitationId = Id<Invitation>;
/// `svc_…`
pub type ServiceAccountId = Id<ServiceAccount>;
/// `tok_…`
pub type ApiTokenId = Id<ApiToken>;
/// `ntc_…`
pub type NoticeId = Id<Notice>;
/// `top_…`
pub type TopUpId = Id<TopUp>;
/// `qrq_…`
pub type QuotaRequestId = Id<QuotaRequest>;
/// `rsv_…`
pub type ReservationId = Id<Reservation>;
/// `prv_…`
pub type ProviderId = Id<Provider>;
/// `mcp_…`
pub type McpServerId = Id<McpServer>;
/// `oac_…`
pub type OauthClientId = Id<OauthClient>;
/// `rot_…`
pub type RotationId = Id<Rotation>;
/// `req_…`
pub type RequestId = Id<Request>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_being_written_and_read() {
        let id = UserId::from_parts(1_700_000_000_000, 42);
        assert_eq!(id.to_string().parse::<UserId>().unwrap(), id);
    }

    #[test]
    fn only_the_canonical_text_of_the_right_kind_is_an_id() {
        for text in [
            "",
            "org_",
            "usr_01JZA000000000000000000000",
            "01JZA000000000000000000000",
            "org_01jza000000000000000000000",
            "org_01JZA00000000000000000000",
            "org_01JZA0000000000000000000000",
            "org_O1JZA000000000000000000000",
            "org_81JZA000000000000000000000",
            " org_01JZA000000000000000000000",
            "org_01JZA000000000000000000000#",
        ] {
            assert!(text.parse::<OrganizationId>().is_err(), "{text} was taken for an id");
        }
        assert!("org_01JZA000000000000000000000".parse::<OrganizationId>().is_ok());
    }

    #[test]
    fn a_later_id_sorts_after_an_earlier_one_also_as_text() {
        let (first, second) = (EventId::from_parts(1, u128::MAX >> 48), EventId::from_parts(2, 0));
        assert!(first < second && first.to_string() < second.to_string());
    }
}
