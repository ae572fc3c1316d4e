//! One row of a bulk import: what was typed, why it may be refused, and what is to be done with it.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::id::{OrganizationId, UserId};
use crate::name::DisplayName;
use crate::organization::Status;
use crate::{Email, OrgRole};

/// A row as it was typed, trimmed; empty text = blank.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedRow {
    /// The row's number in the sheet, from 1.
    pub number: u32,
    /// The organization's id.
    pub org_id: String,
    /// The e-mail.
    pub email: String,
    /// The name.
    pub display_name: String,
    /// The role; blank = member.
    pub role: String,
    /// The password; blank = generated.
    pub password: String,
}

/// Why a row was refused; the names are part of the result workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// No organization.
    MissingOrgId,
    /// No e-mail.
    MissingEmail,
    /// No address.
    InvalidEmail,
    /// No such organization.
    OrgNotFound,
    /// The organization is archived, about to be deleted or not ready.
    OrgNotActive,
    /// No such role.
    InvalidRole,
    /// Too long, or control characters.
    InvalidDisplayName,
    /// Too short, too long or too common.
    WeakPassword,
    /// Belongs to it already; the role was not touched.
    AlreadyMember,
    /// An earlier good row has the same organization and e-mail.
    DuplicateRow,
    /// The account is suspended.
    UserSuspended,
    /// A fault of the product.
    Internal,
}

impl Reason {
    /// The code in the result workbook.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::MissingOrgId => "missing_org_id",
            Self::MissingEmail => "missing_email",
            Self::InvalidEmail => "invalid_email",
            Self::OrgNotFound => "org_not_found",
            Self::OrgNotActive => "org_not_active",
            Self::InvalidRole => "invalid_role",
            Self::InvalidDisplayName => "invalid_display_name",
            Self::WeakPassword => "weak_password",
            Self::AlreadyMember => "already_member",
            Self::DuplicateRow => "duplicate_row",
            Self::UserSuspended => "user_suspended",
            Self::Internal => "internal",
        }
    }

    /// The same in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::MissingOrgId => "The organization's id is missing.",
            Self::MissingEmail => "The e-mail is missing.",
            Self::InvalidEmail => "This is not an e-mail address.",
            Self::OrgNotFound => "There is no organization with this id.",
            Self::OrgNotActive => "The organization is not active.",
            Self::InvalidRole => "The role must be owner, admin or member.",
            Self::InvalidDisplayName => "The name is longer than 120 characters or has unprintable ones.",
            Self::WeakPassword => "The password must have 12 to 256 characters and not be a common one.",
            Self::AlreadyMember => "The person belongs to the organization already; the role was left as it is.",
            Self::DuplicateRow => "An earlier row names the same person and organization.",
            Self::UserSuspended => "The person's account is suspended.",
            Self::Internal => "Something went wrong on our side; import this row again.",
        }
    }
}

/// A row without a fault of its own; whether it can be applied depends on what is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoundRow {
    /// Where to.
    pub organization: Option<OrganizationId>,
    /// Who.
    pub email: Email,
    /// What they are called.
    pub display_name: DisplayName,
    /// In which role.
    pub role: OrgRole,
}

impl TypedRow {
    /// Checks what the row alone tells: first what is missing, then what is invalid. An id that cannot be one is
    /// left to the look-up, which finds nothing.
    ///
    /// # Errors
    /// The first reason in the contract's order.
    pub fn check(&self) -> Result<SoundRow, Reason> {
        if self.org_id.is_empty() {
            return Err(Reason::MissingOrgId);
        }
        if self.email.is_empty() {
            return Err(Reason::MissingEmail);
        }
        let email = self.email.parse::<Email>().map_err(|_| Reason::InvalidEmail)?;
        let role = if self.role.is_empty() { "member" } else { self.role.as_str() };
        let role = OrgRole::try_from(role).map_err(|_| Reason::InvalidRole)?;
        let display_name = DisplayName::try_from(self.display_name.clone()).map_err(|_| Reason::InvalidDisplayName)?;
        Ok(SoundRow { organization: self.org_id.parse().ok(), email, display_name, role })
    }
}

/// What the platform knows of a row's person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Who.
    pub user: UserId,
    /// Whether the account is suspended.
    pub suspended: bool,
    /// Whether the person belongs to the row's organization.
    pub member: bool,
}

/// What is to be done with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Make the account and let it join.
    Create,
    /// Let a known person join; none = a person that an earlier row makes.
    Add(Option<UserId>),
}

/// Decides row after row, in the sheet's order, remembering what earlier good rows will have done. Holds 32 bytes a
/// good row.
#[derive(Debug, Default)]
pub struct Planner {
    joined: HashSet<u128>,
    made: HashSet<u128>,
}

