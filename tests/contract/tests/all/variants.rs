//! Special requests beside each operation's usual one, where a rule depends on more than the role.

use contract::{Actor, Ask, Operation, Place, World};
use serde_json::json;

/// What is special.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variant {
    /// Nothing.
    Usual,
    /// The default project in place of the team project.
    DefaultProject,
    /// Somebody is to be made an owner.
    ToOwner,
    /// Somebody who is an owner.
    AnOwner,
    /// The caller.
    Oneself,
    /// Somebody else's session.
    OthersSession,
    /// The organization's own limits.
    Ceiling,
    /// Those of a use case.
    UseCase,
    /// Usage of the organization.
    OfOrganization,
    /// Usage of somebody else.
    OfAnother,
    /// Usage of a use case.
    OfUseCase,
}

impl Variant {
    /// How the table says it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Usual => "",
            Self::DefaultProject => " | default project",
            Self::ToOwner => " | to owner",
            Self::AnOwner => " | of an owner",
            Self::Oneself => " | oneself",
            Self::OthersSession => " | somebody else's",
            Self::Ceiling => " | of the organization",
            Self::UseCase => " | of a use case",
            Self::OfOrganization => " | of the organization",
            Self::OfAnother => " | of another",
            Self::OfUseCase => " | of a use case",
        }
    }

    /// The request with what is special.
    pub(crate) async fn apply(self, world: &World, place: &Place, actor: &Actor, ask: Ask) -> Ask {
        match self {
            Self::Usual => ask,
            Self::Ceiling | Self::UseCase => self.limited(world, place, ask).await,
            Self::DefaultProject => self.in_default_project(world, place, ask).await,
            Self::ToOwner => {
                let mut ask = ask;
                if let Some(role) = ask.body.as_mut().and_then(|body| body.get_mut("role")) {
                    *role = json!("owner");
                }
                ask
            }
            Self::OfOrganization => Ask { query: "of=organization".to_owned(), ..ask },
            Self::OfAnother => Ask { query: format!("of=user&user={}", place.bystander), ..ask },
            Self::OfUseCase => {
                Ask { query: format!("of=use_case&use_case={}&project={}", place.use_case, place.team), ..ask }
            }
            Self::AnOwner => tagged(world, place, ask.at("user", &place.second_owner)).await,
            Self::Oneself => {
                let mut ask = ask.at("user", &actor.user);
                if ask.if_match.is_some() {
                    ask.body = Some(json!({ "role": "owner" }));
                }
                if ask.at.iter().any(|(name, _)| name == "project") {
                    ask.body = ask.body.map(|_| json!({ "role": "admin" }));
                }
                tagged(world, place, ask).await
            }
            Self::OthersSession => {
                let sessions = world.ops.get("/v1/sessions").await.expect_status(200).json();
                let id = sessions["items"][0]["id"].as_str().unwrap().to_owned();
                // The superadmin's is the admin's: everybody asks for one that is not their own.
                if actor.name == "superadmin" {
                    let sessions = world.actor("admin").client.get("/v1/sessions").await.expect_status(200).json();
                    return ask.at("session", sessions["items"][0]["id"].as_str().unwrap());
                }
                ask.at("session", &id)
            }
        }
    }

    /// The same of another thing that is limited: its kind and id in the path, or its scope in the body.
    async fn limited(self, world: &World, place: &Place, ask: Ask) -> Ask {
        let (kind, id) = match self {
            Self::Ceiling => ("organization", &place.org),
            _ => ("use_case", &place.use_case),
        };
        let mut ask = ask.at("kind", kind).at("id", id);
        if kind == "use_case" {
            ask.query = format!("project={}", place.team);
        }
        let path = format!("/v1/organizations/{}/quotas/{kind}/{id}", place.org);
        let read = world.ops.get(&format!("{path}?{}", ask.query)).await;
        ask.if_match = ask.if_match.map(|_| read.header("etag").to_owned());
        ask
    }

    async fn in_default_project(self, world: &World, place: &Place, ask: Ask) -> Ask {
        let mut ask = ask.at("project", &place.default_project);
        if ask.if_match.is_some() {
            let path = format!("/v1/organizations/{}/projects/{}", place.org, place.default_project);
            ask.if_match = Some(world.ops.get(&path).await.expect_status(200).header("etag").to_owned());
        }
        ask
    }
}

/// The member's present version in place of the other's.
async fn tagged(world: &World, place: &Place, mut ask: Ask) -> Ask {
    if ask.if_match.is_some() {
        let path = format!("/v1/organizations/{}/members/{}", place.org, ask.place("user"));
        let tag = world.ops.get(&path).await.header("etag").to_owned();
        ask.if_match = Some(if tag.is_empty() { "\"1\"".to_owned() } else { tag });
    }
    ask
}

/// The lines of an operation.
pub(crate) fn variants(operation: &Operation) -> Vec<Variant> {
    use Variant::{
        AnOwner, Ceiling, DefaultProject, OfAnother, OfOrganization, OfUseCase, Oneself, OthersSession, ToOwner,
        UseCase, Usual,
    };
    let special: &[Variant] = match operation.to_string().as_str() {
        "POST /v1/organizations/{org}/members"
        | "POST /v1/organizations/{org}/invitations"
        | "POST /v1/organizations/{org}/service-accounts" => &[ToOwner],
        "PATCH /v1/organizations/{org}/members/{user}" => &[ToOwner, AnOwner, Oneself],
        "DELETE /v1/organizations/{org}/members/{user}" => &[AnOwner, Oneself],
        "PUT /v1/organizations/{org}/projects/{project}/members/{user}" => &[DefaultProject, Oneself],
        "DELETE /v1/sessions/{session}" => &[OthersSession],
        "GET /v1/organizations/{org}/usage" => &[OfOrganization, OfAnother, OfUseCase],
        "POST /v1/users/{user}/suspend" => &[Oneself],
        quotas if quotas.ends_with("/quotas/{kind}/{id}") => &[Ceiling, UseCase],
        // A use case's place is in its project: of the default project only lists and registrations are asked.
        path if path.contains("{project}") && !path.contains("{id}") => &[DefaultProject],
        _ => &[],
    };
    [&[Usual], special].concat()
}
