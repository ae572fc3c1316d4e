//! Rows of a bulk import, applied: many people in one transaction, each with membership and event, and row by row where
//! a transaction was refused. Ids follow from the import and the row, so a replay finds its own work.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::change::{Change, Target};
use domain::id::{OrganizationId, UserId};
use domain::import::ApplyRow;
use domain::import_row::{Known, Reason};
use domain::member::Membership;
use domain::name::DisplayName;
use domain::notices::LINK_VERSION;
use domain::organization::Organization;
use domain::role::Source;
use domain::user::{User, UserStatus};
use domain::{Email, EventKind, Granted, Mint, OrgRole, Result};

use crate::core::{Store, decode, put_new};
use crate::fault::Fault;
use crate::items::OrganizationItem;
use crate::keys::{self, Key};
use crate::person_items::{LoginItem, MembershipItem, UserItem};
use crate::planned_join::{Joiner, NewPerson, PlannedJoin, RowOutcome};

/// A transaction holds 100 writes: four a person, one gate, the owners, the count of those that work unconfirmed.
const PEOPLE_AT_ONCE: usize = (100 - 1 - 1 - 1) / 4;

impl Store {
    /// AP-102. The organizations that a sheet names, with their state; at most 100 a call.
    pub async fn organizations_named(
        &self,
        _: &Granted<domain::import::AdvanceImport>,
        ids: &[OrganizationId],
    ) -> Result<Vec<Organization>> {
        let keys: Vec<Key> = ids.iter().map(|id| keys::organization(*id)).collect();
        let items = self.get_many(&self.platform, &keys).await?;
        items.into_iter().map(|item| decode::<OrganizationItem>(item).map(Organization::from)).collect()
    }

    /// AP-103. What is known of the people of at most 50 rows, by folded e-mail and organization.
    pub async fn people_named(
        &self,
        _: &Granted<domain::import::AdvanceImport>,
        rows: &BTreeSet<(String, Option<OrganizationId>)>,
    ) -> Result<HashMap<(String, Option<OrganizationId>), Known>> {
        let emails: BTreeSet<&String> = rows.iter().map(|(email, _)| email).collect();
        let logins: Vec<Key> = emails.iter().map(|email| keys::login(email)).collect();
        let mut users = HashMap::new();
        for item in self.get_many(&self.platform, &logins).await? {
            let login: LoginItem = decode(item)?;
            users.insert(login.pk.trim_start_matches("LOGIN#").to_owned(), login.user);
        }
        let mut keys: BTreeSet<(String, String)> = BTreeSet::new();
        for (email, organization) in rows {
            let Some(user) = users.get(email) else { continue };
            let place = organization.map(|organization| keys::membership(*user, organization));
            keys.extend([Some(keys::user(*user)), place].into_iter().flatten().map(|key| (key.pk, key.sk)));
        }
        let keys: Vec<Key> = keys.into_iter().map(|(pk, sk)| Key { pk, sk }).collect();
        let (mut suspended, mut members) = (BTreeSet::new(), BTreeSet::new());
        for item in self.get_many(&self.platform, &keys).await? {
            if item.contains_key("role") {
                let membership: MembershipItem = decode(item)?;
                members.insert((membership.user, membership.organization));
            } else {
                let user: UserItem = decode(item)?;
                suspended.extend((user.status == UserStatus::Suspended).then_some(user.id));
            }
        }
        let known = |(email, organization): &(String, Option<OrganizationId>)| {
            let user = *users.get(email)?;
            let member = organization.is_some_and(|organization| members.contains(&(user, organization)));
            Some(((email.clone(), *organization), Known { user, suspended: suspended.contains(&user), member }))
        };
        Ok(rows.iter().filter_map(known).collect())
    }

    /// AP-104. Applies valid rows of one organization, those of one gate together, so that each transaction passes one
    /// gate and the pieces of an import do not contend for all of them. Repeating it changes nothing and gives the same
    /// outcomes, in the order of the rows.
    pub async fn apply_rows(
        &self,
        granted: &Granted<ApplyRow>,
        joins: &[PlannedJoin],
        mint: &mut Mint,
    ) -> Result<Vec<RowOutcome>> {
        let mut outcomes = BTreeMap::new();
        for run in runs(granted.scope().organization(), joins) {
            match self.create_all(granted, &run, mint).await? {
                true => outcomes.extend(run.iter().map(|join| (join.row, RowOutcome::Created))),
                false => {
                    for join in run {
                        outcomes.insert(join.row, self.apply_row(granted, join, mint).await?);
                    }
                }
            }
        }
        let lost = || domain::Error::internal("a row without an outcome");
        joins.iter().map(|join| outcomes.remove(&join.row).ok_or_else(lost)).collect()
    }

