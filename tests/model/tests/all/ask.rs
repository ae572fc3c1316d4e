//! From a command to its request.

use axum::body::Body;
use http::{Method, Request};
use links::Link as LinkOf;
use model::command::Edit;
use model::{Command, Link, Model, Who};
use serde_json::{Value, json};

use crate::cast::Cast;
use crate::world::World;

/// A request, which can be sent again.
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
    pub(crate) bearer: Option<String>,
    pub(crate) version: Option<u64>,
    /// The `Idempotency-Key`.
    pub(crate) key: Option<String>,
}

impl Ask {
    fn of(method: Method, path: String) -> Self {
        Self { method, path, body: None, bearer: None, version: None, key: None }
    }

    fn body(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }

    fn on(self, version: u64, stale: bool) -> Self {
        Self { version: Some(if stale { version + 7 } else { version }), ..self }
    }

    /// With a key of its own.
    fn once(self, number: u64) -> Self {
        Self { key: Some(format!("step {number}")), ..self }
    }

    pub(crate) fn request(&self) -> Request<Body> {
        let mut request = Request::builder().method(self.method.clone()).uri(&self.path);
        if let Some(bearer) = &self.bearer {
            request = request.header("authorization", format!("Bearer {bearer}"));
        }
        if let Some(version) = self.version {
            request = request.header("if-match", format!("\"{version}\""));
        }
        if let Some(key) = &self.key {
            request = request.header("idempotency-key", key);
        }
        let body = match &self.body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        request.body(body).unwrap()
    }
}

/// Everything that a request is made from.
pub(crate) struct Asking<'a> {
    pub(crate) world: &'a World,
    pub(crate) cast: &'a mut Cast,
    pub(crate) model: &'a Model,
}