impl Planner {
    /// What is to be done with a sound row, given the state of its organization (none = there is none) and what is
    /// known of its person.
    ///
    /// # Errors
    /// The first reason in the contract's order: organization, duplicate, suspended, member, password.
    pub fn plan(
        &mut self,
        row: &SoundRow,
        status: Option<Status>,
        known: Option<Known>,
        password_is_weak: impl FnOnce() -> bool,
    ) -> Result<Step, Reason> {
        let organization = row.organization.filter(|_| status.is_some()).ok_or(Reason::OrgNotFound)?;
        if status != Some(Status::Active) {
            return Err(Reason::OrgNotActive);
        }
        let email = row.email.folded();
        let (person, place) = (fingerprint(&[&email]), fingerprint(&[&organization.to_string(), &email]));
        if self.joined.contains(&place) {
            return Err(Reason::DuplicateRow);
        }
        let step = match known {
            Some(Known { suspended: true, .. }) => return Err(Reason::UserSuspended),
            Some(Known { member: true, .. }) => return Err(Reason::AlreadyMember),
            Some(Known { user, .. }) => Step::Add(Some(user)),
            None if self.made.contains(&person) => Step::Add(None),
            None if password_is_weak() => return Err(Reason::WeakPassword),
            None => Step::Create,
        };
        self.joined.insert(place);
        self.made.insert(person);
        Ok(step)
    }
}

/// 128 bits of SHA-256 stand for a text: two of 200,000 meet with a chance of 10⁻²⁸.
fn fingerprint(parts: &[&str]) -> u128 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(16).fold(0, |sum, byte| (sum << 8) | u128::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(org_id: &str, email: &str) -> TypedRow {
        TypedRow { number: 2, org_id: org_id.into(), email: email.into(), ..TypedRow::default() }
    }

    const ORG: &str = "org_01JZA000000000000000000000";
    const OTHER: &str = "org_01JZB000000000000000000000";

    fn plan(planner: &mut Planner, row: &TypedRow, known: Option<Known>) -> Result<Step, Reason> {
        planner.plan(&row.check()?, Some(Status::Active), known, || row.password.len() < 12)
    }

    #[test]
    fn of_several_faults_the_first_of_the_order_counts() {
        let mut row = TypedRow { role: "king".into(), display_name: "\u{0}".into(), ..typed("", "") };
        let mut reasons = vec![];
        let fixes: [fn(&mut TypedRow); 5] = [
            |row| row.org_id = "x".into(),
            |row| row.email = "nobody".into(),
            |row| row.email = "a@b.co".into(),
            |row| row.role = "ADMIN".into(),
            |row| row.display_name.clear(),
        ];
        for fix in fixes {
            reasons.push(row.check().unwrap_err());
            fix(&mut row);
        }
        assert_eq!(
            reasons,
            [
                Reason::MissingOrgId,
                Reason::MissingEmail,
                Reason::InvalidEmail,
                Reason::InvalidRole,
                Reason::InvalidDisplayName
            ]
        );
        assert_eq!(row.check().unwrap().organization, None);
    }

    #[test]
    fn the_first_good_row_creates_and_the_second_organization_adds() {
        let mut planner = Planner::default();
        let good = |org: &str, email: &str| TypedRow { password: "long enough password".into(), ..typed(org, email) };
        assert_eq!(plan(&mut planner, &typed(ORG, "a@b.co"), None), Err(Reason::WeakPassword));
        assert_eq!(plan(&mut planner, &good(ORG, "a@b.co"), None), Ok(Step::Create));
        assert_eq!(plan(&mut planner, &good(ORG, "A@B.co"), None), Err(Reason::DuplicateRow));
        assert_eq!(plan(&mut planner, &typed(OTHER, "A@b.co"), None), Ok(Step::Add(None)));
    }

    #[test]
    fn a_known_person_is_judged_before_the_password_and_after_the_duplicate() {
        let mut planner = Planner::default();
        let user = UserId::from_parts(1, 1);
        let known = |suspended, member| Some(Known { user, suspended, member });
        assert_eq!(plan(&mut planner, &typed(ORG, "a@b.co"), known(true, true)), Err(Reason::UserSuspended));
        assert_eq!(plan(&mut planner, &typed(ORG, "a@b.co"), known(false, true)), Err(Reason::AlreadyMember));
        assert_eq!(plan(&mut planner, &typed(ORG, "a@b.co"), known(false, false)), Ok(Step::Add(Some(user))));
        assert_eq!(plan(&mut planner, &typed(ORG, "a@b.co"), known(false, false)), Err(Reason::DuplicateRow));
    }

    #[test]
    fn an_unknown_organization_comes_before_one_that_is_not_active() {
        let mut planner = Planner::default();
        let row = typed(ORG, "a@b.co").check().unwrap();
        assert_eq!(planner.plan(&row, None, None, || false), Err(Reason::OrgNotFound));
        assert_eq!(planner.plan(&row, Some(Status::Archived), None, || false), Err(Reason::OrgNotActive));
        assert_eq!(planner.plan(&row, Some(Status::Active), None, || false), Ok(Step::Create));
    }
}
