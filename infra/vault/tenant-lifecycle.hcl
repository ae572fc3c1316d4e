# tenant-lifecycle: makes and destroys organizations' keys, and purges what an organization kept, unread.
path "transit/keys/org_*" {
  capabilities = ["create", "read", "update", "delete"]
}

path "secret/metadata/orgs/*" {
  capabilities = ["list", "delete"]
}
