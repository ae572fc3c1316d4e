//! What the numbers of the model stand for: people with sessions, organizations, and what was made of them.

use std::collections::BTreeMap;

use api::{Secret, Token};
use domain::actor::SystemPart;
use domain::id::{OrganizationId, UserId};
use domain::import::ApplyRow;
use domain::invitation::OpenLink;
use domain::metadata::Metadata;
use domain::name::DisplayName;
use domain::organization::{CreateOrganization, Organization, Placement, Provision};
use domain::scope::Platform;
use domain::user::Bootstrap;
use domain::{Actor, Email, OrgRole, Origin, Principal};
use model::{Member, Model, Person};
use store::{Joiner, Made, NewPerson, PlannedJoin, SignIn};

use crate::world::{World, mint, now, random, set_clock};

/// A session is used for so long, and then another one is begun.
const FRESH: u64 = 3_600_000 * 6;
/// Two organizations of three, two people elsewhere, and three e-mails without an account.
const PLACES: [Option<(usize, OrgRole)>; 8] = [
    Some((0, OrgRole::Owner)),
    Some((0, OrgRole::Admin)),
    Some((0, OrgRole::Member)),
    Some((1, OrgRole::Owner)),
    Some((1, OrgRole::Admin)),
    Some((1, OrgRole::Member)),
    None,
    None,
];
const UNKNOWN: usize = 3;

/// A program and its tokens: id and text.
pub(crate) struct Robot {
    pub(crate) id: String,
    pub(crate) tokens: Vec<(String, Option<String>)>,
}

pub(crate) struct Cast {
    pub(crate) emails: Vec<Email>,
    pub(crate) ids: Vec<Option<UserId>>,
    pub(crate) organizations: Vec<Organization>,
    pub(crate) projects: Vec<String>,
    pub(crate) invitations: Vec<String>,
    pub(crate) programs: Vec<Robot>,
    /// Sessions, with when they began.
    sessions: Vec<Option<(String, u64)>>,
    ended: Vec<Option<String>>,
}

pub(crate) fn actor(principal: Principal) -> Actor {
    Actor { principal, standing: None, origin: Origin::default() }
}

pub(crate) fn superadmin() -> Actor {
    let (id, email) = (UserId::from_parts(1, 1), "x@x.example".into());
    actor(Principal::User { id, email, superadmin: true, must_change_password: false })
}

fn part(part: SystemPart, place: &Organization) -> Actor {
    let standing = Some(place.standing(None, BTreeMap::new()));
    Actor { standing, ..actor(Principal::System { part, on_behalf_of: None }) }
}

impl Cast {
    /// New people in new organizations, a day after the last ones, and what the model is to know of them.
    pub(crate) async fn new(world: &mut World) -> (Self, Model) {
        world.played += 1;
        let number = world.played;
        let start = now().millis() + 24 * 3_600_000;
        set_clock(start);
        let home = world.organization(&format!("Home {number}")).await;
        let organizations = vec![
            world.organization(&format!("Acme {number}")).await,
            world.organization(&format!("Beta {number}")).await,
        ];
        let known = |superadmin| Person { superadmin, account: true, suspended: false };
        let (mut people, mut emails, mut ids) = (vec![known(true)], vec![], vec![]);
        let root: Email = format!("root@{number}.example").parse().unwrap();
        ids.push(Some(world.join(&home, &root, OrgRole::Member).await));
        world.make_superadmin(&root).await;
        emails.push(root);
        let mut members = vec![BTreeMap::new(), BTreeMap::new()];
        for place in PLACES {
            let email: Email = format!("p{}@{number}.example", people.len()).parse().unwrap();
            let (org, role) = place.map_or((&home, OrgRole::Member), |(org, role)| (&organizations[org], role));
            ids.push(Some(world.join(org, &email, role).await));
            if let Some((org, role)) = place {
                members[org].insert(people.len(), Member { role, projects: BTreeMap::new(), version: 1 });
            }
            people.push(known(false));
            emails.push(email);
        }
        for unknown in 0..UNKNOWN {
            people.push(Person { superadmin: false, account: false, suspended: false });
            emails.push(format!("new{unknown}@{number}.example").parse().unwrap());
            ids.push(None);
        }
        let model = Model { now: start + 1_000, people, organizations: members, ..Model::default() };
        let (projects, invitations, programs) = (vec![], vec![], vec![]);
        let (sessions, ended) = (vec![None; emails.len()], vec![None; emails.len()]);
        (Self { emails, ids, organizations, projects, invitations, programs, sessions, ended }, model)
    }

