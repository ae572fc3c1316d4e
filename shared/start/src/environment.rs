//! What the environment says, read once.

use crate::Fault;

/// Everything that differs between deployments. Holds secrets, so it is not shown, copied or serialised.
pub struct Settings {
    /// `TABLE_PREFIX`: what every table's name begins with, such as `prod-`; may be empty.
    pub table_prefix: String,
    /// `PUBLIC_URL`: the origin that people use, such as `https://portal.example.com`.
    pub public_url: String,
    /// `AWS_REGION`, such as `eu-central-1`.
    pub region: String,
    /// `AWS_ACCESS_KEY_ID`, of the function's role.
    pub access_key_id: String,
    /// `AWS_SECRET_ACCESS_KEY`, of the function's role.
    pub secret_access_key: String,
    /// `AWS_SESSION_TOKEN`, of the function's role.
    pub session_token: Option<String>,
    /// `AWS_ENDPOINT_URL_DYNAMODB`: a database other than Amazon's.
    pub database_endpoint: Option<String>,
    /// `AWS_ENDPOINT_URL_S3`: an object store other than Amazon's.
    pub objects_endpoint: Option<String>,
    /// `OBJECTS_PUBLIC_URL`: the same object store as browsers reach it, if that differs.
    pub objects_public_url: Option<String>,
    /// `BUCKET`: where objects are; only functions that have any need it.
    pub bucket: Option<String>,
    /// `KMS_KEY_ID`: the key that encrypts new objects and new tables of organizations; Amazon's own without it.
    pub kms_key: Option<String>,
    /// `TENANT_DELETION_PROTECTION`: `true` if new tables of organizations refuse to be deleted until the purge.
    pub tenant_deletion_protection: bool,
    /// `VAULT_ADDR`: only functions with secrets need it.
    pub vault_address: Option<String>,
    /// Who logs in to Vault.
    pub vault_login: Option<VaultLogin>,
    /// `AWS_ENDPOINT_URL_SESV2`: a mail service other than Amazon's.
    pub mail_endpoint: Option<String>,
    /// `MAIL_FROM`: whom mails come from; only a function that sends any needs it.
    pub mail_from: Option<String>,
    /// `MAILS_PER_SECOND`: how fast the deployment sends them; 10 otherwise.
    pub mails_per_second: Option<String>,
    /// `MAILS_PER_DAY`: how many the deployment sends in any 24 hours; 50,000 otherwise.
    pub mails_per_day: Option<String>,
    /// `MAIL_CONFIGURATION_SET`: what makes the mail service tell what became of mails; nothing does without it.
    pub mail_configuration_set: Option<String>,
    /// `OUTBOUND_ALLOWED`: where calls to customers' addresses may go although it is private or plain http, as
    /// `shared/outbound` reads it; nowhere without it.
    pub outbound_allowed: Option<String>,
    /// `LOG_LEVEL`: `error`, `warn` or `info` (otherwise). A release build holds nothing below.
    pub log_level: Option<String>,
}

/// Who logs in to Vault.
pub enum VaultLogin {
    /// `VAULT_TOKEN`: a token that somebody else keeps alive; for one machine.
    Token(String),
    /// `VAULT_ROLE_ID` and `VAULT_SECRET_ID`.
    Role {
        /// The role's public id.
        role_id: String,
        /// The role's secret id.
        secret_id: String,
    },
    /// `VAULT_AWS_ROLE`, with which the function's own role logs in, and `VAULT_AWS_SERVER_ID`, where Vault insists on its name.
    Aws {
        /// The role's name at Vault.
        role: String,
        /// What Vault calls itself.
        server_id: Option<String>,
    },
}

impl Settings {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// Names the variable that every function needs and that is absent.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment, once, at start-up")]
    pub fn from_environment() -> Result<Self, Fault> {
        Self::read(|name| std::env::var(name).ok())
    }

