//! To whom something goes: those whom the event names, and those who run the organization or the platform as it is told.

use std::collections::BTreeMap;

use domain::id::{OrganizationId, ProjectId, UserId};
use domain::notices::{Inbox, Notice, Recipient};
use domain::notification::NoticeKind;
use domain::{Email, Event, OrgRole, Result};

use crate::plan::Planning;

/// One recipient.
pub(crate) struct To {
    /// Where a mail goes.
    pub(crate) email: Email,
    /// Whose inbox a notice goes to, and whose choices count; none where nobody has the address.
    pub(crate) person: Option<UserId>,
}

/// Those who are told as what they are, read once for a message.
#[derive(Default)]
pub(crate) struct Groups {
    admins: BTreeMap<OrganizationId, Vec<(UserId, OrgRole)>>,
    superadmins: Option<Vec<UserId>>,
}

impl Planning<'_> {
    /// Everybody whom a notice reaches, as they are now.
    pub(crate) async fn recipients(&mut self, event: &Event, notice: &Notice) -> Result<Vec<To>> {
        let people = match &notice.to {
            Recipient::Person(user) => vec![*user],
            Recipient::Address(email) => return Ok(vec![self.at_address(event, notice, email)]),
            Recipient::AdminsOfOrganization => self.who_run(event, OrgRole::Admin).await?,
            Recipient::OwnersOfOrganization => self.who_run(event, OrgRole::Owner).await?,
            Recipient::AdminsOfProject(project) => self.who_run_project(event, *project).await?,
            Recipient::Superadmins => self.superadmins().await?,
        };
        let mut recipients = vec![];
        for user in people {
            let Some(person) = self.people.get(&user).filter(|person| notice.reaches(event, &person.user)) else {
                continue;
            };
            let email = person.user.email.clone();
            if self.is_worth_telling(event, notice, user).await? {
                recipients.push(To { email, person: Some(user) });
            }
        }
        Ok(recipients)
    }

    /// The address gets its mail whoever has it; an inbox only that of a person whom the notice reaches.
    fn at_address(&self, event: &Event, notice: &Notice, email: &Email) -> To {
        let person = match notice.inbox(event) {
            Inbox::Of(user) => Some(user),
            Inbox::OfAddress => self.addresses.get(&email.folded()).copied(),
            Inbox::None => None,
        };
        let reached = |user: &UserId| self.people.get(user).is_some_and(|one| notice.reaches(event, &one.user));
        To { email: email.clone(), person: person.filter(reached) }
    }

    /// A sign-in is told of only if it came from a new place.
    async fn is_worth_telling(&self, event: &Event, notice: &Notice, user: UserId) -> Result<bool> {
        match notice.kind {
            NoticeKind::NewSignIn => self.app.store.is_elsewhere(&self.granted, user, event).await,
            _ => Ok(true),
        }
    }

    /// Those who have that role in the event's organization, or a higher one.
    async fn who_run(&mut self, event: &Event, least: OrgRole) -> Result<Vec<UserId>> {
        let Some(organization) = event.organization else { return Ok(vec![]) };
        if !self.groups.admins.contains_key(&organization) {
            let admins = self.app.store.admins_told(&self.granted, organization).await?;
            self.groups.admins.insert(organization, admins);
        }
        let admins = self.groups.admins.get(&organization).into_iter().flatten();
        let people: Vec<UserId> = admins.filter(|(_, role)| *role >= least).map(|(user, _)| *user).collect();
        self.read(people.iter().copied()).await?;
        Ok(people)
    }

    /// Those who are admins of a team project of the event's organization.
    async fn who_run_project(&mut self, event: &Event, project: ProjectId) -> Result<Vec<UserId>> {
        let Some(organization) = event.organization else { return Ok(vec![]) };
        let people = self.app.store.project_admins_told(&self.granted, organization, project).await?;
        self.read(people.iter().copied()).await?;
        Ok(people)
    }

    async fn superadmins(&mut self) -> Result<Vec<UserId>> {
        let known = match self.groups.superadmins.take() {
            Some(known) => known,
            None => self.app.store.superadmins_told(&self.granted).await?,
        };
        self.groups.superadmins = Some(known.clone());
        self.read(known.iter().copied()).await?;
        Ok(known)
    }
}
