//! Organizations with something of every kind in them.

use std::collections::BTreeMap;

use blobs::Body;
use domain::actor::SystemPart;
use domain::change::Target;
use domain::delivery::{Names, SendNotices};
use domain::home::InHome;
use domain::id::{Agent, OrganizationId, ProjectId, ProviderId, ServiceAccountId, UseCase, UserId};
use domain::import::ApplyRow;
use domain::inbox::{CountUnread, EditChoices, EditOrganizationDefaults, InboxNotice, MarkRead};
use domain::invitation::{Invite, Inviter, RevokeInvitation};
use domain::metadata::Metadata;
use domain::name::DisplayName;
use domain::notification::NoticeKind;
use domain::notification_choices::ChoicePatch;
use domain::organization::{CreateOrganization, EditOrganization, MoveOrganization, Organization, Placement};
use domain::project::{CreateProject, DeleteProject, Project, Register};
use domain::provider::{AssignProvider, CreateProvider, DeleteProvider, EditModelChoices, ProviderType, TypeSettings};
use domain::scope::{Own, Platform};
use domain::service_account::{CreateApiToken, CreateServiceAccount, ServiceRoles};
use domain::settings::SettingsPatch;
use domain::{Actor, Event, EventKind, OrgRole, OrgScope, Origin, Patch, PlatformScope, Principal, Result};
use store::{Joiner, Made, NewPerson, PlannedJoin, RegisteredKind};
use vault::Secret;

use crate::stack::{Stack, mint};

pub(crate) fn superadmin(organization: Option<&Organization>) -> Actor {
    let id = UserId::from_parts(1, 1);
    let principal =
        Principal::User { id, email: "root@x.example".into(), superadmin: true, must_change_password: false };
    let standing = organization.map(|organization| organization.standing(None, BTreeMap::new()));
    Actor { principal, standing, origin: Origin::default() }
}

fn as_user(id: UserId) -> Actor {
    let principal = Principal::User { id, email: "a@x.example".into(), superadmin: false, must_change_password: false };
    Actor { principal, standing: None, origin: Origin::default() }
}

/// A tenant and what was put into it.
pub(crate) struct Tenant {
    pub(crate) organization: Organization,
    pub(crate) people: Vec<UserId>,
    /// A service account with a token.
    pub(crate) program: ServiceAccountId,
    /// One of the platform's that it uses.
    pub(crate) provider: ProviderId,
    /// A data key of its encryption key, as it lies beside what it sealed.
    pub(crate) wrapped: String,
}

impl Tenant {
    pub(crate) fn id(&self) -> OrganizationId {
        self.organization.id
    }
}

fn made<T>(made: Made<T>) -> T {
    match made {
        Made::Now(made) => made,
        Made::Before(_) => panic!("made before"),
    }
}

impl Stack {
    /// Acknowledged, and nothing more.
    pub(crate) async fn begun(&self, name: &str, placement: Placement) -> Organization {
        let asked = CreateOrganization {
            name: name.to_owned().try_into().unwrap(),
            slug: None,
            metadata: Metadata::default(),
            settings: Default::default(),
            placement,
        };
        let granted = superadmin(None).grant(asked, Platform).unwrap();
        made(self.direct.store.create_organization(&granted, None, &mut mint()).await.unwrap())
    }

    pub(crate) async fn tenant(&self, name: &str, placement: Placement) -> Tenant {
        let begun = self.begun(name, placement).await;
        let organization = self.direct.provision(&begun, &mut mint()).await.unwrap();
        let (kept, gone) = (self.project(&organization, "Kept").await, self.project(&organization, "Gone").await);
        let (kept, gone) = (kept.unwrap().id, gone.unwrap().id);
        for project in [organization.default_project, kept, gone] {
            self.register::<UseCase>(&organization, project).await.unwrap();
            self.register::<Agent>(&organization, project).await.unwrap();
        }
        let granted = superadmin(Some(&organization)).grant(DeleteProject { project: gone }, organization.id).unwrap();
        self.direct.store.delete_project(&granted, &mut mint()).await.unwrap();
        let people = vec![self.joined(&organization, "ann").await, self.joined(&organization, "bob").await];
        let program = self.program(&organization).await;
        self.invited(&organization).await;
        self.limited(&organization).await;
        let (organization, provider) = self.provided(&organization).await;
        self.told(&organization, &people).await;
        let wrapped = self.secrets_of(organization.id).await;
        Tenant { organization, people, program, provider, wrapped }
    }

