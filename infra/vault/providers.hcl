# providers: stores credentials and destroys them, and reads none of them; seals and opens default parameters.
path "secret/data/platform/providers/*" {
  capabilities = ["create", "update"]
}

path "secret/data/orgs/+/providers/*" {
  capabilities = ["create", "update"]
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

# The key of fingerprints.
path "secret/data/platform/keys/provider-fingerprints" {
  capabilities = ["create", "read"]
}

path "transit/datakey/plaintext/org_*" {
  capabilities = ["update"]
}

path "transit/decrypt/org_*" {
  capabilities = ["update"]
}

# Second credentials, of schedules: stored and destroyed, and read none of them.
path "secret/data/platform/rotations/*" {
  capabilities = ["create", "update"]
}

path "secret/data/orgs/+/rotations/*" {
  capabilities = ["create", "update"]
}

path "secret/metadata/platform/rotations/*" {
  capabilities = ["read", "delete"]
}

path "secret/metadata/orgs/+/rotations/*" {
  capabilities = ["read", "delete"]
}

path "secret/destroy/platform/rotations/*" {
  capabilities = ["create", "update"]
}

path "secret/destroy/orgs/+/rotations/*" {
  capabilities = ["create", "update"]
}
