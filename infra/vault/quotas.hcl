# quotas: seals and opens what people say of limits, with data keys of their organization; neither makes nor sees its key.
path "transit/datakey/plaintext/org_*" {
  capabilities = ["update"]
}

path "transit/decrypt/org_*" {
  capabilities = ["update"]
}
