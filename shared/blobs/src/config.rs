//! Where the objects are and who asks for them.

/// Everything a [`Blobs`](crate::Blobs) needs to know. Holds a secret, so it is not shown, copied or serialised.
pub struct Config {
    /// `http://HOST:PORT` or `https://HOST` of a store that is addressed by path; none for Amazon's own.
    pub endpoint: Option<String>,
    /// The same store as others reach it, for forms and links, if that differs from `endpoint`. An origin, without a path.
    pub public_endpoint: Option<String>,
    /// The region, such as `eu-central-1`.
    pub region: String,
    /// The bucket; its name must not contain dots.
    pub bucket: String,
    /// The access key's id.
    pub access_key_id: String,
    /// The access key's secret.
    pub secret_access_key: String,
    /// Of temporary credentials. Forms and links made with these end with them.
    pub session_token: Option<String>,
    /// The id or ARN of the KMS key that encrypts what is written; without one, S3's own keys do (AES256).
    pub server_side_kms_key: Option<String>,
}

/// With the credentials of Amazon's published examples.
#[cfg(test)]
pub(crate) fn example(bucket: &str) -> Config {
    Config {
        endpoint: None,
        public_endpoint: None,
        region: "eu-central-1".to_owned(),
        bucket: bucket.to_owned(),
        access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
        session_token: None,
        server_side_kms_key: None,
    }
}