    async fn secrets_of(&self, id: OrganizationId) -> String {
        let path = format!("orgs/{id}/providers/prv_1");
        self.direct.vault.secret_once(&path, Secret::new(b"key".to_vec())).await.unwrap_or_else(|why| panic!("{why}"));
        let body = Body::Bytes(b"report".to_vec());
        self.direct.blobs.put(&format!("orgs/{id}/reports/1.txt"), body, "text/plain").await.unwrap();
        self.direct.vault.data_key(&id.to_string()).await.unwrap_or_else(|why| panic!("{why}")).wrapped
    }

    /// A provider of its own, one of the platform's that has it on its list and is its default, and what its admins chose.
    async fn provided(&self, place: &Organization) -> (Organization, ProviderId) {
        let store = &self.direct.store;
        let asked = |name: &str| CreateProvider {
            name: name.to_owned().try_into().unwrap(),
            kind: ProviderType::Openai,
            base_url: None,
            settings: TypeSettings::default(),
            models: BTreeMap::new(),
            with_catalogue: true,
            assignment: None,
        };
        let own = InHome::<OrgScope, _>::new(asked("Own"));
        let granted = superadmin(Some(place)).grant(own, place.id).unwrap();
        made(store.create_provider(&granted, None, &mut mint()).await.unwrap());
        let global = InHome::<PlatformScope, _>::new(asked(&mint().id::<domain::id::Provider>().to_string()));
        let granted = superadmin(None).grant(global, Platform).unwrap();
        let id = made(store.create_provider(&granted, None, &mut mint()).await.unwrap()).id;
        let assign = AssignProvider { id, organization: place.id, listed: true };
        let granted = superadmin(None).grant(assign, Platform).unwrap();
        assert!(store.assign_provider(&granted, &mut mint()).await.unwrap());
        let settings = SettingsPatch { default_provider: Patch::Set(id), ..SettingsPatch::default() };
        let edit = EditOrganization { version: place.version, settings: Patch::Set(settings), ..Default::default() };
        let granted = superadmin(Some(place)).grant(edit, place.id).unwrap();
        let edited = store.edit_organization(&granted, place, &mut mint()).await.unwrap();
        let chosen = EditModelChoices { providers: Patch::Set([(id, false)].into()), ..Default::default() };
        let granted = superadmin(Some(place)).grant(chosen, place.id).unwrap();
        store.edit_model_choices(&granted, &mut mint()).await.unwrap();
        (edited, id)
    }

    /// Whether a provider of the platform can be deleted: nobody uses it.
    pub(crate) async fn is_unused(&self, id: ProviderId) -> bool {
        let store = &self.direct.store;
        let granted = superadmin(None).grant(InHome::<PlatformScope, _>::new(DeleteProvider { id }), Platform).unwrap();
        store.delete_provider(&granted, &mut mint()).await.is_ok()
    }

    /// Each was told of something, one of them read it; and the organization chose how.
    async fn told(&self, place: &Organization, people: &[UserId]) {
        let store = &self.direct.store;
        let principal = Principal::System { part: SystemPart::Notifier, on_behalf_of: None };
        let notifier = Actor { principal, standing: None, origin: Origin::default() };
        let granted = notifier.grant(SendNotices, Platform).unwrap();
        for mut person in store.people_told(&granted, people).await.unwrap() {
            let user = person.user.id;
            let target = Target::unnamed("user", user);
            let event = Event::of(&superadmin(Some(place)), &mut mint(), EventKind::MemberRemoved, target, vec![]);
            let names = Names { organization: Some(place.name.to_string()), project: None };
            let notice = InboxNotice::of(&event, NoticeKind::MembershipEnded, &names, &person.user).unwrap();
            store.put_notice(&granted, &notice, &mut person.inbox, mint().now()).await.unwrap();
            if user == people[1] {
                let read = as_user(user).grant(MarkRead { id: notice.id }, Own).unwrap();
                assert_eq!(store.mark_read(&read, mint().now()).await.unwrap(), 0);
            }
        }
        let patch = [(NoticeKind::Joined, Patch::Set(ChoicePatch { email: Patch::Set(false), ..Default::default() }))];
        let asked = EditOrganizationDefaults(EditChoices { version: 0, patch: patch.into() });
        let granted = superadmin(Some(place)).grant(asked, place.id).unwrap();
        store.edit_organization_defaults(&granted, place.name.as_str(), &mut mint()).await.unwrap();
    }

