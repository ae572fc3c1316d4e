# encryption-keys: gives organizations' keys new versions, wraps data keys anew without seeing them, and retires older versions.
path "transit/keys/org_*" {
  capabilities = ["read", "update"]
}

path "transit/rewrap/org_*" {
  capabilities = ["update"]
}
