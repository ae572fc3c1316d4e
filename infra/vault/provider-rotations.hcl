# provider-rotations: reads credentials of providers, writes those that it made, and destroys those that ended.
path "secret/data/platform/providers/*" {
  capabilities = ["create", "read", "update"]
}

path "secret/data/orgs/+/providers/*" {
  capabilities = ["create", "read", "update"]
}

# How many versions there are, and that all of them go when a provider does.
path "secret/metadata/platform/providers/*" {
  capabilities = ["read", "delete"]
}

path "secret/metadata/orgs/+/providers/*" {
  capabilities = ["read", "delete"]
}

path "secret/destroy/platform/providers/*" {
  capabilities = ["create", "update"]
}

path "secret/destroy/orgs/+/providers/*" {
  capabilities = ["create", "update"]
}

# Second credentials, which make and end keys: nobody else reads them.
path "secret/data/platform/rotations/*" {
  capabilities = ["read"]
}

path "secret/data/orgs/+/rotations/*" {
  capabilities = ["read"]
}

path "secret/metadata/platform/rotations/*" {
  capabilities = ["delete"]
}

path "secret/metadata/orgs/+/rotations/*" {
  capabilities = ["delete"]
}

path "secret/destroy/platform/rotations/*" {
  capabilities = ["create", "update"]
}

path "secret/destroy/orgs/+/rotations/*" {
  capabilities = ["create", "update"]
}

# The key of fingerprints.
path "secret/data/platform/keys/provider-fingerprints" {
  capabilities = ["create", "read"]
}
