# tool-integrations: stores headers of MCP servers and secrets of OAuth clients and destroys them, and reads none of them.
path "secret/data/platform/mcp-servers/*" {
  capabilities = ["create", "update"]
}

path "secret/data/orgs/+/mcp-servers/*" {
  capabilities = ["create", "update"]
}

path "secret/data/orgs/+/oauth-clients/*" {
  capabilities = ["create", "update"]
}

# How many versions there are, and that all of them go when what they belong to does.
path "secret/metadata/platform/mcp-servers/*" {
  capabilities = ["read", "delete"]
}

path "secret/metadata/orgs/+/mcp-servers/*" {
  capabilities = ["read", "delete"]
}

path "secret/metadata/orgs/+/oauth-clients/*" {
  capabilities = ["read", "delete"]
}

path "secret/destroy/platform/mcp-servers/*" {
  capabilities = ["create", "update"]
}

path "secret/destroy/orgs/+/mcp-servers/*" {
  capabilities = ["create", "update"]
}

path "secret/destroy/orgs/+/oauth-clients/*" {
  capabilities = ["create", "update"]
}

# The key of fingerprints.
path "secret/data/platform/keys/tool-fingerprints" {
  capabilities = ["create", "read"]
}