    /// How much that person has not read.
    pub(crate) async fn unread(&self, user: UserId) -> u64 {
        let granted = as_user(user).grant(CountUnread, Own).unwrap();
        self.direct.store.count_unread(&granted, mint().now()).await.unwrap()
    }

    /// More than one read of the purge takes; the first is over, and its e-mail claimed by nobody.
    async fn invited(&self, place: &Organization) {
        for number in 0..30 {
            let email = "root@x.example".parse().unwrap();
            let inviter =
                Inviter::Person { user: UserId::from_parts(1, 1), email, display_name: DisplayName::default() };
            let email = format!("invited-{number}@{}.example", place.slug).parse().unwrap();
            let asked = Invite { email, role: OrgRole::Member, projects: BTreeMap::new(), inviter };
            let granted = superadmin(Some(place)).grant(asked, place.id).unwrap();
            let invitation = made(self.direct.store.invite(&granted, None, &mut mint()).await.unwrap());
            if number == 0 {
                let granted = superadmin(Some(place)).grant(RevokeInvitation { id: invitation.id }, place.id).unwrap();
                self.direct.store.revoke_invitation(&granted, &mut mint()).await.unwrap();
            }
        }
    }

    /// Whoever asked stood in the organization as it was then.
    pub(crate) async fn project(&self, then: &Organization, name: &str) -> Result<Project> {
        let asked = CreateProject {
            name: name.to_owned().try_into().unwrap(),
            description: Default::default(),
            models_allowed: vec![],
            default_model: None,
        };
        let granted = superadmin(Some(then)).grant(asked, then.id)?;
        self.direct.store.create_project(&granted, None, &mut mint()).await.map(made)
    }

    async fn program(&self, place: &Organization) -> ServiceAccountId {
        let name = || "Robot".to_owned().try_into().unwrap();
        let roles = ServiceRoles { role: OrgRole::Admin, projects: BTreeMap::new() };
        let asked = InHome::<OrgScope, _>::new(CreateServiceAccount { name: name(), roles });
        let granted = superadmin(Some(place)).grant(asked, place.id).unwrap();
        let account = made(self.direct.store.create_service_account(&granted, None, &mut mint()).await.unwrap()).id;
        let asked = InHome::<OrgScope, _>::new(CreateApiToken { account, name: name(), expires_at: None });
        let granted = superadmin(Some(place)).grant(asked, place.id).unwrap();
        self.direct.store.create_api_token(&granted, "hash", None, &mut mint()).await.unwrap();
        account
    }

    pub(crate) async fn register<K: RegisteredKind>(&self, then: &Organization, project: ProjectId) -> Result<()> {
        let asked = Register { name: "Summary".to_owned().try_into().unwrap() };
        let granted = superadmin(Some(then)).grant(asked, (then.id, project))?;
        self.direct.store.register::<K>(&granted, None, &mut mint()).await.map(|_| ())
    }

    pub(crate) async fn joined(&self, place: &Organization, name: &str) -> UserId {
        let (role, id) = (OrgRole::Owner, mint().id());
        let person = NewPerson {
            id,
            email: format!("{name}@{}.example", place.slug).parse().unwrap(),
            display_name: DisplayName::try_from(name.to_owned()).unwrap(),
            password: "none".into(),
            password_until: None,
            must_confirm: false,
        };
        let joiner = Joiner::New { person: Box::new(person), made_here: true };
        let join = PlannedJoin { row: 2, mark: format!("{name} {}", place.id), role, joiner };
        let principal = Principal::System { part: SystemPart::Importer, on_behalf_of: None };
        let standing = Some(place.standing(None, BTreeMap::new()));
        let importer = Actor { principal, standing, origin: Origin::default() };
        let granted = importer.grant(ApplyRow { role }, place.id).unwrap();
        self.direct.store.apply_rows(&granted, &[join], &mut mint()).await.unwrap();
        id
    }

    /// One step of an organization's life, taken by the superadmin.
    pub(crate) async fn step(&self, before: &Organization, step: MoveOrganization) -> Result<Organization> {
        let granted = superadmin(Some(before)).grant(step, before.id)?;
        self.direct.store.move_organization(&granted, before, &mut mint()).await
    }

    pub(crate) async fn delete(&self, tenant: &Tenant) -> Organization {
        let confirm = tenant.organization.name.to_string();
        self.step(&tenant.organization, MoveOrganization::Delete { confirm }).await.unwrap()
    }
}
