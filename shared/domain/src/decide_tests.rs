use std::collections::BTreeMap;

use super::*;
use crate::actor::SystemPart;
use crate::id::UserId;
use crate::organization::Placement;
use crate::{Origin, ProjectRole, Standing};

fn org() -> OrganizationId {
    OrganizationId::from_parts(1, 1)
}
fn default_project() -> ProjectId {
    ProjectId::from_parts(1, 1)
}
fn team() -> ProjectId {
    ProjectId::from_parts(1, 2)
}

fn person(superadmin: bool, role: Option<OrgRole>, in_team: Option<ProjectRole>, status: Status) -> Actor {
    let id = UserId::from_parts(1, 9);
    let projects: BTreeMap<_, _> = in_team.into_iter().map(|role| (team(), role)).collect();
    Actor {
        principal: Principal::User { id, email: "a@b.co".into(), superadmin, must_change_password: false },
        standing: Some(Standing {
            organization: org(),
            status,
            placement: Placement::Pooled,
            default_project: default_project(),
            role,
            projects,
        }),
        origin: Origin::default(),
    }
}

/// The table of the contract: which of (nobody's member, member, admin, owner, superadmin) may.
fn table(action: Action) -> [bool; 5] {
    match action.needs() {
        Needs::Superadmin => [false, false, false, false, true],
        Needs::Organization(OrgRole::Owner) => [false, false, false, true, true],
        Needs::Organization(OrgRole::Admin) => [false, false, true, true, true],
        Needs::Organization(OrgRole::Member) => [false, true, true, true, true],
        Needs::Project(_) => [false, false, false, true, true],
        Needs::ProjectOrOrganizationAdmin(_) => [false, false, true, true, true],
        Needs::SignedIn | Needs::SignedInAtFirst => [false, false, false, false, true],
        Needs::Runtime | Needs::System(_) | Needs::Operator => [false; 5],
    }
}

#[test]
fn each_action_is_allowed_to_exactly_the_roles_of_the_table() {
    let roles = [None, Some(OrgRole::Member), Some(OrgRole::Admin), Some(OrgRole::Owner)];
    for action in Action::ALL {
        let mut seen: Vec<bool> = roles
            .iter()
            .map(|role| {
                decide(&person(false, *role, None, Status::Active), action, Place::Project(org(), team()))
                    == Verdict::Allow
            })
            .collect();
        seen.push(
            decide(&person(true, None, None, Status::Active), action, Place::Project(org(), team())) == Verdict::Allow,
        );
        assert_eq!(seen, table(action), "{action:?}");
    }
}

#[test]
fn only_a_superadmin_acts_on_the_platform() {
    for action in Action::ALL {
        assert_ne!(
            decide(&person(false, Some(OrgRole::Owner), None, Status::Active), action, Place::Platform),
            Verdict::Allow,
            "{action:?}"
        );
        let allowed = decide(&person(true, None, None, Status::Active), action, Place::Platform) == Verdict::Allow;
        assert_eq!(allowed, action.needs() == Needs::Superadmin, "{action:?}");
    }
}

#[test]
fn a_stranger_learns_nothing_of_an_organization_whatever_its_state() {
    for status in Status::ALL {
        for action in Action::ALL {
            let stranger = person(false, None, None, status);
            assert_eq!(decide(&stranger, action, Place::Organization(org())), Verdict::Conceal, "{action:?}");
            let elsewhere = Place::Organization(OrganizationId::from_parts(1, 7));
            assert_eq!(decide(&person(true, None, None, status), action, elsewhere), Verdict::Conceal);
        }
    }
}

#[test]
fn members_are_kept_out_of_an_organization_that_is_not_active_but_owners_may_call_its_deletion_off() {
    for status in [Status::Provisioning, Status::Archived, Status::Deleting] {
        for action in Action::ALL {
            let verdict =
                decide(&person(false, Some(OrgRole::Owner), None, status), action, Place::Organization(org()));
            let wanted = match (action, status) {
                (Action::CancelDeletion, Status::Deleting) => Verdict::Allow,
                _ => Verdict::Refuse(Code::OrganizationNotActive),
            };
            assert_eq!(verdict, wanted, "{action:?} while {status:?}");
        }
    }
}