    /// Makes people who are all new in one transaction; false where it was refused and nothing changed.
    async fn create_all(&self, granted: &Granted<ApplyRow>, joins: &[&PlannedJoin], mint: &mut Mint) -> Result<bool> {
        let fresh: Vec<_> = joins.iter().filter_map(|join| Some((*join, join.makes()?))).collect();
        if fresh.len() < joins.len() {
            return Ok(false);
        }
        match self.create(granted, &fresh, mint).await? {
            Ok(()) => Ok(true),
            Err(fault) if fault.refused().is_some() => Ok(false),
            Err(fault) => Err(fault.into_error("applying rows")),
        }
    }

    /// Accounts, memberships, events, gates and owners at once: nobody has an account without a place.
    async fn create(
        &self,
        granted: &Granted<ApplyRow>,
        people: &[(&PlannedJoin, &NewPerson)],
        mint: &mut Mint,
    ) -> Result<Result<(), Fault>> {
        let (organization, mut writes) = (granted.scope().organization(), vec![]);
        let (mut gates, mut owners) = (BTreeMap::<String, (UserId, i64)>::new(), 0);
        for (join, person) in people {
            writes.extend(self.account(person, organization, false, mint)?);
            let membership = joined(join, person.id, person.email.clone(), &person.display_name, organization, mint);
            writes.push(put_new(&self.platform, &MembershipItem::of(&membership, Some(join.mark.clone())))?);
            writes.push(self.joined_event(granted, &membership, Some(person), mint)?);
            gates.entry(keys::tally(organization, person.id).sk).or_insert((person.id, 0)).1 += 1;
            owners += i64::from(join.role == OrgRole::Owner);
        }
        for (user, people) in gates.into_values() {
            writes.push(self.through_gate(organization, user, people)?);
        }
        if owners > 0 {
            writes.push(self.owners(organization, owners)?);
        }
        let mut unconfirmed = people.iter().map(|(_, person)| person).filter(|person| !person.must_confirm);
        if let Some(first) = unconfirmed.next() {
            let all = i64::try_from(unconfirmed.count() + 1).unwrap_or(i64::MAX);
            writes.push(self.unconfirmed(first.id, all)?);
        }
        Ok(self.transact(writes).await)
    }

    /// One row by itself: the person is made and joins at once, or joins with the account that is there.
    async fn apply_row(&self, granted: &Granted<ApplyRow>, join: &PlannedJoin, mint: &mut Mint) -> Result<RowOutcome> {
        let (person, made_here) = match &join.joiner {
            Joiner::Known(user) => return self.let_known_join(granted, join, *user, RowOutcome::Added, mint).await,
            Joiner::New { person, made_here } => (person, *made_here),
        };
        let done = if made_here { RowOutcome::Created } else { RowOutcome::Joined };
        if self.login(&person.email).await?.is_none() {
            match self.create(granted, &[(join, person)], mint).await? {
                Ok(()) => return Ok(done),
                Err(fault) => match fault.refused() {
                    // Somebody took the e-mail meanwhile: a replay, another row of the person, or anybody.
                    Some(0) => {}
                    Some(GATE_OF_ONE) => return Ok(RowOutcome::Refused(Reason::OrgNotActive)),
                    _ => return Err(fault.into_error("applying a row")),
                },
            }
        }
        let login = self.login(&person.email).await?;
        let user = login.ok_or_else(|| domain::Error::unavailable("an account that just went"))?.user;
        let done = if user == person.id { done } else { RowOutcome::Added };
        self.let_known_join(granted, join, user, done, mint).await
    }

