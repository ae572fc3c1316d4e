//! What is really there, compared with what the model says.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::home::InHome;
use domain::id::EventId;
use domain::invitation::{InvitationState, Inviter, ListInvitations};
use domain::member::ListMembers;
use domain::organization::{Organization, ReadOrganization};
use domain::project::{ListProjects, ProjectKind};
use domain::scope::Platform;
use domain::service_account::ReadServiceAccounts;
use domain::user::{ReadUsers, UserStatus};
use domain::{Actor, OrgScope, ProjectRole, Timestamp};
use futures::future::join_all;
use model::{Grantor, InvitationEnd, Model};

use crate::cast::{Cast, superadmin};
use crate::world::World;

/// More than any history makes.
const ALL: u32 = 1_000;
/// Records that no command is about: sessions that the test begins, and what a superadmin sees.
const BESIDE: [&str; 2] = ["session.started", "organization.accessed"];

/// Events by organization, as the model counts them.
pub(crate) type Events = Vec<(Option<usize>, String)>;

fn same<T: PartialEq + std::fmt::Debug>(what: &str, is: T, wanted: T) -> Result<(), String> {
    if is == wanted { Ok(()) } else { Err(format!("{what}: there is {is:?}, and there should be {wanted:?}")) }
}

impl World {
    /// Everybody's account and every organization.
    pub(crate) async fn look_at_all(&self, cast: &Cast, model: &Model) -> Result<(), String> {
        for (person, wanted) in model.people.iter().enumerate() {
            let login = self.store.login(&cast.emails[person]).await.unwrap();
            same(&format!("the account of person {person}"), login.is_some(), wanted.account)?;
            let Some(login) = login else { continue };
            let granted = superadmin().grant(ReadUsers, Platform).unwrap();
            let user = self.store.read_user(&granted, login.user).await.unwrap();
            let suspended = user.status == UserStatus::Suspended;
            same(&format!("person {person} is suspended"), suspended, wanted.suspended)?;
        }
        for org in 0..model.organizations.len() {
            self.look_at(cast, model, org).await?;
        }
        Ok(())
    }

    /// One organization.
    pub(crate) async fn look_at(&self, cast: &Cast, model: &Model, org: usize) -> Result<(), String> {
        let place = &cast.organizations[org];
        let root = Actor { standing: Some(place.standing(None, BTreeMap::new())), ..superadmin() };
        let (members, projects, invitations, programs) = futures::join!(
            self.look_at_members(cast, model, org, &root),
            self.look_at_projects(cast, model, org, &root),
            self.look_at_invitations(cast, model, org, &root),
            self.look_at_programs(cast, model, org, &root)
        );
        let all = members.and(projects).and(invitations).and(programs);
        all.map_err(|why| format!("organization {org}: {why}"))
    }

    async fn look_at_members(&self, cast: &Cast, model: &Model, org: usize, root: &Actor) -> Result<(), String> {
        let place = &cast.organizations[org];
        let list = root.grant(ListMembers { email_prefix: None }, place.id).unwrap();
        let count = root.grant(ReadOrganization, place.id).unwrap();
        let (listed, counted, owners) = futures::join!(
            self.store.list_members(&list, None, ALL),
            self.store.count_members(&count),
            self.owners(place)
        );
        let (listed, counted) = (listed.unwrap().items, counted.unwrap());
        let wanted = &model.organizations[org];
        same("the count of members", usize::try_from(counted).unwrap(), wanted.len())?;
        same("the count of owners", owners, model.owners(org))?;
        same("members that are listed", listed.len(), wanted.len())?;
        let mut seen = BTreeMap::new();
        for member in listed {
            let person = cast.ids.iter().position(|id| *id == Some(member.user)).unwrap();
            let projects = member.projects.iter().map(|(id, grant)| (id.to_string(), grant.role));
            seen.insert(person, (member.role, numbered(cast, projects), member.version));
        }
        let wanted: BTreeMap<_, _> = wanted
            .iter()
            .map(|(person, member)| (*person, (member.role, member.projects.clone(), member.version)))
            .collect();
        same("members", seen, wanted)
    }

    /// The count that is kept, which no route shows.
    async fn owners(&self, place: &Organization) -> usize {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let key = [("pk".to_owned(), text(&format!("ORG#{}", place.id))), ("sk".to_owned(), text("ORG"))];
        let asked = self.client.get_item().table_name("platform").set_key(Some(key.into())).consistent_read(true);
        let found = asked.send().await.unwrap().item.unwrap();
        found["owners"].as_n().unwrap().parse().unwrap()
    }

    async fn look_at_projects(&self, cast: &Cast, model: &Model, org: usize, root: &Actor) -> Result<(), String> {
        let granted = root.grant(ListProjects, cast.organizations[org].id).unwrap();
        let listed = self.store.list_projects(&granted, None, ALL).await.unwrap().items;
        let team = listed.iter().filter(|project| project.kind == ProjectKind::Team);
        let seen: BTreeSet<_> = team.map(|project| (project.id.to_string(), project.name.to_string())).collect();
        let own = model.projects.iter().zip(&cast.projects).filter(|(project, _)| project.org == org && !project.gone);
        let wanted = own.map(|(project, id)| (id.clone(), format!("Project {}", project.name))).collect();
        same("projects", seen, wanted)
    }

