//! What an import did whose runs wrote nothing down: a membership carries the mark of the row that made it.

use std::collections::{BTreeSet, HashMap};

use domain::id::{OrganizationId, UserId};
use domain::import::AdvanceImport;
use domain::{Email, Granted, Result};

use crate::core::{Store, decode};
use crate::keys::{self, Key};
use crate::person_items::{LoginItem, MembershipItem};

/// A row that may have been applied.
#[derive(Clone, Debug)]
pub struct Trace {
    /// Names import and row, as in [`PlannedJoin`](crate::PlannedJoin).
    pub mark: String,
    /// Who.
    pub email: Email,
    /// Where to.
    pub organization: OrganizationId,
}

impl Store {
    /// AP-109. Whom these rows let join, by their marks; rows that let nobody join are left out. At most 50.
    pub async fn rows_applied(&self, _: &Granted<AdvanceImport>, rows: &[Trace]) -> Result<HashMap<String, UserId>> {
        let emails: BTreeSet<String> = rows.iter().map(|row| row.email.folded()).collect();
        let logins: Vec<Key> = emails.iter().map(|email| keys::login(email)).collect();
        let mut users = HashMap::new();
        for item in self.get_many(&self.platform, &logins).await? {
            let login: LoginItem = decode(item)?;
            users.insert(login.pk.trim_start_matches("LOGIN#").to_owned(), login.user);
        }
        let place = |row: &Trace| Some((*users.get(&row.email.folded())?, row.organization));
        let places: BTreeSet<(UserId, OrganizationId)> = rows.iter().filter_map(place).collect();
        let keys: Vec<Key> =
            places.into_iter().map(|(user, organization)| keys::membership(user, organization)).collect();
        let items = self.get_many(&self.platform, &keys).await?.into_iter();
        let held: Vec<MembershipItem> = items.map(decode).collect::<Result<_>>()?;
        let marked: HashMap<String, UserId> =
            held.into_iter().filter_map(|item| Some((item.import_row?, item.user))).collect();
        Ok(marked.into_iter().filter(|(mark, _)| rows.iter().any(|row| row.mark == *mark)).collect())
    }
}