impl Asking<'_> {
    /// The request of a command that the model has an answer for.
    pub(crate) async fn ask(&mut self, command: &Command) -> Ask {
        let (by, ask) = match *command {
            Command::LookUp { invitation, link } | Command::AcceptOwn { invitation, link } => {
                self.of_link(command, invitation, link).await
            }
            Command::Accept { invitation, link, .. } => self.of_link(command, invitation, link).await,
            Command::CreateOrganization { .. }
            | Command::ReadOrganization { .. }
            | Command::AddMember { .. }
            | Command::ChangeRole { .. }
            | Command::Remove { .. }
            | Command::Suspend { .. }
            | Command::Reactivate { .. } => self.of_members(command),
            Command::Invite { .. } | Command::Resend { .. } | Command::Revoke { .. } | Command::CopyLink { .. } => {
                self.of_invitations(command)
            }
            Command::CreateProject { .. }
            | Command::DeleteProject { .. }
            | Command::SetProjectMember { .. }
            | Command::RemoveProjectMember { .. } => self.of_projects(command),
            _ => self.of_programs(command),
        };
        Ask { bearer: self.bearer(by).await, ..ask }
    }

    async fn bearer(&mut self, by: Who) -> Option<String> {
        // Of the right shape, and nobody's.
        let none = || Some("ses".to_owned());
        match by {
            Who::Nobody => None,
            Who::Person(pick) => {
                let person = self.model.person(pick);
                match self.model.signs_in(person) {
                    true => Some(self.cast.session(self.world, person).await),
                    false => none(),
                }
            }
            Who::Ended(pick) => self.cast.ended(self.model.person(pick)).or_else(none),
            Who::Program(_) | Who::Revoked(_) if self.cast.programs.is_empty() => none(),
            Who::Program(pick) => {
                let program = pick % self.cast.programs.len();
                let tokens = &self.cast.programs[program].tokens;
                // Of one that is gone: any of those that it had.
                let shown = self.model.token_of(program).and_then(|token| tokens[token].1.clone());
                shown.or_else(|| tokens.iter().find_map(|token| token.1.clone())).or_else(none)
            }
            Who::Revoked(pick) => {
                let program = pick % self.cast.programs.len();
                let holds = &self.model.programs[program].tokens;
                let ended = self.cast.programs[program].tokens.iter().zip(holds).find(|(_, holds)| !**holds);
                ended.and_then(|((_, text), _)| text.clone()).or_else(none)
            }
        }
    }

    pub(crate) fn at(&self, org: usize) -> String {
        format!("/v1/organizations/{}", self.cast.organizations[org].id)
    }

    /// An id that is nobody's where there is no account.
    fn id(&self, person: usize) -> String {
        self.cast.ids[person].map_or_else(|| "usr_00000000000000000000000001".to_owned(), |id| id.to_string())
    }

    fn of_members(&self, command: &Command) -> (Who, Ask) {
        let model = self.model;
        let member = |org: usize, person: usize| format!("{}/members/{}", self.at(org), self.id(person));
        let status = |person: usize, step: &str| {
            let path = format!("/v1/users/{}/{step}", self.id(model.person(person)));
            Ask::of(Method::POST, path)
        };
        match *command {
            Command::CreateOrganization { by } => {
                let body = json!({ "name": format!("Made {}", model.now), "placement": "pooled" });
                (by, Ask::of(Method::POST, "/v1/organizations".to_owned()).body(body).once(model.now))
            }
            Command::ReadOrganization { by, org } => (by, Ask::of(Method::GET, self.at(model.org(org)))),
            Command::AddMember { by, org, person, role } => {
                let person = model.person(person);
                let body = match (person % 2, self.cast.ids[person]) {
                    (0, Some(id)) => json!({ "user_id": id, "role": role }),
                    _ => json!({ "email": self.cast.emails[person], "role": role }),
                };
                let path = format!("{}/members", self.at(model.org(org)));
                (by, Ask::of(Method::POST, path).body(body).once(model.now))
            }
            Command::ChangeRole { by, org, person, role, stale } => {
                let (org, person) = (model.org(org), model.person(person));
                let version = model.organizations[org].get(&person).map_or(1, |member| member.version);
                let ask = Ask::of(Method::PATCH, member(org, person)).body(json!({ "role": role }));
                (by, ask.on(version, stale))
            }
            Command::Remove { by, org, person } => {
                (by, Ask::of(Method::DELETE, member(model.org(org), model.person(person))))
            }
            Command::Suspend { by, person } => (by, status(person, "suspend")),
            Command::Reactivate { by, person } => (by, status(person, "reactivate")),
            _ => unreachable!(),
        }
    }

    fn invitation(&self, pick: usize, step: &str) -> Ask {
        let number = self.model.latest(pick);
        let org = self.at(self.model.invitations[number].org);
        Ask::of(Method::POST, format!("{org}/invitations/{}/{step}", self.cast.invitations[number]))
    }

    /// Roles in one project, if one is named.
    fn projects(&self, project: Option<(usize, domain::ProjectRole)>) -> Value {
        let Some((pick, role)) = project else { return json!({}) };
        json!({ (self.cast.projects[pick % self.cast.projects.len()].clone()): role })
    }

    fn of_invitations(&self, command: &Command) -> (Who, Ask) {
        match *command {
            Command::Invite { by, org, person, role, project } => {
                let email = &self.cast.emails[self.model.person(person)];
                let body = json!({ "email": email, "role": role, "projects": self.projects(project) });
                let path = format!("{}/invitations", self.at(self.model.org(org)));
                (by, Ask::of(Method::POST, path).body(body).once(self.model.now))
            }
            Command::Resend { by, invitation } => (by, self.invitation(invitation, "resend").once(self.model.now)),
            Command::Revoke { by, invitation } => (by, self.invitation(invitation, "revoke")),
            Command::CopyLink { by, invitation } => (by, self.invitation(invitation, "link")),
            _ => unreachable!(),
        }
    }

    async fn of_link(&self, command: &Command, pick: usize, link: Link) -> (Who, Ask) {
        let number = self.model.latest(pick);
        let invitation = &self.model.invitations[number];
        let version = match link {
            Link::Earlier if invitation.link > 1 => invitation.link - 1,
            Link::Earlier | Link::Latest => invitation.link,
        };
        let organization = self.cast.organizations[invitation.org].id;
        let link = LinkOf::Invitation { organization, invitation: self.cast.invitations[number].parse().unwrap() };
        let token = self.world.key.get().await.unwrap().token(link, version).text();
        let accept = |by| {
            let body = json!({ "token": token, "display_name": "New", "password": "velvet-Orchard-31" });
            (by, Ask::of(Method::POST, "/v1/invitations/accept".to_owned()).body(body))
        };
        match *command {
            Command::Accept { by, .. } => accept(by),
            Command::AcceptOwn { .. } => accept(Who::Person(invitation.person)),
            _ => {
                let path = "/v1/invitations/look-up".to_owned();
                (Who::Nobody, Ask::of(Method::POST, path).body(json!({ "token": token })))
            }
        }
    }

    fn of_projects(&self, command: &Command) -> (Who, Ask) {
        let project = |pick: usize| {
            let number = pick % self.model.projects.len();
            let org = self.at(self.model.projects[number].org);
            format!("{org}/projects/{}", self.cast.projects[number])
        };
        let member = |pick, person| format!("{}/members/{}", project(pick), self.id(self.model.person(person)));
        match *command {
            Command::CreateProject { by, org, name } => {
                let path = format!("{}/projects", self.at(self.model.org(org)));
                let body = json!({ "name": format!("Project {name}") });
                (by, Ask::of(Method::POST, path).body(body).once(self.model.now))
            }
            Command::DeleteProject { by, project: pick } => (by, Ask::of(Method::DELETE, project(pick))),
            Command::SetProjectMember { by, project: pick, person, role } => {
                (by, Ask::of(Method::PUT, member(pick, person)).body(json!({ "role": role })))
            }
            Command::RemoveProjectMember { by, project: pick, person } => {
                (by, Ask::of(Method::DELETE, member(pick, person)))
            }
            _ => unreachable!(),
        }
    }

    fn of_programs(&self, command: &Command) -> (Who, Ask) {
        let number = |pick: usize| pick % self.model.programs.len();
        let at = |pick: usize| {
            let number = number(pick);
            let org = self.at(self.model.programs[number].org);
            format!("{org}/service-accounts/{}", self.cast.programs[number].id)
        };
        match *command {
            Command::CreateProgram { by, org, role, project } => {
                let path = format!("{}/service-accounts", self.at(self.model.org(org)));
                let body = json!({ "name": "Robot", "role": role, "projects": self.projects(project) });
                (by, Ask::of(Method::POST, path).body(body).once(self.model.now))
            }
            Command::EditProgram { by, program, edit, stale } => {
                let body = match edit {
                    Edit::Suspend => json!({ "suspended": true }),
                    Edit::Resume => json!({ "suspended": false }),
                    Edit::Role(role) => json!({ "role": role }),
                };
                let version = self.model.programs[number(program)].version;
                (by, Ask::of(Method::PATCH, at(program)).body(body).on(version, stale))
            }
            Command::DeleteProgram { by, program } => (by, Ask::of(Method::DELETE, at(program))),
            Command::CreateToken { by, program } => {
                let path = format!("{}/tokens", at(program));
                (by, Ask::of(Method::POST, path).body(json!({ "name": "Key" })).once(self.model.now))
            }
            Command::RevokeToken { by, program, token } => {
                let tokens = &self.cast.programs[number(program)].tokens;
                (by, Ask::of(Method::DELETE, format!("{}/tokens/{}", at(program), tokens[token % tokens.len()].0)))
            }
            _ => unreachable!(),
        }
    }
}
