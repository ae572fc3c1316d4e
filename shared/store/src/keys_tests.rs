use domain::id::{McpServerId, OauthClientId};
use domain::quota::{Period, QuotaScope};

use super::*;

#[test]
fn every_tenant_key_begins_with_its_organization() {
    let (org, project) = (OrganizationId::from_parts(1, 2), ProjectId::from_parts(3, 4));
    for pk in [
        tenant::projects(org),
        tenant::project(org, project).pk,
        tenant::project_name(org, "x").pk,
        tenant::registered(org, project, "ucs_1").pk,
        tenant::invitations(org),
        tenant::invitation_email(org, "a@b.co").pk,
        tool::mcp_server(Some(org), McpServerId::from_parts(5, 6)).pk,
        tool::tools(Some(org), McpServerId::from_parts(5, 6)).pk,
        tool::mcp_server_name(Some(org), "x").pk,
        tool::oauth_client(org, OauthClientId::from_parts(5, 6)).pk,
        tool::oauth_client_name(org, "x").pk,
        allowance::limited(org),
        allowance::top_ups(org),
        allowance::requests(org),
        allowance::asked(org, UserId::from_parts(5, 6), QuotaScope::Organization, Period::Daily).pk,
    ] {
        assert!(pk.starts_with(&format!("{org}#")), "{pk}");
    }
}

#[test]
fn no_name_makes_a_key_that_the_table_refuses() {
    let folded = domain::name::folded(&"\u{fdfa}".repeat(120));
    assert!(folded.len() > 2048);
    assert!(organization_name(&folded).pk.len() < 1024);
    assert!(index::by_name(&folded, OrganizationId::from_parts(1, 2)).len() < 1024);
}