    async fn look_at_invitations(&self, cast: &Cast, model: &Model, org: usize, root: &Actor) -> Result<(), String> {
        let granted = root.grant(ListInvitations, cast.organizations[org].id).unwrap();
        let listed = self.store.list_invitations(&granted, None, ALL).await.unwrap().items;
        let own: Vec<_> = (0..model.invitations.len()).filter(|one| model.invitations[*one].org == org).collect();
        same("invitations", listed.len(), own.len())?;
        let mut pending = BTreeSet::new();
        for told in &listed {
            let is = &told.invitation;
            let number = cast.invitations.iter().position(|id| *id == is.id.to_string()).unwrap();
            let wanted = &model.invitations[number];
            let state = match is.state {
                InvitationState::Pending { expires } => InvitationEnd::Pending { expires: expires.millis() },
                InvitationState::Accepted { by, .. } => {
                    let by = cast.ids.iter().position(|id| *id == Some(by)).unwrap();
                    InvitationEnd::Accepted { by }
                }
                InvitationState::Revoked { .. } => InvitationEnd::Revoked,
            };
            let projects = numbered(cast, is.projects.iter().map(|(id, role)| (id.to_string(), *role)));
            let inviter = match &is.inviter {
                Inviter::Person { user, .. } => {
                    Grantor::Person(cast.ids.iter().position(|id| id.as_ref() == Some(user)).unwrap())
                }
                Inviter::Program { service_account, .. } => {
                    let id = service_account.to_string();
                    Grantor::Program(cast.programs.iter().position(|program| program.id == id).unwrap())
                }
            };
            let seen = (is.role, projects, inviter, state, is.link, is.copied_at.is_some());
            let model::Invitation { role, projects, inviter, state, link, copied, .. } = wanted.clone();
            same(&format!("invitation {number}"), seen, (role, projects, inviter, state, link, copied))?;
            if is.standing(Timestamp::from_millis(model.now)).as_str() == "pending" {
                same(&format!("invitation {number} has lapsed"), told.lapsed, !model.is_backed(wanted))?;
                same("one pending invitation of an e-mail", pending.insert(is.email.folded()), true)?;
            }
        }
        Ok(())
    }

    async fn look_at_programs(&self, cast: &Cast, model: &Model, org: usize, root: &Actor) -> Result<(), String> {
        let granted = root.grant(InHome::<OrgScope, _>::new(ReadServiceAccounts), cast.organizations[org].id).unwrap();
        let listed = self.store.list_service_accounts(&granted, None, ALL).await.unwrap().items;
        let mut seen = BTreeMap::new();
        for account in listed {
            let number = cast.programs.iter().position(|program| program.id == account.id.to_string()).unwrap();
            let projects = account.belongs.projects().into_iter().map(|(id, role)| (id.to_string(), role));
            let role = account.belongs.role().unwrap();
            seen.insert(number, (role, numbered(cast, projects), account.suspended, account.version));
        }
        let own = model.programs.iter().enumerate().filter(|(_, program)| program.org == org && !program.gone);
        let wanted = own.map(|(number, program)| {
            (number, (program.role, program.projects.clone(), program.suspended, program.version))
        });
        same("service accounts", seen, wanted.collect())
    }

    /// The audit events between two instants that are less than a day apart.
    pub(crate) async fn events(&self, cast: &Cast, from: u64, to: u64) -> Events {
        let days: BTreeSet<String> =
            [from, to].into_iter().map(|at| Timestamp::from_millis(at).day().to_string()).collect();
        let shards = days.iter().flat_map(|day| (0..8).map(move |shard| format!("{day}#{shard}")));
        let found = join_all(shards.map(|shard| self.events_of(shard, from))).await;
        let org = |id: &str| cast.organizations.iter().position(|place| place.id.to_string() == id);
        let mut all: Events = vec![];
        for event in found.into_iter().flatten() {
            let text = |name: &str| event.get(name).map(|value| value.as_s().unwrap().clone());
            let action = text("action").unwrap();
            if !BESIDE.contains(&action.as_str()) {
                all.push((text("organization").and_then(|id| org(&id)), action));
            }
        }
        all.sort();
        all
    }

    async fn events_of(&self, shard: String, from: u64) -> Vec<std::collections::HashMap<String, AttributeValue>> {
        let asked = self
            .client
            .query()
            .table_name("events")
            .index_name("gsi1")
            .key_condition_expression("gsi1pk = :shard AND gsi1sk >= :from")
            .expression_attribute_values(":shard", AttributeValue::S(shard))
            .expression_attribute_values(":from", AttributeValue::S(EventId::from_parts(from, 0).to_string()));
        asked.send().await.unwrap().items.unwrap_or_default()
    }
}

fn numbered(cast: &Cast, projects: impl Iterator<Item = (String, ProjectRole)>) -> BTreeMap<usize, ProjectRole> {
    projects.map(|(id, role)| (cast.projects.iter().position(|known| *known == id).unwrap(), role)).collect()
}
