use super::*;
use crate::Code;
use crate::organization::{Placement, Status};
use crate::{Actor, OrgRole, Origin, Principal, ProjectRole, Standing};

fn org() -> OrganizationId {
    OrganizationId::from_parts(1, 1)
}
fn team() -> ProjectId {
    ProjectId::from_parts(1, 2)
}
fn other_team() -> ProjectId {
    ProjectId::from_parts(1, 3)
}

fn objects() -> [ScopeObject; 4] {
    [
        ScopeObject::Organization,
        ScopeObject::Project { id: team() },
        ScopeObject::UseCase { id: UseCaseId::from_parts(1, 4), project: team() },
        ScopeObject::User { id: UserId::from_parts(1, 5) },
    ]
}

fn actor(superadmin: bool, role: Option<OrgRole>, grant: Option<(ProjectId, ProjectRole)>) -> Actor {
    let id = UserId::from_parts(1, 9);
    let standing = Standing {
        organization: org(),
        status: Status::Active,
        placement: Placement::Pooled,
        default_project: ProjectId::from_parts(1, 1),
        role,
        projects: grant.into_iter().collect(),
    };
    let principal = Principal::User { id, email: "a@b.co".into(), superadmin, must_change_password: false };
    Actor { principal, standing: Some(standing), origin: Origin::default() }
}

/// Who may set what limits the organization, a project, a use case of a team project, a person.
#[test]
fn who_sets_limits_follows_the_table_of_roles() {
    let cases = [
        ("member", actor(false, Some(OrgRole::Member), None), [false, false, false, false]),
        ("builder", actor(false, Some(OrgRole::Member), Some((team(), ProjectRole::Builder))), [false; 4]),
        (
            "project admin",
            actor(false, Some(OrgRole::Member), Some((team(), ProjectRole::Admin))),
            [false, false, true, false],
        ),
        (
            "other project's admin",
            actor(false, Some(OrgRole::Member), Some((other_team(), ProjectRole::Admin))),
            [false; 4],
        ),
        ("admin", actor(false, Some(OrgRole::Admin), None), [false, true, true, true]),
        ("owner", actor(false, Some(OrgRole::Owner), None), [false, true, true, true]),
        ("superadmin", actor(true, None, None), [true; 4]),
        ("stranger", actor(false, None, None), [false; 4]),
    ];
    for (name, actor, wanted) in cases {
        let may = objects().map(|object| actor.grant(Limiting { object, what: () }, org()).is_ok());
        assert_eq!(may, wanted, "{name}");
    }
}

#[test]
fn a_use_case_is_decided_on_in_the_project_that_it_names() {
    let admin = actor(false, Some(OrgRole::Member), Some((team(), ProjectRole::Admin)));
    let object = ScopeObject::UseCase { id: UseCaseId::from_parts(1, 4), project: other_team() };
    let refused = admin.grant(Limiting { object, what: () }, org()).unwrap_err();
    assert_eq!(refused.code(), Code::Forbidden);
}

#[test]
fn an_object_is_stored_as_it_is_named() {
    for object in objects() {
        let text = serde_json::to_string(&object).unwrap();
        assert!(text.contains(&format!(r#""kind":"{}""#, object.scope().kind().as_str())), "{text}");
        assert_eq!(serde_json::from_str::<ScopeObject>(&text).unwrap(), object);
    }
}
