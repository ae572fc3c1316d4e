//! Roles in team projects: who sees them, how they change, when they go.

use domain::OrgRole;
use domain::organization::Organization;
use serde_json::json;

use crate::people::Person;
use crate::portal::Portal;

struct Team {
    portal: Portal,
    acme: Organization,
    olga: Person,
    adam: Person,
    mia: Person,
    project: String,
}

/// Olga owns Acme, Adam is its admin, Mia a member; Adam made the project.
async fn team() -> Team {
    let portal = Portal::start().await;
    let acme = portal.organization("Acme").await;
    let olga = portal.person(&acme, "olga", OrgRole::Owner).await;
    let adam = portal.person(&acme, "adam", OrgRole::Admin).await;
    let mia = portal.person(&acme, "mia", OrgRole::Member).await;
    let projects = format!("/v1/organizations/{}/projects", acme.id);
    let project = portal.post(&adam.token, &projects, json!({"name": "Team"})).await.expect(201).text("id");
    Team { portal, acme, olga, adam, mia, project }
}

impl Team {
    fn member(&self, person: &Person) -> String {
        format!("/v1/organizations/{}/members/{}", self.acme.id, person.id)
    }

    fn in_project(&self, person: &Person) -> String {
        format!("{}/members/{}", self.at(), person.id)
    }

    fn at(&self) -> String {
        format!("/v1/organizations/{}/projects/{}", self.acme.id, self.project)
    }

    /// The roles in projects of `whom`, as `who` sees them.
    async fn seen(&self, who: &Person, whom: &Person) -> serde_json::Value {
        let one = self.portal.get(&who.token, &self.member(whom)).await.expect(200).json()["projects"].clone();
        let list = self.portal.get(&who.token, &format!("/v1/organizations/{}/members", self.acme.id)).await;
        let items = list.expect(200).json()["items"].clone();
        let id = whom.id.to_string();
        let in_list = items.as_array().unwrap().iter().find(|member| member["user_id"] == id.as_str()).unwrap();
        assert_eq!(in_list["projects"], one, "the list shows what the single view shows");
        one
    }
}

#[tokio::test]
async fn a_member_learns_nothing_of_projects_without_a_role_in_them() {
    let team = team().await;
    let there = json!({ team.project.as_str(): "admin" });
    assert_eq!(team.seen(&team.mia, &team.adam).await, json!({}));
    assert_eq!(team.seen(&team.olga, &team.adam).await, there);
    assert_eq!(team.seen(&team.adam, &team.adam).await, there);
    let give = team.portal.put(&team.adam.token, &team.in_project(&team.mia), json!({"role": "viewer"})).await;
    give.expect(200);
    assert_eq!(team.seen(&team.mia, &team.adam).await, there);
    assert_eq!(team.seen(&team.mia, &team.mia).await, json!({ team.project.as_str(): "viewer" }));
}

#[tokio::test]
async fn of_two_roles_that_are_put_at_once_none_is_mixed_and_the_list_shows_one_of_them() {
    let team = team().await;
    let (path, token) = (team.in_project(&team.mia), team.adam.token.as_str());
    let put = async |role: &str| team.portal.put(token, &path, json!({"role": role})).await;
    let (one, two) = futures::join!(put("viewer"), put("builder"));
    assert!(one.is(200) || two.is(200));
    let listed = team.portal.get(token, &format!("{}/members", team.at())).await.expect(200).json();
    let id = team.mia.id.to_string();
    let roles = listed["items"].as_array().unwrap().iter().filter(|one| one["user_id"] == id.as_str());
    let roles: Vec<_> = roles.map(|one| one["role"].clone()).collect();
    assert!(roles == [json!("viewer")] || roles == [json!("builder")], "{roles:?}");
}

#[tokio::test]
async fn the_same_role_again_is_refused_where_the_project_is_archived_or_gone() {
    let team = team().await;
    let path = team.in_project(&team.mia);
    let set = async || team.portal.put(&team.olga.token, &path, json!({"role": "viewer"})).await;
    set().await.expect(200);
    team.portal.patch(&team.olga.token, &team.at(), 1, json!({"archived": true})).await.expect(200);
    set().await.problem(409, "project.archived");
    team.portal.delete(&team.olga.token, &team.at()).await.expect(204);
    set().await.problem(404, "resource.not-found");
}

#[tokio::test]
async fn roles_in_a_project_go_with_it() {
    let team = team().await;
    let give = team.portal.put(&team.adam.token, &team.in_project(&team.mia), json!({"role": "viewer"})).await;
    give.expect(200);
    team.portal.delete(&team.olga.token, &team.at()).await.expect(204);
    for person in [&team.adam, &team.mia] {
        assert_eq!(team.seen(&team.olga, person).await, json!({}));
    }
    team.portal.delete(&team.olga.token, &team.at()).await.problem(404, "resource.not-found");
}

#[tokio::test]
async fn a_creator_has_roles_in_at_most_as_many_projects_as_a_request_can_read() {
    let portal = Portal::start().await;
    let acme = portal.organization("Acme").await;
    let adam = portal.person(&acme, "adam", OrgRole::Admin).await;
    let path = format!("/v1/organizations/{}/projects", acme.id);
    for number in 0..domain::member::GRANTS_MAX {
        portal.post(&adam.token, &path, json!({"name": format!("P{number}")})).await.expect(201);
    }
    portal.post(&adam.token, &path, json!({"name": "One more"})).await.problem(422, "request.invalid");
}
