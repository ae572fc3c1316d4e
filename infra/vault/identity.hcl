# identity: reads the keys for passwords and link tokens, makes one that is missing.
path "secret/data/platform/keys/*" {
  capabilities = ["create", "read"]
}