    /// Reads the variables that `look_up` knows; an empty one counts as absent.
    ///
    /// # Errors
    /// Names the variable that every function needs and that is absent.
    pub fn read(look_up: impl Fn(&str) -> Option<String>) -> Result<Self, Fault> {
        let find = |name: &str| look_up(name).filter(|value| !value.is_empty());
        let need = |name: &'static str| find(name).ok_or(Fault::new(name, "is not set"));
        Ok(Self {
            table_prefix: find("TABLE_PREFIX").unwrap_or_default(),
            public_url: need("PUBLIC_URL")?,
            region: need("AWS_REGION")?,
            access_key_id: need("AWS_ACCESS_KEY_ID")?,
            secret_access_key: need("AWS_SECRET_ACCESS_KEY")?,
            session_token: find("AWS_SESSION_TOKEN"),
            database_endpoint: find("AWS_ENDPOINT_URL_DYNAMODB"),
            objects_endpoint: find("AWS_ENDPOINT_URL_S3"),
            objects_public_url: find("OBJECTS_PUBLIC_URL"),
            bucket: find("BUCKET"),
            kms_key: find("KMS_KEY_ID"),
            tenant_deletion_protection: find("TENANT_DELETION_PROTECTION").is_some_and(|on| on == "true"),
            vault_address: find("VAULT_ADDR"),
            vault_login: vault_login(find),
            mail_endpoint: find("AWS_ENDPOINT_URL_SESV2"),
            mail_from: find("MAIL_FROM"),
            mails_per_second: find("MAILS_PER_SECOND"),
            mails_per_day: find("MAILS_PER_DAY"),
            mail_configuration_set: find("MAIL_CONFIGURATION_SET"),
            outbound_allowed: find("OUTBOUND_ALLOWED"),
            log_level: find("LOG_LEVEL"),
        })
    }
}

/// A role comes before a token: a deployment that has both means the role. The function's own role comes before one with a secret.
fn vault_login(find: impl Fn(&str) -> Option<String>) -> Option<VaultLogin> {
    if let Some(role) = find("VAULT_AWS_ROLE") {
        return Some(VaultLogin::Aws { role, server_id: find("VAULT_AWS_SERVER_ID") });
    }
    match (find("VAULT_ROLE_ID"), find("VAULT_SECRET_ID")) {
        (Some(role_id), Some(secret_id)) => Some(VaultLogin::Role { role_id, secret_id }),
        _ => find("VAULT_TOKEN").map(VaultLogin::Token),
    }
}

#[cfg(test)]
mod tests {
    use super::{Settings, VaultLogin};

    const NEEDED: [&str; 4] = ["PUBLIC_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

    fn read(absent: &str, extra: &[(&str, &str)]) -> Result<Settings, crate::Fault> {
        Settings::read(|name| {
            let given = extra.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            given.or_else(|| (NEEDED.contains(&name) && name != absent).then(|| name.to_lowercase()))
        })
    }

    #[test]
    fn what_every_function_needs_is_named_when_it_is_absent_or_empty() {
        for name in NEEDED {
            assert_eq!(read(name, &[]).err().map(|fault| fault.setting()), Some(name));
            assert_eq!(read("", &[(name, "")]).err().map(|fault| fault.setting()), Some(name));
        }
        assert!(read("", &[]).is_ok());
    }

    #[test]
    fn tables_of_organizations_are_protected_only_where_that_is_said() {
        let protected = |extra: &[(&str, &str)]| read("", extra).unwrap().tenant_deletion_protection;
        assert!(protected(&[("TENANT_DELETION_PROTECTION", "true")]));
        assert!(!protected(&[("TENANT_DELETION_PROTECTION", "false")]));
        assert!(!protected(&[]));
    }

    #[test]
    fn a_role_comes_before_a_token() {
        let both = [("VAULT_ROLE_ID", "r"), ("VAULT_SECRET_ID", "s"), ("VAULT_TOKEN", "t")];
        let login = |extra: &[(&str, &str)]| read("", extra).unwrap().vault_login;
        assert!(matches!(login(&both), Some(VaultLogin::Role { .. })));
        let own = [("VAULT_AWS_ROLE", "prod-identity"), ("VAULT_ROLE_ID", "r"), ("VAULT_SECRET_ID", "s")];
        assert!(matches!(login(&own), Some(VaultLogin::Aws { role, server_id: None }) if role == "prod-identity"));
        assert!(matches!(login(&both[1..]), Some(VaultLogin::Token(_))));
        assert!(login(&both[..1]).is_none());
    }
}
