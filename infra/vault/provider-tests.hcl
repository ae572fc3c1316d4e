# provider-tests: reads credentials of providers, and changes nothing.
path "secret/data/platform/providers/*" {
  capabilities = ["read"]
}

path "secret/data/orgs/+/providers/*" {
  capabilities = ["read"]
}
