//! Random histories.

use domain::{OrgRole, ProjectRole};

use crate::command::{Command, Edit, Fault, Gap, Link, Step, Who};
use crate::random::Random;

/// So many commands of that seed.
#[must_use]
pub fn history(seed: u64, steps: usize) -> Vec<Step> {
    let (mut random, mut history) = (Random::new(seed), vec![]);
    while history.len() < steps {
        match random.once_in(200) {
            true => history.extend(insisting(&mut random)),
            false => history.push(step(&mut random)),
        }
    }
    history.truncate(steps);
    history
}

/// An e-mail is invited again and again within a day, each time after the invitation before was taken back: what commands by
/// chance come to too seldom.
fn insisting(random: &mut Random) -> Vec<Step> {
    let (by, org, person) = (Who::Person(0), org(random), random.below(1_000));
    // The latest one.
    let invitation = 3;
    let invite = Command::Invite { by, org, person, role: OrgRole::Member, project: None };
    let commands = [invite, Command::Revoke { by, invitation }].repeat(6);
    commands.into_iter().map(|command| Step { command, fault: None, again: false }).collect()
}

fn step(random: &mut Random) -> Step {
    let command = match random.below(10) {
        0..=3 => of_invitations(random),
        4..=6 => of_members(random),
        7 | 8 => of_projects(random),
        _ => of_programs(random),
    };
    let fault = random.once_in(30).then(|| fault(random));
    Step { command, fault, again: random.once_in(12) }
}

fn fault(random: &mut Random) -> Fault {
    let call = 1 + random.number() % 4;
    let all =
        [Fault::Conflict, Fault::Throttle(call), Fault::LostBefore(call), Fault::LostAfter(call), Fault::Unfinished];
    random.one_of(&all)
}

/// Mostly somebody of whom something can be expected: the superadmin, or who began as owner or admin of the first
/// organization.
fn who(random: &mut Random) -> Who {
    let pick = random.below(1_000);
    match random.below(48) {
        0 => Who::Nobody,
        1 => Who::Ended(pick),
        2 => Who::Revoked(pick),
        3..=6 => Who::Program(pick),
        7..=10 => Who::Person(0),
        11..=37 => Who::Person(random.one_of(&[1, 1, 1, 2, 2, 3])),
        _ => Who::Person(pick),
    }
}

fn role(random: &mut Random) -> OrgRole {
    random.one_of(&[OrgRole::Member, OrgRole::Member, OrgRole::Admin, OrgRole::Owner])
}

fn in_project(random: &mut Random) -> ProjectRole {
    random.one_of(&ProjectRole::ALL)
}

fn perhaps_in_project(random: &mut Random) -> Option<(usize, ProjectRole)> {
    random.once_in(4).then(|| (random.below(1_000), in_project(random)))
}

/// The first organization is asked most.
fn org(random: &mut Random) -> usize {
    random.one_of(&[0, 0, 0, 0, 0, 0, 1, 2])
}

/// Mostly one of the latest things.
fn thing(random: &mut Random) -> usize {
    random.below(1_000)
}

fn of_members(random: &mut Random) -> Command {
    let (by, org, person) = (who(random), org(random), random.below(1_000));
    match random.below(32) {
        0 => Command::CreateOrganization { by },
        1..=3 => Command::ReadOrganization { by, org },
        4..=9 => Command::AddMember { by, org, person, role: role(random) },
        10..=18 => Command::ChangeRole { by, org, person, role: role(random), stale: random.once_in(10) },
        19..=24 => Command::Remove { by, org, person },
        25 => Command::Remove { by: Who::Person(person), org, person },
        26 => Command::Suspend { by: Who::Person(0), person },
        27 => Command::Suspend { by, person },
        28..=30 => Command::Reactivate { by: Who::Person(0), person },
        _ => Command::Reactivate { by, person },
    }
}

fn of_invitations(random: &mut Random) -> Command {
    let (by, invitation) = (who(random), thing(random));
    let link = random.one_of(&[Link::Latest, Link::Latest, Link::Latest, Link::Earlier]);
    match random.below(32) {
        0 => Command::Pass(random.one_of(&[Gap::Hour, Gap::Hour, Gap::Hour, Gap::Hour, Gap::Day, Gap::Day, Gap::Link])),
        1..=13 => {
            let (org, person, role) = (org(random), random.below(1_000), role(random));
            Command::Invite { by, org, person, role, project: perhaps_in_project(random) }
        }
        14..=18 => Command::Resend { by, invitation },
        19..=22 => Command::Revoke { by, invitation },
        23 => Command::CopyLink { by, invitation },
        24 => Command::LookUp { invitation, link },
        25..=26 => Command::Accept { by, invitation, link },
        _ => Command::AcceptOwn { invitation, link },
    }
}

fn of_projects(random: &mut Random) -> Command {
    let (by, project, person) = (who(random), thing(random), random.below(1_000));
    match random.below(12) {
        0..=2 => Command::CreateProject { by, org: org(random), name: random.below(6) },
        3 => Command::DeleteProject { by, project },
        4..=8 => Command::SetProjectMember { by, project, person, role: in_project(random) },
        _ => Command::RemoveProjectMember { by, project, person },
    }
}

fn of_programs(random: &mut Random) -> Command {
    let (by, program) = (who(random), thing(random));
    match random.below(16) {
        0..=3 => {
            let (org, role) = (org(random), role(random));
            Command::CreateProgram { by, org, role, project: perhaps_in_project(random) }
        }
        4..=7 => {
            let edit = random.one_of(&[Edit::Suspend, Edit::Resume, Edit::Resume, Edit::Role(OrgRole::Admin)]);
            let edit = if edit == Edit::Role(OrgRole::Admin) { Edit::Role(role(random)) } else { edit };
            Command::EditProgram { by, program, edit, stale: random.once_in(10) }
        }
        8 => Command::DeleteProgram { by, program },
        9..=13 => Command::CreateToken { by, program },
        _ => Command::RevokeToken { by, program, token: random.below(1_000) },
    }
}