    /// A session that holds, for who can have one.
    pub(crate) async fn session(&mut self, world: &World, person: usize) -> String {
        let since = now().millis();
        if let Some((token, begun)) = &self.sessions[person]
            && begun + FRESH > since
        {
            return token.clone();
        }
        let token = world.signed_in(&self.emails[person]).await;
        self.sessions[person] = Some((token.clone(), since));
        token
    }

    /// A session that was ended, if there is one.
    pub(crate) fn ended(&self, person: usize) -> Option<String> {
        self.ended[person].clone()
    }

    /// Somebody's session does not hold any more.
    pub(crate) fn end(&mut self, person: usize) {
        if let Some((token, _)) = self.sessions[person].take() {
            self.ended[person] = Some(token);
        }
    }
}

impl World {
    /// A pooled organization that is in use.
    async fn organization(&self, name: &str) -> Organization {
        let asked = CreateOrganization {
            name: name.to_owned().try_into().unwrap(),
            slug: None,
            metadata: Metadata::default(),
            settings: Default::default(),
            placement: Placement::Pooled,
        };
        let granted = superadmin().grant(asked, Platform).unwrap();
        let made = self.store.create_organization(&granted, None, &mut mint()).await.unwrap();
        let Made::Now(made) = made else { panic!("made before") };
        let granted = part(SystemPart::TenantLifecycle, &made).grant(Provision, made.id).unwrap();
        self.store.finish_provisioning(&granted, &made, &mut mint()).await.unwrap()
    }

    /// An organization that a route made.
    pub(crate) async fn registered(&self, id: &str) -> Organization {
        let system = actor(Principal::System { part: SystemPart::Invitations, on_behalf_of: None });
        let id: OrganizationId = id.parse().unwrap();
        let found = self.store.inviting_organization(&system.grant(OpenLink, Platform).unwrap(), id).await;
        found.unwrap().unwrap()
    }

    /// Somebody new, with a password that costs nothing to keep: it is never typed.
    async fn join(&self, place: &Organization, email: &Email, role: OrgRole) -> UserId {
        let id: UserId = mint().id();
        let person = NewPerson {
            id,
            email: email.clone(),
            display_name: DisplayName::try_from("Somebody".to_owned()).unwrap(),
            password: "none".into(),
            password_until: None,
            must_confirm: false,
        };
        let joiner = Joiner::New { person: Box::new(person), made_here: true };
        let join = PlannedJoin { row: 2, mark: format!("{email} {}", place.id), role, joiner };
        let granted = part(SystemPart::Importer, place).grant(ApplyRow { role }, place.id).unwrap();
        self.store.apply_rows(&granted, &[join], &mut mint()).await.unwrap();
        id
    }

    async fn make_superadmin(&self, email: &Email) {
        let granted = actor(Principal::Operator).grant(Bootstrap, Platform).unwrap();
        self.store.set_superadmin(&granted, email, true, &mut mint()).await.unwrap();
    }

    async fn signed_in(&self, email: &Email) -> String {
        let login = self.store.login(email).await.unwrap().unwrap();
        let (id, secret) = (login.user, Secret::from_bytes(random()));
        let asked = SignIn { email: email.clone(), login, secret: secret.hashed(), address: String::new() };
        let session = self.store.sign_in(&superadmin(), asked, &mut mint()).await.unwrap();
        Token::new(id, session.id, secret).text()
    }
}
