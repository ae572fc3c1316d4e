//! Projects as members see them, who has a role in one, and what a deletion takes along.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::id::ProjectId;
use domain::member::Membership;
use domain::name::Description;
use domain::organization::Organization;
use domain::project::{CreateProject, DeleteProject, ListProjectMembers, ListProjects, Project, SetProjectMember};
use domain::{Actor, Code, EventKind, OrgRole, ProjectRole};
use embedded::faults::Fault;
use store::{EventFilter, Made, Page};

use crate::bench::{Bench, granted, member, mint, superadmin};

impl Bench {
    async fn project(&self, place: &Organization, name: &str) -> ProjectId {
        let asked = CreateProject {
            name: name.to_owned().try_into().unwrap(),
            description: Description::default(),
            models_allowed: vec![],
            default_model: None,
        };
        let granted = granted(&superadmin(place), place, asked);
        let made = self.store.create_project(&granted, None, &mut mint()).await.unwrap();
        let Made::Now(Project { id, .. }) = made else { panic!("made before") };
        id
    }

    /// The membership with a role in that project.
    async fn give(&self, place: &Organization, project: ProjectId, to: &Membership) -> Membership {
        let asked = SetProjectMember { user: to.user, role: ProjectRole::Viewer };
        let granted = superadmin(place).grant(asked, (place.id, project)).unwrap();
        self.store.set_project_member(&granted, to, &mut mint()).await.unwrap()
    }

    /// The sizes of the pages, and all projects of them.
    async fn projects(&self, who: &Actor, place: &Organization, limit: u32) -> (Vec<usize>, Vec<ProjectId>) {
        let granted = granted(who, place, ListProjects);
        let (mut sizes, mut all, mut cursor) = (vec![], vec![], None);
        loop {
            let Page { items, next } = self.store.list_projects(&granted, cursor.as_ref(), limit).await.unwrap();
            sizes.push(items.len());
            all.extend(items.into_iter().map(|project| project.id));
            cursor = next;
            if cursor.is_none() {
                return (sizes, all);
            }
        }
    }

    async fn delete(&self, place: &Organization, project: ProjectId) -> Code {
        let granted = granted(&superadmin(place), place, DeleteProject { project });
        self.store.delete_project(&granted, &mut mint()).await.unwrap_err().code()
    }

    /// Whose role in that project was recorded as lost.
    async fn losses(&self, place: &Organization, project: ProjectId) -> Vec<String> {
        let filter = EventFilter { action: Some(EventKind::ProjectMemberRemoved), ..EventFilter::default() };
        let events = self.log(place, &filter, None, 100).await.items;
        let of = events.into_iter().filter(|event| event.project == Some(project));
        let mut lost: Vec<String> = of.map(|event| event.target.id).collect();
        lost.sort();
        lost
    }
}

#[tokio::test]
async fn a_member_gets_full_pages_of_the_own_projects_however_many_others_there_are() {
    let bench = Bench::start().await;
    let acme = bench.organization("Acme").await;
    let mut mia = bench.people(&acme, "mia", 1, OrgRole::Member).await.remove(0);
    let mut own = vec![acme.default_project];
    for n in 0..40 {
        let project = bench.project(&acme, &format!("P{n}")).await;
        if n % 10 == 0 {
            mia = bench.give(&acme, project, &mia).await;
            own.push(project);
        }
    }
    own.sort();
    let (sizes, seen) = bench.projects(&member(&acme, &mia), &acme, 2).await;
    assert_eq!((sizes, &seen), (vec![2, 2, 1], &own));
    assert_eq!(bench.projects(&member(&acme, &mia), &acme, 5).await.0, [5], "nothing tells of a further project");
    let nobody = Membership { projects: Default::default(), ..mia.clone() };
    assert_eq!(bench.projects(&member(&acme, &nobody), &acme, 5).await, (vec![1], vec![acme.default_project]));
    assert_eq!(bench.projects(&superadmin(&acme), &acme, 100).await.1.len(), 41);
    // What an admin's cursor says is understood after a demotion too, and what nobody's list says is refused.
    let page = bench.store.list_projects(&granted(&superadmin(&acme), &acme, ListProjects), None, 1).await.unwrap();
    let as_mia = granted(&member(&acme, &mia), &acme, ListProjects);
    let rest = bench.store.list_projects(&as_mia, page.next.as_ref(), 100).await.unwrap();
    assert!(rest.items.iter().all(|project| project.id > page.items[0].id));
    let forged = store::Cursor::sent("WyJwcm9qZWN0cyIsWyJQUkojeCJdXQ".to_owned());
    let refused = bench.store.list_projects(&as_mia, Some(&forged), 100).await.unwrap_err();
    assert_eq!(refused.code(), Code::CursorInvalid);
}

