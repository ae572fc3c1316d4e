//! People with sessions, and organizations for them.

use std::collections::BTreeMap;

use api::{Secret, Token};
use domain::actor::SystemPart;
use domain::id::UserId;
use domain::import::ApplyRow;
use domain::metadata::Metadata;
use domain::name::DisplayName;
use domain::organization::{
    CreateOrganization, EditOrganization, ListOrganizations, Organization, Placement, Provision,
};
use domain::scope::{Own, Platform};
use domain::user::{Bootstrap, EditMe, ReadUsers, SetUserStatus, User};
use domain::{Actor, Email, OrgRole, Origin, Principal, Result};
use store::{Joiner, Made, NewPerson, PlannedJoin, SignIn};

use crate::portal::{Portal, mint, random};

/// Somebody who is signed in.
pub(crate) struct Person {
    pub(crate) id: UserId,
    pub(crate) email: Email,
    pub(crate) token: String,
}

fn actor(principal: Principal) -> Actor {
    Actor { principal, standing: None, origin: Origin::default() }
}

fn user(id: UserId, superadmin: bool) -> Actor {
    actor(Principal::User { id, email: "x@x.example".into(), superadmin, must_change_password: false })
}

fn part(part: SystemPart, place: &Organization) -> Actor {
    let standing = Some(place.standing(None, BTreeMap::new()));
    Actor { standing, ..actor(Principal::System { part, on_behalf_of: None }) }
}

impl Portal {
    /// A pooled organization that is in use.
    pub(crate) async fn organization(&self, name: &str) -> Organization {
        let asked = CreateOrganization {
            name: name.to_owned().try_into().unwrap(),
            slug: None,
            metadata: Metadata::default(),
            settings: Default::default(),
            placement: Placement::Pooled,
        };
        let granted = user(UserId::from_parts(1, 1), true).grant(asked, Platform).unwrap();
        let made = self.store.create_organization(&granted, None, &mut mint()).await.unwrap();
        let Made::Now(made) = made else { panic!("made before") };
        let granted = part(SystemPart::TenantLifecycle, &made).grant(Provision, made.id).unwrap();
        self.store.finish_provisioning(&granted, &made, &mut mint()).await.unwrap()
    }

    /// An organization as the registry has it now.
    pub(crate) async fn registered(&self, place: &Organization) -> Organization {
        let granted = user(UserId::from_parts(1, 1), true)
            .grant(ListOrganizations { name_prefix: None, status: None }, Platform)
            .unwrap();
        let all = self.store.list_organizations(&granted, None, 100).await.unwrap().items;
        all.into_iter().find(|one| one.id == place.id).unwrap()
    }

    /// An edit by a superadmin who read the organization as it is given.
    pub(crate) async fn edit(&self, read: &Organization, edit: EditOrganization) -> Result<Organization> {
        let standing = Some(read.standing(None, BTreeMap::new()));
        let root = Actor { standing, ..user(UserId::from_parts(1, 1), true) };
        let granted = root.grant(edit, read.id).unwrap();
        self.store.edit_organization(&granted, read, &mut mint()).await
    }

    /// Somebody new who belongs there, signed in.
    pub(crate) async fn person(&self, place: &Organization, name: &str, role: OrgRole) -> Person {
        let email: Email = format!("{name}@{}.example", place.slug).parse().unwrap();
        let person = NewPerson {
            id: mint().id(),
            email: email.clone(),
            display_name: DisplayName::try_from(name.to_owned()).unwrap(),
            password: "none".into(),
            password_until: None,
            must_confirm: false,
        };
        let joiner = Joiner::New { person: Box::new(person), made_here: true };
        let join = PlannedJoin { row: 2, mark: format!("{name} {}", place.id), role, joiner };
        let granted = part(SystemPart::Importer, place).grant(ApplyRow { role }, place.id).unwrap();
        self.store.apply_rows(&granted, &[join], &mut mint()).await.unwrap();
        self.signed_in(email).await
    }

    pub(crate) async fn superadmin(&self) -> Person {
        let home = self.organization("Operators").await;
        let person = self.person(&home, "root", OrgRole::Member).await;
        let granted = actor(Principal::Operator).grant(Bootstrap, Platform).unwrap();
        self.store.set_superadmin(&granted, &person.email, true, &mut mint()).await.unwrap();
        person
    }

    async fn signed_in(&self, email: Email) -> Person {
        let login = self.store.login(&email).await.unwrap().unwrap();
        let (id, secret) = (login.user, Secret::from_bytes(random()));
        let asked = SignIn { email: email.clone(), login, secret: secret.hashed(), address: String::new() };
        let session = self.store.sign_in(&user(id, false), asked, &mut mint()).await.unwrap();
        Person { id, email, token: Token::new(id, session.id, secret).text() }
    }

    pub(crate) async fn account(&self, person: &Person) -> User {
        let granted = user(UserId::from_parts(1, 1), true).grant(ReadUsers, Platform).unwrap();
        self.store.read_user(&granted, person.id).await.unwrap()
    }

    pub(crate) async fn suspend(&self, person: &Person) {
        let asked = SetUserStatus { user: person.id, suspended: true };
        let granted = user(UserId::from_parts(1, 1), true).grant(asked, Platform).unwrap();
        self.store.set_user_status(&granted, &mut mint()).await.unwrap();
    }

    /// Renames somebody whose account was read as it is given.
    pub(crate) async fn rename(&self, read: &User, name: &str) -> Result<User> {
        let display_name = DisplayName::try_from(name.to_owned()).unwrap();
        let granted = user(read.id, false).grant(EditMe { version: read.version, display_name }, Own).unwrap();
        self.store.edit_me(&granted, read, &mut mint()).await
    }
}
