//! What links are worth, and how many mails a day takes.

use super::*;

fn at(hours: u64) -> Timestamp {
    Timestamp::from_millis(1_795_435_200_000).plus(Duration::from_secs(hours * 3600))
}

fn invitation(state: InvitationState, sent: Vec<Timestamp>) -> Invitation {
    Invitation {
        id: InvitationId::from_parts(1, 1),
        email: "new@acme.example".parse().unwrap(),
        role: OrgRole::Member,
        projects: BTreeMap::new(),
        inviter: Inviter::Person {
            user: UserId::from_parts(1, 1),
            email: "ann@acme.example".parse().unwrap(),
            display_name: DisplayName::default(),
        },
        state,
        link: 3,
        sent,
        mail: EventId::from_parts(1, 1),
        copied_at: None,
        created_at: at(0),
        updated_at: at(0),
        version: 1,
    }
}

#[test]
fn a_link_is_worth_what_its_version_and_the_time_say() {
    let pending = invitation(InvitationState::Pending { expires: at(168) }, vec![]);
    for (link, hours, standing) in [
        (3, 0, LinkStanding::Pending),
        (2, 0, LinkStanding::Superseded),
        (4, 0, LinkStanding::Superseded),
        (3, 167, LinkStanding::Pending),
        (3, 168, LinkStanding::Expired),
        (2, 168, LinkStanding::Expired),
    ] {
        assert_eq!(pending.standing_of(link, at(hours)), standing, "{link} {hours}");
    }
    let accepted = invitation(InvitationState::Accepted { by: UserId::from_parts(1, 1), at: at(1) }, vec![]);
    assert_eq!(accepted.standing_of(2, at(900)), LinkStanding::Accepted);
    let revoked = invitation(InvitationState::Revoked { by: "x".to_owned(), at: at(1) }, vec![]);
    assert_eq!(revoked.standing_of(3, at(2)), LinkStanding::Revoked);
}

#[test]
fn five_mails_are_sent_in_any_day_and_the_next_one_waits_for_the_first_to_be_a_day_old() {
    let mut sent = vec![];
    for hour in 0..5 {
        sent = sends_with(&sent, at(hour)).unwrap();
    }
    assert_eq!(sends_with(&sent, at(5)), Err(Duration::from_secs(19 * 3600)));
    assert_eq!(sends_with(&sent, at(23)), Err(Duration::from_secs(3600)));
    assert_eq!(sends_with(&sent, at(24)).unwrap().len(), 5);
    assert_eq!(sends_with(&sent, at(100)).unwrap(), [at(100)]);
}

#[test]
fn a_pending_link_is_worth_no_more_than_who_answers_for_it_may_give_now() {
    let role = |role| Invitation { role, ..invitation(InvitationState::Pending { expires: at(168) }, vec![]) };
    for (offered, backing, standing) in [
        (OrgRole::Owner, Backing::Superadmin, LinkStanding::Pending),
        (OrgRole::Owner, Backing::Role(OrgRole::Owner), LinkStanding::Pending),
        (OrgRole::Owner, Backing::Role(OrgRole::Admin), LinkStanding::Lapsed),
        (OrgRole::Admin, Backing::Role(OrgRole::Admin), LinkStanding::Pending),
        (OrgRole::Member, Backing::Role(OrgRole::Admin), LinkStanding::Pending),
        (OrgRole::Member, Backing::Role(OrgRole::Member), LinkStanding::Lapsed),
        (OrgRole::Member, Backing::None, LinkStanding::Lapsed),
    ] {
        assert_eq!(role(offered).standing_with(3, backing, at(0)), standing, "{offered} {backing:?}");
    }
    assert_eq!(role(OrgRole::Member).standing_with(2, Backing::None, at(0)), LinkStanding::Superseded);
    assert_eq!(role(OrgRole::Member).standing_with(3, Backing::None, at(168)), LinkStanding::Expired);
}

#[test]
fn an_inviter_is_kept_in_one_form_whether_a_person_or_a_program() {
    let person = invitation(InvitationState::Pending { expires: at(1) }, vec![]).inviter;
    let name = "Robot".to_owned().try_into().unwrap();
    let program = Inviter::Program { service_account: crate::id::ServiceAccountId::from_parts(1, 2), name };
    for inviter in [person, program] {
        let text = serde_json::to_string(&inviter).unwrap();
        assert_eq!(serde_json::from_str::<Inviter>(&text).unwrap(), inviter);
    }
}
