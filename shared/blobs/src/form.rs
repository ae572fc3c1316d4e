//! Forms that let a browser upload one object, and nothing else.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::Blobs;
use crate::address::{bucket, stamp};
use crate::config::Config;
use crate::link::system_time;

/// What a browser POSTs as `multipart/form-data`: these fields first, in any order, then `file`. Whoever holds it can upload
/// until it expires, so it has no `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Form {
    /// Where to.
    pub url: String,
    /// By name.
    pub fields: BTreeMap<String, String>,
}

impl Blobs {
    /// A form to upload exactly `key`, with exactly that content type, of `bytes_min` to `bytes_max` bytes, within
    /// `expires_in` from `now`; S3 answers 201 and keeps to all of it. The form can be used several times.
    ///
    /// Made without asking the store. Ends no later than temporary credentials do.
    #[must_use]
    pub fn presigned_post(
        &self,
        key: &str,
        bytes_min: u64,
        bytes_max: u64,
        content_type: &str,
        expires_in: Duration,
        now: Timestamp,
    ) -> Form {
        let config = self.config();
        let mut fields = signing_fields(config, now);
        fields.insert("success_action_status".to_owned(), "201".to_owned());
        fields.insert("Content-Type".to_owned(), content_type.to_owned());
        fields.insert("key".to_owned(), key.to_owned());
        let policy = policy(config, &fields, [bytes_min, bytes_max], now.plus(expires_in));
        let policy = STANDARD.encode(policy.to_string());
        fields.insert("x-amz-signature".to_owned(), signature(config, &policy, now));
        fields.insert("policy".to_owned(), policy);
        Form { url: bucket(config), fields }
    }
}

fn signing_fields(config: &Config, now: Timestamp) -> BTreeMap<String, String> {
    let date = stamp(now);
    let day: String = date.chars().take(8).collect();
    let credential = format!("{}/{day}/{}/s3/aws4_request", config.access_key_id, config.region);
    let mut fields = BTreeMap::from([
        ("x-amz-algorithm".to_owned(), "AWS4-HMAC-SHA256".to_owned()),
        ("x-amz-credential".to_owned(), credential),
        ("x-amz-date".to_owned(), date),
    ]);
    if let Some(token) = &config.session_token {
        fields.insert("x-amz-security-token".to_owned(), token.clone());
    }
    fields
}

/// Every field must have the value it has here: S3 refuses those that a policy does not name.
fn policy(config: &Config, fields: &BTreeMap<String, String>, bytes: [u64; 2], expires: Timestamp) -> Value {
    let [bytes_min, bytes_max] = bytes;
    let mut conditions: Vec<Value> =
        fields.iter().map(|(name, value)| json!(["eq", format!("${name}"), value])).collect();
    conditions.push(json!({ "bucket": config.bucket }));
    conditions.push(json!(["content-length-range", bytes_min, bytes_max]));
    json!({ "expiration": expires.to_string(), "conditions": conditions })
}

/// The signature of a policy as it is sent, in base64.
fn signature(config: &Config, policy: &str, now: Timestamp) -> String {
    let key = generate_signing_key(&config.secret_access_key, system_time(now), &config.region, "s3");
    calculate_signature(key, policy.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(config: Config) -> Form {
        let now = Timestamp::from_millis(1_451_347_200_000);
        Blobs::new(config).presigned_post("imports/1/upload.xlsx", 1, 20, "text/plain", Duration::from_secs(900), now)
    }

    fn policy_of(form: &Form) -> Value {
        serde_json::from_slice(&STANDARD.decode(&form.fields["policy"]).unwrap()).unwrap()
    }

    #[test]
    fn the_signature_is_the_one_of_amazons_published_example() {
        let config = Config { region: "us-east-1".to_owned(), ..crate::config::example("sigv4examplebucket") };
        let policy = concat!(
            "{ \"expiration\": \"2015-12-30T12:00:00.000Z\",\r\n",
            "  \"conditions\": [\r\n",
            "    {\"bucket\": \"sigv4examplebucket\"},\r\n",
            "    [\"starts-with\", \"$key\", \"user/user1/\"],\r\n",
            "    {\"acl\": \"public-read\"},\r\n",
            "    {\"success_action_redirect\": \"http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html\"},\r\n",
            "    [\"starts-with\", \"$Content-Type\", \"image/\"],\r\n",
            "    {\"x-amz-meta-uuid\": \"14365123651274\"},\r\n",
            "    {\"x-amz-server-side-encryption\": \"AES256\"},\r\n",
            "    [\"starts-with\", \"$x-amz-meta-tag\", \"\"],\r\n",
            "\r\n",
            "    {\"x-amz-credential\": \"AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request\"},\r\n",
            "    {\"x-amz-algorithm\": \"AWS4-HMAC-SHA256\"},\r\n",
            "    {\"x-amz-date\": \"20151229T000000Z\" }\r\n",
            "  ]\r\n}",
        );
        let signature = signature(&config, &STANDARD.encode(policy), Timestamp::from_millis(1_451_347_200_000));
        assert_eq!(signature, "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e");
    }

    #[test]
    fn the_policy_holds_the_form_to_one_key_a_size_and_a_time() {
        let form = form(crate::config::example("files"));
        let policy = policy_of(&form);
        assert_eq!(policy["expiration"], "2015-12-29T00:15:00.000Z");
        let conditions = policy["conditions"].as_array().unwrap();
        assert!(conditions.contains(&json!({ "bucket": "files" })));
        assert!(conditions.contains(&json!(["eq", "$key", "imports/1/upload.xlsx"])));
        assert!(conditions.contains(&json!(["content-length-range", 1, 20])));
        assert!(conditions.contains(&json!(["eq", "$Content-Type", "text/plain"])));
        assert_eq!(form.url, "https://files.s3.eu-central-1.amazonaws.com");
    }

    #[test]
    fn every_field_is_in_the_policy_also_the_token_of_temporary_credentials() {
        let config = Config { session_token: Some("token".to_owned()), ..crate::config::example("files") };
        let form = form(config);
        assert_eq!(form.fields["x-amz-security-token"], "token");
        let policy = policy_of(&form);
        let named: Vec<&str> =
            policy["conditions"].as_array().unwrap().iter().filter_map(|one| one[1].as_str()).collect();
        for field in form.fields.keys().filter(|name| !["policy", "x-amz-signature"].contains(&name.as_str())) {
            assert!(named.contains(&format!("${field}").as_str()), "{field}");
        }
    }
}
