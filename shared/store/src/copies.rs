//! The copies of a person's name and e-mail in the lists of members, which follow what the person is called.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::Result;
use domain::id::OrganizationId;
use domain::user::User;

use crate::core::{Store, decode};
use crate::edit::Edit;
use crate::keys;
use crate::page::{Query, READ_AT_ONCE};
use crate::person_items::MembershipItem;

/// How many copies one transaction carries beside the change itself.
pub(crate) const COPIES_MAX: usize = 90;

/// What memberships copy of a person.
#[derive(Clone, Copy)]
pub(crate) enum Copied {
    Name,
    Email,
}

impl Copied {
    fn is_behind(self, copy: &MembershipItem, person: &User) -> bool {
        match self {
            Self::Name => copy.display_name != person.display_name.as_str(),
            Self::Email => copy.email != person.email,
        }
    }

    /// Whether the person is as given: whoever changes them after that sees to the copies too.
    fn unchanged(self, edit: Edit, person: &User) -> Result<Edit> {
        match self {
            Self::Name => edit.when("version", "=", person.version),
            Self::Email => edit.when("email", "=", &person.email),
        }
    }

    fn set(self, copy: Edit, person: &User) -> Result<Edit> {
        match self {
            Self::Name => copy.set("display_name", person.display_name.as_str()),
            Self::Email => copy.set("email", &person.email)?.set("gsi1sk", person.email.folded()),
        }
    }
}

impl Store {
    /// One copy, as a write of a transaction.
    pub(crate) fn copy(&self, what: Copied, person: &User, place: OrganizationId) -> Result<TransactWriteItem> {
        what.set(Edit::of(&self.platform, keys::membership(person.id, place)), person)?.if_there().update()
    }

    /// AP-5A and AP-14B. The copies that are behind, while the person is as given. The change itself is done, so who leaves an
    /// organization meanwhile is no reason to refuse anything: what is behind is looked at again.
    pub(crate) async fn copy_everywhere(&self, what: Copied, person: &User) -> Result<()> {
        loop {
            let behind = self.behind(what, person).await?;
            if behind.is_empty() {
                return Ok(());
            }
            let same = what.unchanged(Edit::of(&self.platform, keys::user(person.id)), person)?;
            let mut writes = vec![same.check()?];
            for place in behind {
                writes.push(self.copy(what, person, place)?);
            }
            match self.transact(writes).await {
                Err(fault) if fault.refused() == Some(0) => return Ok(()),
                Err(fault) if fault.refused().is_none() => return Err(fault.into_error("copying to memberships")),
                Ok(()) | Err(_) => {}
            }
        }
    }

    /// Where a person is called otherwise than they are, at most as many as one transaction sets right.
    async fn behind(&self, what: Copied, person: &User) -> Result<Vec<OrganizationId>> {
        let query = Query::of(&self.platform, keys::user(person.id).pk).beginning_with(keys::MEMBERSHIP_PREFIX);
        let (mut behind, mut start) = (vec![], None);
        loop {
            let (items, next) = self.query(&query, start, READ_AT_ONCE).await?;
            for item in items {
                let copy: MembershipItem = decode(item)?;
                behind.extend(what.is_behind(&copy, person).then_some(copy.organization));
            }
            start = next;
            if start.is_none() || behind.len() >= COPIES_MAX {
                behind.truncate(COPIES_MAX);
                return Ok(behind);
            }
        }
    }
}
