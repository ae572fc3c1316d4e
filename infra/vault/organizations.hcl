# organizations: makes an organization's key, but neither uses nor destroys it.
# Vault counts every write to a transit key as an update; create stands here for versions that do not.
# The star spans "/config" too, where deletion is allowed but not done; rotation comes with it and harms nothing.
path "transit/keys/org_*" {
  capabilities = ["create", "read", "update"]
}
