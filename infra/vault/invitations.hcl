# invitations: reads the key of link tokens, makes it if it is missing.
path "secret/data/platform/keys/links" {
  capabilities = ["create", "read"]
}
