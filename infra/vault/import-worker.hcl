# import-worker: one key per import, made at its start and destroyed at its end; reads the keys for passwords and link tokens.
path "secret/data/platform/imports/*" {
  capabilities = ["create", "read", "delete"]
}

path "secret/metadata/platform/imports/*" {
  capabilities = ["delete"]
}

path "secret/data/platform/keys/*" {
  capabilities = ["read"]
}

# The first import makes the key under which generated passwords are hashed: nobody needs it before.
path "secret/data/platform/keys/temporary-passwords" {
  capabilities = ["create", "read"]
}
