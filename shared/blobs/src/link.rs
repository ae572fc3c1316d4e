//! Links that let a browser download one object.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningSettings, UriPathNormalizationMode,
    sign,
};
use aws_sigv4::sign::v4::SigningParams;
use domain::Timestamp;

use crate::Blobs;
use crate::address::{bucket, encoded, encoded_path};
use crate::config::Config;
use crate::fault::{Fault, Kind, chain};

impl Blobs {
    /// A link to download `key` within `expires_in` (at most seven days) from `now`, saved as `file_name`, sent as
    /// `content_type`. Whoever has the link has the object.
    ///
    /// Made without asking the store, so the object may be absent. Ends no later than temporary credentials do.
    ///
    /// # Errors
    /// [`Kind::Unexpected`] if the endpoint makes no address.
    pub fn presigned_get(
        &self,
        key: &str,
        file_name: &str,
        content_type: &str,
        expires_in: Duration,
        now: Timestamp,
    ) -> Result<String, Fault> {
        let config = self.config();
        let address = format!(
            "{}/{}?response-content-disposition={}&response-content-type={}",
            bucket(config),
            encoded_path(key),
            encoded(&disposition(file_name)),
            encoded(content_type)
        );
        let signature = signature(config, &address, expires_in, now)?;
        Ok(format!("{address}&{signature}"))
    }
}

/// What goes behind the address's own query.
fn signature(config: &Config, address: &str, expires_in: Duration, now: Timestamp) -> Result<String, Fault> {
    let unsigned = |error: &(dyn std::error::Error + 'static)| Fault::new(Kind::Unexpected, chain(error));
    let Config { access_key_id, secret_access_key, session_token, region, .. } = config;
    let identity = Credentials::new(access_key_id, secret_access_key, session_token.clone(), None, "blobs").into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("s3")
        .time(system_time(now))
        .settings(settings(expires_in))
        .build()
        .map_err(|error| unsigned(&error))?
        .into();
    let request = SignableRequest::new("GET", address, std::iter::empty(), SignableBody::UnsignedPayload);
    let signed = sign(request.map_err(|error| unsigned(&error))?, &params).map_err(|error| unsigned(&error))?;
    let (_, query) = signed.into_parts().0.into_parts();
    let pairs = query.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
    Ok(pairs.collect::<Vec<_>>().join("&"))
}

/// S3 signs paths as they are sent.
fn settings(expires_in: Duration) -> SigningSettings {
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(expires_in);
    settings
}

/// The name twice: in plain characters, and whole for programs that know RFC 6266.
fn disposition(file_name: &str) -> String {
    let plain = |char: char| {
        if char.is_ascii_graphic() && !matches!(char, '"' | '\\' | '%') || char == ' ' { char } else { '_' }
    };
    let fallback: String = file_name.chars().map(plain).collect();
    format!("attachment; filename=\"{fallback}\"; filename*=UTF-8''{}", encoded(file_name))
}

pub(crate) fn system_time(at: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(at.millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_of_amazons_published_example() {
        let config = Config { region: "us-east-1".to_owned(), ..crate::config::example("examplebucket") };
        let now = Timestamp::from_millis(1_369_353_600_000);
        let address = "https://examplebucket.s3.amazonaws.com/test.txt";
        let query = signature(&config, address, Duration::from_secs(86_400), now).unwrap();
        assert_eq!(
            query.split('&').collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>(),
            [
                "X-Amz-Algorithm=AWS4-HMAC-SHA256",
                "X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request",
                "X-Amz-Date=20130524T000000Z",
                "X-Amz-Expires=86400",
                "X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
                "X-Amz-SignedHeaders=host",
            ]
        );
    }

    #[test]
    fn temporary_credentials_send_their_token() {
        let config = Config { session_token: Some("a+token/".to_owned()), ..crate::config::example("files") };
        let link = Blobs::new(config).presigned_get(
            "a",
            "a.txt",
            "text/plain",
            Duration::from_secs(60),
            Timestamp::from_millis(0),
        );
        assert!(link.unwrap().contains("&X-Amz-Security-Token=a%2Btoken%2F"));
    }

    #[test]
    fn a_file_name_cannot_break_out_of_its_header() {
        assert_eq!(
            disposition("r\"é;\r\n.xlsx"),
            "attachment; filename=\"r__;__.xlsx\"; filename*=UTF-8''r%22%C3%A9%3B%0D%0A.xlsx"
        );
    }

    #[test]
    fn a_link_names_the_bucket_where_others_reach_it() {
        let link = |config: Config| {
            let blobs = Blobs::new(config);
            let link =
                blobs.presigned_get("a b/c", "c", "text/plain", Duration::from_secs(60), Timestamp::from_millis(0));
            link.unwrap().split('?').next().unwrap().to_owned()
        };
        let example = || crate::config::example("files");
        assert_eq!(link(example()), "https://files.s3.eu-central-1.amazonaws.com/a%20b/c");
        let endpoint = Some("http://127.0.0.1:9000".to_owned());
        assert_eq!(link(Config { endpoint: endpoint.clone(), ..example() }), "http://127.0.0.1:9000/files/a%20b/c");
        let public_endpoint = Some("https://files.example.org/".to_owned());
        let link = link(Config { endpoint, public_endpoint, ..example() });
        assert_eq!(link, "https://files.example.org/files/a%20b/c");
    }
}
