# tool-checks: reads headers of MCP servers, and changes nothing.
path "secret/data/platform/mcp-servers/*" {
  capabilities = ["read"]
}

path "secret/data/orgs/+/mcp-servers/*" {
  capabilities = ["read"]
}
