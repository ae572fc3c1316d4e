//! People to sign in as.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::actor::SystemPart;
use domain::audit::ReadPlatformAudit;
use domain::granted::Command;
use domain::id::UserId;
use domain::import::ApplyRow;
use domain::metadata::Metadata;
use domain::name::DisplayName;
use domain::organization::{CreateOrganization, Organization, Placement, Provision};
use domain::scope::Platform;
use domain::user::Bootstrap;
use domain::{Actor, Event, EventKind, Granted, Mint, OrgRole, Origin, PlatformScope, Principal, Timestamp};
use links::{HeldKey, Link};
use serde_json::json;
use store::{EventFilter, Joiner, Made, NewPerson, OneTimePassword, PlannedJoin};
use vault::Secret;

use crate::portal::{Answer, Ask, Portal, now, random};

pub(crate) const ROOT: &str = "root@portal.example";
pub(crate) const ANN: &str = "Ann@Acme.example";
pub(crate) const FIRST: &str = "kx7m-w2pd-first-password";
pub(crate) const PASSWORD: &str = "velvet-Orchard-31";
pub(crate) const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

fn actor(principal: Principal) -> Actor {
    Actor { principal, standing: None, origin: Origin::default() }
}

fn granted<C: Command<Scope = PlatformScope>>(command: C, principal: Principal) -> Granted<C> {
    actor(principal).grant(command, Platform).unwrap()
}

fn superadmin() -> Principal {
    let id = UserId::from_parts(1, 1);
    Principal::User { id, email: ROOT.to_owned(), superadmin: true, must_change_password: false }
}

fn one_time(email: &str, password: &str) -> OneTimePassword {
    let hash = ::passwords::hash_chosen(password, [1; 16]).into();
    OneTimePassword { email: email.parse().unwrap(), password: hash, password_until: now().plus(WEEK) }
}

fn mint() -> Mint {
    Mint::new(now(), random())
}

impl Portal {
    /// The first superadmin, who has to change [`FIRST`].
    pub(crate) async fn bootstrap(&self) {
        let asked = one_time(ROOT, FIRST);
        self.store.create_superadmin(&granted(Bootstrap, Principal::Operator), asked, &mut mint()).await.unwrap();
    }

    /// The operator gives a superadmin a new one-time password.
    pub(crate) async fn reset(&self, email: &str, password: &str) -> domain::Result<()> {
        let operator = granted(Bootstrap, Principal::Operator);
        self.store.reset_superadmin(&operator, one_time(email, password), &mut mint()).await
    }

    /// The operator makes somebody with an account a superadmin, or no longer one.
    pub(crate) async fn set_superadmin(&self, email: &str, superadmin: bool) {
        let operator = granted(Bootstrap, Principal::Operator);
        self.store.set_superadmin(&operator, &email.parse().unwrap(), superadmin, &mut mint()).await.unwrap();
    }

    /// The first superadmin, signed in with [`PASSWORD`].
    pub(crate) async fn superadmin(&self) -> String {
        self.bootstrap().await;
        let first = self.sign_in(ROOT, FIRST).await.expect(201).token();
        let change = json!({"current_password": FIRST, "new_password": PASSWORD});
        self.call(Ask::post("/v1/me/password", change).by(&first)).await.expect(204);
        first
    }

    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Answer {
        self.call(Ask::post("/v1/sessions", json!({"email": email, "password": password}))).await
    }

    /// Ann, who belongs to an organization and chose [`PASSWORD`].
    pub(crate) async fn ann(&self) {
        let hash = ::passwords::hash_chosen(PASSWORD, [2; 16]).into();
        self.member(&self.organization("Acme").await, ANN, hash, None).await;
    }

    /// Somebody with a temporary password that the system made.
    pub(crate) async fn newcomer(&self, email: &str, password: &str, until: Timestamp) {
        let fresh = Secret::new(random().to_vec());
        let secret = self.vault.secret_once("platform/keys/temporary-passwords", fresh).await;
        let secret = secret.unwrap_or_else(|fault| panic!("{fault}"));
        let keys = ::passwords::Keys::new(secret.expose()).unwrap_or_else(|fault| panic!("{fault}"));
        let hash = ::passwords::hash_temporary(password, &keys).into();
        self.member(&self.organization("New").await, email, hash, Some(until)).await;
    }

    pub(crate) async fn organization(&self, name: &str) -> Organization {
        let asked = CreateOrganization {
            name: name.to_owned().try_into().unwrap(),
            slug: None,
            metadata: Metadata::default(),
            settings: Default::default(),
            placement: Placement::Pooled,
        };
        let made = self.store.create_organization(&granted(asked, superadmin()), None, &mut mint()).await.unwrap();
        let Made::Now(made) = made else { panic!("made before") };
        let granted = self.part(SystemPart::TenantLifecycle, &made).grant(Provision, made.id).unwrap();
        self.store.finish_provisioning(&granted, &made, &mut mint()).await.unwrap()
    }

    fn part(&self, part: SystemPart, organization: &Organization) -> Actor {
        let standing = Some(organization.standing(None, BTreeMap::new()));
        Actor { standing, ..actor(Principal::System { part, on_behalf_of: None }) }
    }

    pub(crate) async fn member(&self, place: &Organization, email: &str, password: String, until: Option<Timestamp>) {
        self.joined(place, email, password, until, false).await;
    }

    /// Somebody who chose [`PASSWORD`] and has to confirm the e-mail first; the id.
    pub(crate) async fn waiting(&self, email: &str) -> UserId {
        let hash = ::passwords::hash_chosen(PASSWORD, [3; 16]).into();
        self.joined(&self.organization(&format!("Of {email}")).await, email, hash, None, true).await;
        self.id_of(email).await
    }

    pub(crate) async fn id_of(&self, email: &str) -> UserId {
        self.store.login(&email.parse().unwrap()).await.unwrap().unwrap().user
    }

    /// The token of a link, as the mail has it.
    pub(crate) async fn link(&self, link: Link, version: u64) -> String {
        HeldKey::new(self.vault.clone(), random).get().await.unwrap().token(link, version).text()
    }

    async fn joined(
        &self,
        place: &Organization,
        email: &str,
        password: String,
        until: Option<Timestamp>,
        must_confirm: bool,
    ) {
        let role = OrgRole::Member;
        let known = self.store.login(&email.parse().unwrap()).await.unwrap();
        let person = NewPerson {
            id: mint().id(),
            email: email.parse().unwrap(),
            display_name: DisplayName::try_from("Ann Lee".to_owned()).unwrap(),
            password,
            password_until: until,
            must_confirm,
        };
        let joiner = known.map_or_else(
            || Joiner::New { person: Box::new(person), made_here: true },
            |login| Joiner::Known(login.user),
        );
        let join = PlannedJoin { row: 2, mark: format!("{email} {}", place.id), role, joiner };
        let granted = self.part(SystemPart::Importer, place).grant(ApplyRow { role }, place.id).unwrap();
        self.store.apply_rows(&granted, &[join], &mut mint()).await.unwrap();
    }

    /// The audit log's records of one kind, newest first.
    pub(crate) async fn events(&self, action: EventKind) -> Vec<Event> {
        let filter = EventFilter { action: Some(action), ..EventFilter::default() };
        let granted = granted(ReadPlatformAudit, superadmin());
        self.store
            .list_all_events(&granted, &filter, None, 100, now().plus(Duration::from_secs(1)))
            .await
            .unwrap()
            .items
    }
}
