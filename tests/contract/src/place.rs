//! An organization with one of everything in it.

use journeys::{Client, Portal};
use serde_json::json;

/// An organization and what is in it.
#[derive(Clone, Debug)]
pub struct Place {
    /// The organization.
    pub org: String,
    /// Its name.
    pub name: String,
    /// Its default project.
    pub default_project: String,
    /// A team project.
    pub team: String,
    /// A team project that may be deleted.
    pub doomed: String,
    /// A use case in the team project.
    pub use_case: String,
    /// An agent in the team project.
    pub agent: String,
    /// A service account that never asks for anything.
    pub service_account: String,
    /// A token of it.
    pub api_token: String,
    /// A provider of its own, with a credential.
    pub provider: String,
    /// A member, viewer in the team project, who never asks for anything.
    pub bystander: String,
    /// An owner who never asks for anything.
    pub second_owner: String,
    /// Who has which role in the team projects.
    pub grants: Vec<(String, &'static str)>,
}

impl Place {
    /// Makes it with two projects, but without people.
    pub(crate) async fn empty(portal: &Portal, name: &str) -> Self {
        let (org, ops) = (portal.organization(name).await, portal.superadmin().await);
        let at = format!("/v1/organizations/{org}");
        let default_project = ops.get(&at).await.expect_status(200).text("default_project_id");
        let team = made(&ops, &format!("{at}/projects"), "Team").await;
        let doomed = made(&ops, &format!("{at}/projects"), "Doomed").await;
        let use_case = made(&ops, &format!("{at}/projects/{team}/use-cases"), "Answering").await;
        let agent = made(&ops, &format!("{at}/projects/{team}/agents"), "Clerk").await;
        let (service_account, api_token) = service_account(&ops, &format!("{at}/service-accounts"), "member").await;
        let provider = provider(&ops, &format!("{at}/providers")).await;
        Self {
            org,
            name: name.to_owned(),
            default_project,
            team,
            doomed,
            use_case,
            agent,
            service_account,
            api_token: api_token.id,
            provider,
            bystander: String::new(),
            second_owner: String::new(),
            grants: vec![],
        }
    }

    /// Gives everybody's role in one of its team projects.
    pub(crate) async fn grant(&self, ops: &Client, project: &str) {
        for (user, role) in &self.grants {
            let path = format!("/v1/organizations/{}/projects/{project}/members/{user}", self.org);
            let _ = ops.put(&path, json!({ "role": role })).await.expect_status(200);
        }
    }
}

/// A token that was just made.
pub(crate) struct Fresh {
    pub(crate) id: String,
    pub(crate) token: String,
}

/// Makes a service account with a token; the account's id.
pub(crate) async fn service_account(ops: &Client, list: &str, role: &str) -> (String, Fresh) {
    let body = match list {
        "/v1/service-accounts" => json!({ "name": "Robot" }),
        _ => json!({ "name": "Robot", "role": role }),
    };
    let account = ops.post(list, body).await.expect_status(201).text("id");
    let token = fresh_token(ops, &format!("{list}/{account}/tokens")).await;
    (account, token)
}

/// Makes a token.
pub(crate) async fn fresh_token(ops: &Client, list: &str) -> Fresh {
    let made = ops.post(list, json!({ "name": "Key" })).await.expect_status(201);
    Fresh { id: made.text("id"), token: made.text("token") }
}

/// The model that every provider has.
pub(crate) const MODEL: &str = "of-the-contract";

/// Makes a provider that has a credential; its id.
pub(crate) async fn provider(ops: &Client, list: &str) -> String {
    // Nothing listens there, so that whoever tests it is answered at once.
    let models = json!({ MODEL: {} });
    let nowhere = json!({ "name": "Models", "type": "custom", "base_url": "http://127.0.0.1:9", "models": models });
    let made = ops.post(list, nowhere).await.expect_status(201).text("id");
    let at = format!("{list}/{made}/credential");
    let _ = ops.with("if-match", "\"1\"").put(&at, json!({ "api_key": "of-the-contract" })).await.expect_status(200);
    made
}

/// Makes something with a name; its id.
pub(crate) async fn made(ops: &Client, list: &str, name: &str) -> String {
    ops.post(list, json!({ "name": name })).await.expect_status(201).text("id")
}
