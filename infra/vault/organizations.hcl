# organizations: makes an organization's key and destroys it, but never uses it.
# Vault counts every write to a transit key as an update; create stands here for versions that do not.
# The star spans "/config" too, where deletion is allowed; rotation comes with it and harms nothing.
path "transit/keys/org_*" {
  capabilities = ["create", "read", "update", "delete"]
}