    async fn let_known_join(
        &self,
        granted: &Granted<ApplyRow>,
        join: &PlannedJoin,
        user: UserId,
        done: RowOutcome,
        mint: &mut Mint,
    ) -> Result<RowOutcome> {
        let organization = granted.scope().organization();
        let person = self.user(user).await?;
        let membership = joined(join, user, person.email.clone(), &person.display_name, organization, mint);
        match self.let_join(granted, &membership, &join.mark, mint).await {
            Ok(()) => Ok(done),
            Err(fault) => self.why_not(fault, &person, &join.mark, done).await,
        }
    }

    async fn let_join(
        &self,
        granted: &Granted<ApplyRow>,
        membership: &Membership,
        mark: &str,
        mint: &mut Mint,
    ) -> Result<(), Fault> {
        let writes = self.join_writes(granted, membership, mark, mint);
        self.transact(writes.map_err(|error| Fault::Unexpected(error.to_string()))?).await
    }

    fn join_writes(
        &self,
        granted: &Granted<ApplyRow>,
        membership: &Membership,
        mark: &str,
        mint: &mut Mint,
    ) -> Result<Vec<TransactWriteItem>> {
        let mut writes = self.join_marked(membership, Some(mark.to_owned()))?;
        writes.push(self.joined_event(granted, membership, None, mint)?);
        Ok(writes)
    }

    async fn why_not(&self, fault: Fault, person: &User, mark: &str, done: RowOutcome) -> Result<RowOutcome> {
        match fault.refused() {
            Some(0) => {
                let held = fault.refused_at(0).flatten().cloned().map(decode::<MembershipItem>).transpose()?;
                let own = held.is_some_and(|held| held.import_row.as_deref() == Some(mark));
                Ok(if own { done } else { RowOutcome::Refused(Reason::AlreadyMember) })
            }
            Some(1) => Ok(RowOutcome::Refused(Reason::OrgNotActive)),
            Some(2) if person.status == UserStatus::Suspended => Ok(RowOutcome::Refused(Reason::UserSuspended)),
            _ => Err(fault.into_error("applying a row")),
        }
    }

    fn joined_event(
        &self,
        granted: &Granted<ApplyRow>,
        membership: &Membership,
        made: Option<&NewPerson>,
        mint: &mut Mint,
    ) -> Result<TransactWriteItem> {
        let mut changes = vec![
            Change::set("role", membership.role),
            Change::set("source", Source::Import),
            Change::set("account_created", made.is_some()),
        ];
        // The link goes out with the record of the join: the account's first.
        changes.extend(made.filter(|person| person.must_confirm).map(|_| Change::set(LINK_VERSION, 1)));
        let target = Target::named("user", membership.user, &membership.email);
        self.event(&granted.event(mint, EventKind::MemberAdded, target, changes))
    }
}

/// Where the gate stands in the transaction that makes one person: behind login, user, membership and event.
const GATE_OF_ONE: usize = 4;

/// The rows in runs that one transaction may hold: new people of one gate, or a single row of another kind. Which gate
/// is first follows from the first row, so that pieces of one import do not all begin at the same one.
fn runs(organization: OrganizationId, joins: &[PlannedJoin]) -> Vec<Vec<&PlannedJoin>> {
    let mut gates: BTreeMap<String, Vec<&PlannedJoin>> = BTreeMap::new();
    let mut single = vec![];
    for join in joins {
        match join.makes() {
            Some(person) => gates.entry(keys::tally(organization, person.id).sk).or_default().push(join),
            None => single.push(vec![join]),
        }
    }
    let mut fresh: Vec<_> = gates.into_values().collect();
    let first = joins.first().map_or(0, |join| join.row);
    let turn = usize::try_from(first).unwrap_or(0) % fresh.len().max(1);
    fresh.rotate_left(turn);
    let fresh = fresh.iter().flat_map(|gate| gate.chunks(PEOPLE_AT_ONCE).map(<[_]>::to_vec));
    fresh.chain(single).collect()
}

fn joined(
    join: &PlannedJoin,
    user: UserId,
    email: Email,
    name: &DisplayName,
    organization: OrganizationId,
    mint: &Mint,
) -> Membership {
    Membership {
        user,
        organization,
        email,
        display_name: name.to_string(),
        role: join.role,
        source: Source::Import,
        projects: BTreeMap::new(),
        joined_at: mint.now(),
        version: 1,
    }
}
