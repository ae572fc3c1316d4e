//! Tools of an organization, looked at and offered.

use std::collections::BTreeSet;

use domain::OrgScope;
use domain::Patch;
use domain::home::InHome;
use domain::mcp_server::{CreateMcpServer, DiscoverTools, Found, Look, ToolList};
use domain::oauth_client::{AuthorizationServerPatch, CreateOauthClient};
use domain::organization::Organization;
use serde_json::json;
use store::Made;

use crate::content::superadmin;
use crate::stack::{Stack, mint};

impl Stack {
    /// A server that was found to offer something, and a client.
    pub(crate) async fn tooled(&self, place: &Organization) {
        let (store, ops) = (&self.direct.store, superadmin(Some(place)));
        let asked = CreateMcpServer {
            name: "Tools".to_owned().try_into().unwrap(),
            url: "https://mcp.example.com/mcp".to_owned().try_into().unwrap(),
        };
        let granted = ops.grant(InHome::<OrgScope, _>::new(asked), place.id).unwrap();
        let Made::Now(server) = store.create_mcp_server(&granted, None, &mut mint()).await.unwrap() else {
            panic!("made before")
        };
        let mut tools = ToolList::default();
        assert!(tools.take(&json!({ "name": "add" })));
        let look = Look::Found(Found { protocol: "2025-11-25", tools });
        let granted = ops.grant(InHome::<OrgScope, _>::new(DiscoverTools { id: server.id }), place.id).unwrap();
        store.record_discovery(&granted, &server, &look, &mut mint()).await.unwrap();
        let issuer = Patch::Set("https://login.example.com/acme".to_owned().try_into().unwrap());
        let asked = CreateOauthClient {
            name: "Drive".to_owned().try_into().unwrap(),
            server: AuthorizationServerPatch { issuer, ..AuthorizationServerPatch::default() },
            client_id: "portal".to_owned().try_into().unwrap(),
            scopes: BTreeSet::new(),
            redirect_uris: BTreeSet::new(),
        };
        let granted = ops.grant(asked, place.id).unwrap();
        let _ = store.create_oauth_client(&granted, None, &mut mint()).await.unwrap();
    }
}