#[tokio::test]
async fn who_has_a_role_in_a_project_is_found_among_many_without_a_query_for_each() {
    let bench = Bench::start().await;
    let acme = bench.organization("Acme").await;
    let all = bench.people(&acme, "m", 60, OrgRole::Member).await;
    let project = bench.project(&acme, "Team").await;
    for member in [&all[20], &all[40], &all[59]] {
        bench.give(&acme, project, member).await;
    }
    let granted = superadmin(&acme).grant(ListProjectMembers, (acme.id, project)).unwrap();
    let (mut found, mut cursor) = (vec![], None);
    let _ = bench.proxy.take_log();
    loop {
        let page = bench.store.list_project_members(&granted, cursor.as_ref(), 1).await.unwrap();
        assert_eq!((page.items.len(), bench.calls("Query")), (1, 1));
        found.extend(page.items.into_iter().map(|member| member.user));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(found, [all[20].user, all[40].user, all[59].user]);
}

#[tokio::test]
async fn a_search_for_roles_among_very_many_members_stops_with_a_cursor() {
    let bench = Bench::start().await;
    let acme = bench.organization("Acme").await;
    let last = bench.people(&acme, "z", 1, OrgRole::Member).await.remove(0);
    let project = bench.project(&acme, "Team").await;
    bench.give(&acme, project, &last).await;
    let one = bench.people(&acme, "m", 1, OrgRole::Member).await.remove(0);
    let like = bench.item(format!("USER#{}", one.user), format!("ORG#{}", acme.id)).await.unwrap();
    // Few and large, so that a query reads as much as it would of many.
    let copy = |n: u32| {
        let mut item = like.clone();
        for (name, value) in
            [("pk", format!("USER#copy{n}")), ("gsi1sk", format!("n{n:04}")), ("import_row", "x".repeat(300_000))]
        {
            item.insert(name.to_owned(), AttributeValue::S(value));
        }
        item
    };
    bench.put("platform", (0..40).map(copy).collect()).await;
    let granted = superadmin(&acme).grant(ListProjectMembers, (acme.id, project)).unwrap();
    let (mut found, mut pages, mut cursor) = (vec![], 0, None);
    let _ = bench.proxy.take_log();
    loop {
        let page = bench.store.list_project_members(&granted, cursor.as_ref(), 50).await.unwrap();
        let queries = bench.calls("Query");
        assert!(queries <= 10, "{queries} queries");
        (pages, cursor) = (pages + 1, page.next);
        found.extend(page.items.into_iter().map(|member| member.user));
        if cursor.is_none() {
            break;
        }
    }
    assert!(pages > 1, "the first request read everything");
    assert_eq!(found, [last.user]);
}

#[tokio::test]
async fn the_deletion_of_a_project_that_never_was_reads_nobodys_membership() {
    let bench = Bench::start().await;
    let acme = bench.organization("Acme").await;
    let _ = bench.proxy.take_log();
    assert_eq!(bench.delete(&acme, ProjectId::from_parts(1, 1)).await, Code::NotFound);
    assert_eq!(bench.calls("Query"), 0);
}

#[tokio::test]
async fn each_role_that_goes_with_a_project_has_its_record_also_where_the_deletion_was_cut_off() {
    let bench = Bench::start().await;
    let acme = bench.organization("Acme").await;
    let people = bench.people(&acme, "m", 3, OrgRole::Member).await;
    let project = bench.project(&acme, "Team").await;
    for person in &people {
        bench.give(&acme, project, person).await;
    }
    // The project goes, and one role; then nothing more is heard of.
    let mut transactions = 0;
    bench.proxy.script(move |seen| {
        transactions += u32::from(seen.operation == "TransactWriteItems");
        if transactions > 2 { Fault::DropBefore } else { Fault::Pass }
    });
    assert_eq!(bench.delete(&acme, project).await, Code::Unavailable);
    bench.proxy.clear();
    assert_eq!(bench.losses(&acme, project).await.len(), 1);
    assert_eq!(bench.delete(&acme, project).await, Code::NotFound);
    let mut users: Vec<String> = people.iter().map(|person| person.user.to_string()).collect();
    users.sort();
    assert_eq!(bench.losses(&acme, project).await, users);
    assert!(bench.members(&acme, "m").await.iter().all(|member| member.projects.is_empty()));
    assert_eq!(bench.delete(&acme, project).await, Code::NotFound);
    assert_eq!(bench.losses(&acme, project).await, users, "nothing goes twice");
}