#[test]
fn even_a_superadmin_meets_no_content_before_it_is_made_and_once_its_purge_has_begun() {
    let place = Place::Project(org(), team());
    for action in Action::ALL {
        let verdict = |status| decide(&person(true, None, None, status), action, place);
        let refused = |status| verdict(status) == Verdict::Refuse(Code::OrganizationNotActive);
        assert_eq!(refused(Status::Provisioning), action.reaches_content(), "{action:?}");
        let readable = matches!(action, Action::ReadOrganization | Action::ReadAudit);
        assert_eq!(verdict(Status::Deleted) == Verdict::Allow, readable, "{action:?}");
        assert!(!refused(Status::Archived) && !refused(Status::Deleting), "{action:?}");
    }
}

#[test]
fn the_default_project_follows_the_organization_role() {
    for (role, project_role) in [
        (OrgRole::Member, ProjectRole::Operator),
        (OrgRole::Admin, ProjectRole::Builder),
        (OrgRole::Owner, ProjectRole::Admin),
    ] {
        assert_eq!(person(false, Some(role), None, Status::Active).project_role(default_project()), Some(project_role));
    }
}

#[test]
fn a_team_project_follows_its_grant_and_an_organization_admin_only_manages_it() {
    let project = Place::Project(org(), team());
    let order = [Action::ReadInProject, Action::RunInProject, Action::BuildInProject, Action::EditProject];
    for (rank, role) in ProjectRole::ALL.into_iter().enumerate() {
        for (needed, action) in order.into_iter().enumerate() {
            let allowed = decide(&person(false, Some(OrgRole::Member), Some(role), Status::Active), action, project)
                == Verdict::Allow;
            assert_eq!(allowed, rank >= needed, "{role:?} {action:?}");
        }
    }
    let admin = person(false, Some(OrgRole::Admin), None, Status::Active);
    assert!(order.into_iter().all(|action| decide(&admin, action, project) != Verdict::Allow));
    assert_eq!(decide(&admin, Action::ManageProjectMembers, project), Verdict::Allow);
}

#[test]
fn a_temporary_password_opens_nothing_but_its_own_change() {
    let mut actor = person(true, Some(OrgRole::Owner), None, Status::Active);
    actor.principal = Principal::User {
        id: UserId::from_parts(1, 9),
        email: "a@b.co".into(),
        superadmin: true,
        must_change_password: true,
    };
    for action in Action::ALL {
        let allowed = decide(&actor, action, Place::Own) == Verdict::Allow;
        assert_eq!(allowed, matches!(action, Action::ChangeOwnPassword | Action::KnowOneself), "{action:?}");
    }
}

#[test]
fn parts_of_the_product_do_only_their_own_work() {
    let act = |principal: Principal| Actor { principal, ..person(false, None, None, Status::Provisioning) };
    for action in Action::ALL {
        let place = Place::Organization(org());
        let importer = act(Principal::System { part: SystemPart::Importer, on_behalf_of: None });
        assert_eq!(decide(&importer, action, place) == Verdict::Allow, action == Action::ApplyImport);
        let notifier = act(Principal::System { part: SystemPart::Notifier, on_behalf_of: None });
        assert_eq!(decide(&notifier, action, place) == Verdict::Allow, action == Action::SendNotices);
        let inviter = act(Principal::System { part: SystemPart::Invitations, on_behalf_of: None });
        assert_eq!(decide(&inviter, action, place) == Verdict::Allow, action == Action::AnswerInvitation);
        assert_eq!(decide(&act(Principal::Operator), action, place) == Verdict::Allow, action == Action::Bootstrap);
        let dropper = act(Principal::Dropper { name: "ops".into() });
        assert_eq!(decide(&dropper, action, place) == Verdict::Allow, action == Action::BulkImport);
        assert_eq!(decide(&act(Principal::Nobody), action, place), Verdict::Refuse(Code::Unauthenticated));
    }
}

#[test]
fn the_runtime_reserves_where_an_organization_is_in_use_and_settles_also_where_it_was_archived() {
    let runtime = |status| {
        let principal = Principal::ServiceAccount {
            id: crate::id::ServiceAccountId::from_parts(1, 1),
            name: "r".into(),
            runtime: true,
        };
        Actor { principal, ..person(false, None, None, status) }
    };
    for status in Status::ALL {
        for (action, wanted) in [
            (Action::ReserveQuota, status == Status::Active),
            (Action::SettleQuota, matches!(status, Status::Active | Status::Archived | Status::Deleting)),
        ] {
            let verdict = decide(&runtime(status), action, Place::Organization(org()));
            assert_eq!(verdict == Verdict::Allow, wanted, "{action:?} while {status:?}");
        }
    }
}
