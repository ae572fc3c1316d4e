use super::*;
use crate::id::{ProjectId, UseCaseId};
use crate::organization::{Placement, Status};
use crate::{OrgRole, Origin, Principal, Standing};

fn ann() -> UserId {
    UserId::from_parts(1, 1)
}
fn bob() -> UserId {
    UserId::from_parts(1, 2)
}
fn team() -> ProjectId {
    ProjectId::from_parts(1, 2)
}
fn use_case() -> ScopeObject {
    ScopeObject::UseCase { id: UseCaseId::from_parts(1, 4), project: team() }
}

fn person(id: UserId, superadmin: bool, role: OrgRole, in_team: Option<ProjectRole>) -> Actor {
    let standing = Standing {
        organization: OrganizationId::from_parts(1, 1),
        status: Status::Active,
        placement: Placement::Pooled,
        default_project: ProjectId::from_parts(1, 1),
        role: Some(role),
        projects: in_team.into_iter().map(|role| (team(), role)).collect(),
    };
    let principal = Principal::User { id, email: "a@b.co".into(), superadmin, must_change_password: false };
    Actor { principal, standing: Some(standing), origin: Origin::default() }
}

fn request(on: ScopeObject, state: RequestState) -> QuotaRequest {
    QuotaRequest {
        id: QuotaRequestId::from_parts(1, 1),
        on,
        name: "Answering".to_owned(),
        period: Period::Monthly,
        tokens: Tokens::try_from(5).unwrap(),
        reason: KeptReason::Sealed(crate::sealed::Sealed::new(vec![1])),
        by: Requester { user: ann(), email: "ann@a.example".to_owned() },
        state,
        created_at: Timestamp::from_millis(1),
        updated_at: Timestamp::from_millis(1),
        version: 1,
    }
}

#[test]
fn a_request_waits_up_to_the_last_instant_of_its_thirty_days() {
    let expires = Timestamp::from_millis(1).plus(REQUEST_LIFETIME);
    let pending = request(use_case(), RequestState::Pending { expires });
    let last = Timestamp::from_millis(expires.millis() - 1);
    assert_eq!(pending.standing(last), RequestStanding::Pending);
    assert_eq!(pending.standing(expires), RequestStanding::Expired);
    assert!(pending.standing(last).refusal().is_none());
    assert_eq!(pending.standing(expires).refusal().unwrap().code(), Code::QuotaRequestOver);
}

#[test]
fn that_a_request_has_expired_is_written_down_when_it_has_for_every_clock_and_changes_nothing_of_what_it_is() {
    let expires = Timestamp::from_millis(1).plus(REQUEST_LIFETIME);
    let pending = request(use_case(), RequestState::Pending { expires });
    let certain = expires.plus(CLOCKS);
    assert_eq!(pending.expired(Timestamp::from_millis(certain.millis() - 1)), None);
    let written = request(use_case(), pending.expired(certain).unwrap());
    for now in [Timestamp::from_millis(1), certain] {
        assert_eq!(written.standing(now), RequestStanding::Expired);
        assert_eq!(written.expired(now), None, "once");
    }
    assert_eq!(request(use_case(), RequestState::Cancelled { at: expires }).expired(certain), None);
    assert_eq!(expired_since(certain), Timestamp::from_millis(1), "of requests of that instant it is certain");
}

#[test]
fn nobody_decides_on_the_own_request_and_only_who_asked_takes_it_back() {
    let pending = request(use_case(), RequestState::Cancelled { at: Timestamp::from_millis(1) });
    for (superadmin, role) in [(false, OrgRole::Owner), (true, OrgRole::Member)] {
        let (own, other) = (person(ann(), superadmin, role, None), person(bob(), superadmin, role, None));
        assert_eq!(pending.may_be_decided_by(&own).unwrap_err().code(), Code::Forbidden);
        assert!(pending.may_be_decided_by(&other).is_ok());
        assert!(pending.may_be_cancelled_by(&own).is_ok());
        assert_eq!(pending.may_be_cancelled_by(&other).unwrap_err().code(), Code::Forbidden);
    }
}

#[test]
fn who_is_subject_to_a_limit_may_ask_and_nobody_else() {
    let asks = |actor: &Actor, object| {
        let asked = AskForMore { object, period: Period::Daily, tokens: Tokens::MAX };
        asked.requester(actor).is_ok() && actor.grant(asked, OrganizationId::from_parts(1, 1)).is_ok()
    };
    let member = person(ann(), false, OrgRole::Member, None);
    let operator = person(ann(), false, OrgRole::Member, Some(ProjectRole::Operator));
    let viewer = person(ann(), false, OrgRole::Member, Some(ProjectRole::Viewer));
    let admin = person(ann(), false, OrgRole::Admin, None);
    for (actor, in_team) in [(&member, false), (&operator, true), (&viewer, false), (&admin, false)] {
        assert!(asks(actor, ScopeObject::Organization) && asks(actor, ScopeObject::User { id: ann() }));
        assert!(!asks(actor, ScopeObject::User { id: bob() }), "for somebody else");
        assert_eq!(asks(actor, ScopeObject::Project { id: team() }), in_team);
        assert_eq!(asks(actor, use_case()), in_team);
    }
}

#[test]
fn a_request_is_shown_to_who_asked_and_to_who_may_decide() {
    let pending = request(use_case(), RequestState::Cancelled { at: Timestamp::from_millis(1) });
    assert!(pending.is_shown_to(&person(ann(), false, OrgRole::Member, None)));
    assert!(pending.is_shown_to(&person(bob(), false, OrgRole::Admin, None)));
    assert!(pending.is_shown_to(&person(bob(), false, OrgRole::Member, Some(ProjectRole::Admin))));
    assert!(!pending.is_shown_to(&person(bob(), false, OrgRole::Member, Some(ProjectRole::Builder))));
    let of_project = QuotaRequest { on: ScopeObject::Project { id: team() }, ..pending };
    assert!(!of_project.is_shown_to(&person(bob(), false, OrgRole::Member, Some(ProjectRole::Admin))));
}
