//! The one joining rule: whoever joins an organization, by hand, invitation, import or sign-on, goes through here, and
//! so does whoever goes. It keeps membership, member count, owner count and the person's list of organizations together.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use domain::id::{OrganizationId, UserId};
use domain::member::Membership;
use domain::{Code, Error, OrgRole, Result};

use crate::core::{Item, Store, put_new};
use crate::edit::Edit;
use crate::fault::Fault;
use crate::keys;
use crate::person_items::MembershipItem;

/// The writes of one join or departure, in the order that [`refusal`] reads.
pub(crate) type Writes = Vec<TransactWriteItem>;

impl Store {
    /// Membership, gate, person, and for an owner the owner count. The person must not be suspended, the gate open.
    pub(crate) fn join(&self, membership: &Membership) -> Result<Writes> {
        self.join_marked(membership, None)
    }

    /// As [`Store::join`]; the mark names the row of an import that this membership is the work of.
    pub(crate) fn join_marked(&self, membership: &Membership, mark: Option<String>) -> Result<Writes> {
        let mut writes = vec![
            put_new(&self.platform, &MembershipItem::of(membership, mark))?,
            self.through_gate(membership.organization, membership.user, 1)?,
            self.in_list(membership)?,
        ];
        if membership.role == OrgRole::Owner {
            writes.push(self.owners(membership.organization, 1)?);
        }
        Ok(writes)
    }

    /// As [`Store::join`], for somebody whose account the same transaction makes ([`Store::account`]): it is active and
    /// has the organization on its list.
    pub(crate) fn join_new(&self, membership: &Membership) -> Result<Writes> {
        let mut writes = vec![
            put_new(&self.platform, &MembershipItem::of(membership, None))?,
            self.through_gate(membership.organization, membership.user, 1)?,
        ];
        if membership.role == OrgRole::Owner {
            writes.push(self.owners(membership.organization, 1)?);
        }
        Ok(writes)
    }

    /// The reverse of [`Store::join`], on the version that was read; the grants in projects go with the membership.
    pub(crate) fn depart(&self, membership: &Membership) -> Result<Writes> {
        let (user, organization) = (membership.user, membership.organization);
        let list = AttributeValue::Ss(vec![organization.to_string()]);
        let mut writes = vec![
            Edit::of(&self.platform, keys::membership(user, organization))
                .when("version", "=", membership.version)?
                .delete()?,
            Edit::of(&self.platform, keys::tally(organization, user)).add_number("members", -1).if_there().update()?,
            Edit::of(&self.platform, keys::user(user)).drop("organizations", list).if_there().update()?,
        ];
        if membership.role == OrgRole::Owner {
            writes.push(self.owners(organization, -1)?);
        }
        Ok(writes)
    }

    /// Counts people through a gate that is open.
    pub(crate) fn through_gate(
        &self,
        organization: OrganizationId,
        user: UserId,
        people: i64,
    ) -> Result<TransactWriteItem> {
        Edit::of(&self.platform, keys::tally(organization, user))
            .add_number("members", people)
            .when("open", "=", true)?
            .update()
    }

    /// Puts an organization on the list of a person who is not suspended, if the person still has the name and the e-mail that
    /// the membership copies: who is renamed while they join would keep the old one there. Who waits for the e-mail to be
    /// confirmed may join before.
    fn in_list(&self, membership: &Membership) -> Result<TransactWriteItem> {
        let list = AttributeValue::Ss(vec![membership.organization.to_string()]);
        let person = Edit::of(&self.platform, keys::user(membership.user)).add("organizations", list);
        let person = person.when_any("status", &["active", "pending"])?;
        person.when("display_name", "=", &membership.display_name)?.when("email", "=", &membership.email)?.update()
    }

    /// One owner more, or one less but never none.
    pub(crate) fn owners(&self, organization: OrganizationId, by: i64) -> Result<TransactWriteItem> {
        let edit = Edit::of(&self.platform, keys::organization(organization)).add_number("owners", by);
        if by < 0 { edit.when("owners", ">", 1)?.update() } else { edit.if_there().update() }
    }
}

/// What the refusal of a join means, where its writes begin at `from`.
pub(crate) fn refusal(fault: Fault, from: usize) -> Error {
    match fault.refused().and_then(|at| at.checked_sub(from)) {
        Some(0) => Error::new(Code::AlreadyMember, "the person belongs to the organization already"),
        Some(1) => Error::new(Code::OrganizationNotActive, "the organization is not active"),
        Some(2) if fault.refused_at(from + 2).flatten().is_none() => Error::not_found(),
        Some(2) if is_in_use(fault.refused_at(from + 2).flatten()) => {
            Error::new(Code::Conflict, "the person's name or e-mail changed at this moment; try again")
        }
        Some(2) => Error::new(Code::UserSuspended, "the person's account is not active"),
        _ => fault.into_error("joining an organization"),
    }
}

fn is_in_use(person: Option<&Item>) -> bool {
    person.and_then(|person| person.get("status")?.as_s().ok()).is_some_and(|status| status != "suspended")
}

/// What the refusal of a departure or a change of role means, where the owner count is written at `owners_at`.
pub(crate) fn departure_refusal(fault: Fault, owners_at: usize) -> Error {
    match fault.refused() {
        Some(at) if at == owners_at => Error::new(Code::LastOwner, "an organization keeps at least one owner"),
        Some(_) => Error::new(Code::Conflict, "somebody changed this membership at this moment; try again"),
        None => fault.into_error("changing a membership"),
    }
}
