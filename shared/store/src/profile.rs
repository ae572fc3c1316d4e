//! A person's own account.

use domain::change::{Change, Target};
use domain::id::OrganizationId;
use domain::member::Membership;
use domain::organization::Organization;
use domain::user::{EditMe, ReadMe, User};
use domain::{Error, EventKind, Granted, Mint, Result};

use crate::copies::{COPIES_MAX, Copied};
use crate::core::{Store, decode};
use crate::edit::Edit;
use crate::items::OrganizationItem;
use crate::keys::{self, index};
use crate::person_items::MembershipItem;

impl Store {
    /// AP-58. The organizations on a person's list with their role there, at most 50, in one round trip.
    pub async fn my_organizations(
        &self,
        granted: &Granted<ReadMe>,
        ids: &[OrganizationId],
    ) -> Result<Vec<(Organization, Membership)>> {
        let user = granted.scope().user();
        let keys: Vec<_> = ids.iter().flat_map(|id| [keys::organization(*id), keys::membership(user, *id)]).collect();
        let (mut organizations, mut memberships) = (vec![], vec![]);
        for item in self.get_many(&self.platform, &keys).await? {
            match item.contains_key("role") {
                true => memberships.push(Membership::from(decode::<MembershipItem>(item)?)),
                false => organizations.push(Organization::from(decode::<OrganizationItem>(item)?)),
            }
        }
        organizations.sort_by_key(|organization| organization.id);
        let with_role = |organization: Organization| {
            let membership = memberships.iter().find(|membership| membership.organization == organization.id)?;
            Some((organization, membership.clone()))
        };
        Ok(organizations.into_iter().filter_map(with_role).collect())
    }

    /// AP-59. The display name, with its copies in the lists of members. Beyond 90 organizations the remaining copies
    /// follow in further transactions (AP-5A); saying the same name again completes them where that was cut off.
    pub async fn edit_me(&self, granted: &Granted<EditMe>, before: &User, mint: &mut Mint) -> Result<User> {
        let EditMe { version, display_name } = granted.command();
        if *version != before.version {
            return Err(Error::stale());
        }
        if *display_name == before.display_name {
            return self.copy_everywhere(Copied::Name, before).await.map(|()| before.clone());
        }
        let after = User { display_name: display_name.clone(), version: version + 1, ..before.clone() };
        let changes = Change::between("display_name", &before.display_name, display_name).into_iter().collect();
        let event =
            granted.event(mint, EventKind::UserEdited, Target::named("user", before.id, &before.email), changes);
        let person = Edit::of(&self.platform, keys::user(before.id))
            .set("display_name", display_name)?
            .set("gsi2sk", index::person_name(&display_name.folded(), before.id))?
            .set("version", after.version)?;
        // Who joins at this moment copies the name too: the lists that get the new one must be all there are.
        let lists = before.organizations.iter().map(OrganizationId::to_string).collect();
        let person = person.when("version", "=", version)?.when_set("organizations", lists);
        let mut writes = vec![person.update()?, self.event(&event)?];
        for place in before.organizations.iter().take(COPIES_MAX) {
            writes.push(self.copy(Copied::Name, &after, *place)?);
        }
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(0) if has_other_version(&fault, *version) => Error::stale(),
            Some(_) => Error::new(domain::Code::Conflict, "your memberships changed at this moment; try again"),
            None => fault.into_error("editing a profile"),
        })?;
        if before.organizations.len() > COPIES_MAX {
            self.copy_everywhere(Copied::Name, &after).await?;
        }
        Ok(after)
    }
}

fn has_other_version(fault: &crate::fault::Fault, asked: u64) -> bool {
    let version = fault.refused_at(0).flatten().and_then(|person| person.get("version")?.as_n().ok());
    version.is_none_or(|version| *version != asked.to_string())
}
