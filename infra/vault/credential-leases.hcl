# credential-leases: lets others fetch credentials, each once and within a minute, and can read none itself: every answer is wrapped.
path "secret/data/platform/providers/*" {
  capabilities     = ["read"]
  min_wrapping_ttl = "1s"
  max_wrapping_ttl = "60s"
}

path "secret/data/orgs/+/providers/*" {
  capabilities     = ["read"]
  min_wrapping_ttl = "1s"
  max_wrapping_ttl = "60s"
}

# Default parameters are sealed for their organization.
path "transit/decrypt/org_*" {
  capabilities = ["update"]
}
