use super::*;
use crate::action::Needs;
use crate::decide::{Place, Verdict, decide};
use crate::organization::{Placement, Status};
use crate::role::Source;
use crate::{Action, Actor, Origin, Patch, Principal, Standing};

fn manual(role: ProjectRole) -> ProjectGrant {
    ProjectGrant { role, source: Source::Manual }
}

fn org() -> OrganizationId {
    OrganizationId::from_parts(1, 1)
}

fn team() -> ProjectId {
    ProjectId::from_parts(1, 2)
}

fn place() -> Place {
    Place::Project(org(), team())
}

fn program(runtime: bool, role: Option<OrgRole>, status: Status) -> Actor {
    let standing = Standing {
        organization: org(),
        status,
        placement: Placement::Pooled,
        default_project: ProjectId::from_parts(1, 1),
        role,
        projects: BTreeMap::new(),
    };
    let principal =
        Principal::ServiceAccount { id: ServiceAccountId::from_parts(1, 9), name: "robot".to_owned(), runtime };
    Actor { principal, standing: Some(standing), origin: Origin::default() }
}

fn person(role: OrgRole, status: Status) -> Actor {
    let id = crate::id::UserId::from_parts(1, 9);
    let principal = Principal::User { id, email: "a@b.co".into(), superadmin: false, must_change_password: false };
    Actor { principal, ..program(false, Some(role), status) }
}

#[test]
fn an_organizations_account_may_what_a_person_of_its_role_may_there_and_nothing_of_a_persons_own() {
    for role in OrgRole::ALL {
        for status in Status::ALL {
            for action in Action::ALL {
                let (program, person) = (program(false, Some(role), status), person(role, status));
                assert_eq!(decide(&program, action, place()), decide(&person, action, place()), "{role} {action:?}");
                let own = decide(&program, action, Place::Own) == Verdict::Allow;
                assert_eq!(own, action == Action::KnowOneself, "{action:?}");
                assert_ne!(decide(&program, action, Place::Platform), Verdict::Allow, "{action:?}");
            }
        }
    }
}

#[test]
fn an_organizations_account_learns_nothing_of_another_organization() {
    for action in Action::ALL {
        let elsewhere = Place::Organization(OrganizationId::from_parts(1, 7));
        let owner = program(false, Some(OrgRole::Owner), Status::Active);
        assert_eq!(decide(&owner, action, elsewhere), Verdict::Conceal, "{action:?}");
        let stranger = program(false, None, Status::Active);
        assert_eq!(decide(&stranger, action, place()), Verdict::Conceal, "{action:?}");
    }
}

#[test]
fn a_platforms_account_does_what_the_runtime_does_in_every_organization_in_use_and_nothing_else() {
    for action in Action::ALL {
        let runtime = program(true, None, Status::Active);
        let allowed = decide(&runtime, action, place()) == Verdict::Allow;
        let is_runtimes = matches!(
            action,
            Action::BuildInProject | Action::ReserveQuota | Action::LeaseCredential | Action::SettleQuota
        );
        assert_eq!(allowed, is_runtimes, "{action:?}");
        assert_ne!(decide(&runtime, action, Place::Platform), Verdict::Allow, "{action:?}");
        let own = decide(&runtime, action, Place::Own) == Verdict::Allow;
        assert_eq!(own, action == Action::KnowOneself, "{action:?}");
        // What was spent is recorded whatever became of the organization; see the decision's own tests.
        let is_out = |status: &Status| *status != Status::Active && action != Action::SettleQuota;
        for status in Status::ALL.into_iter().filter(is_out) {
            assert_ne!(decide(&program(true, None, status), action, place()), Verdict::Allow, "{action:?} {status:?}");
        }
        let nowhere = Actor { standing: None, ..runtime };
        assert_eq!(decide(&nowhere, action, place()), Verdict::Conceal, "{action:?}");
    }
}

#[test]
fn nobody_below_an_owner_looks_after_service_accounts() {
    assert_eq!(Action::ManageServiceAccounts.needs(), Needs::Organization(OrgRole::Owner));
    assert_eq!(Action::ManagePlatformServiceAccounts.needs(), Needs::Superadmin);
}

#[test]
fn a_patch_of_roles_changes_the_named_projects_alone() {
    let (kept, gone, new) = (team(), ProjectId::from_parts(1, 3), ProjectId::from_parts(1, 4));
    let projects = [(kept, manual(ProjectRole::Viewer)), (gone, manual(ProjectRole::Admin))].into();
    let before = Belongs::Organization { organization: org(), role: OrgRole::Member, projects };
    let changed = [(gone, None), (new, Some(ProjectRole::Builder))].into();
    let after = RolesPatch { role: None, projects: Patch::Set(changed) }.over(&before);
    let wanted = BTreeMap::from([(kept, ProjectRole::Viewer), (new, ProjectRole::Builder)]);
    assert_eq!((after.projects(), after.role()), (wanted, Some(OrgRole::Member)));
    assert_eq!(after.newly_in(Some(&before)).unwrap(), [new]);
    let cleared = RolesPatch { role: Some(OrgRole::Admin), projects: Patch::Clear }.over(&before);
    assert_eq!((cleared.projects(), cleared.role()), (BTreeMap::new(), Some(OrgRole::Admin)));
    assert_eq!(RolesPatch { role: Some(OrgRole::Owner), ..Default::default() }.over(&Belongs::Platform).role(), None);
}

#[test]
fn a_token_ends_at_its_end_and_is_touched_once_a_minute() {
    let minute = |n: u64| Timestamp::from_millis(n * 60_000);
    let token = |expires_at, last_used_at| ApiToken {
        id: ApiTokenId::from_parts(1, 1),
        account: ServiceAccountId::from_parts(1, 9),
        name: "ci".to_owned().try_into().unwrap(),
        created_at: minute(0),
        created_by: "usr".to_owned(),
        expires_at,
        last_used_at,
    };
    assert!(token(Some(minute(5)), None).is_live(minute(4)) && !token(Some(minute(5)), None).is_live(minute(5)));
    assert!(token(None, None).is_live(minute(1 << 20)));
    assert!(token(None, None).is_to_be_touched(minute(1)) && token(None, Some(minute(1))).is_to_be_touched(minute(2)));
    assert!(!token(None, Some(minute(1))).is_to_be_touched(Timestamp::from_millis(119_999)));
}
