//! Access keys of an AWS user, by the user itself: IAM's Query API of 2010-05-08.
//!
//! A user has two keys at most, and without `UserName` the one is meant whose key signs (IAM API Reference, `ListAccessKeys`,
//! `CreateAccessKey`, `UpdateAccessKey`, `DeleteAccessKey`). A key that was made is not known everywhere at once.

use std::time::Duration;

use credentials::{Fields, Kept, text};
use domain::Timestamp;
use domain::provider::Endpoint;
use domain::rotation::{Handle, Making};
use form_urlencoded::Serializer;
use outbound::{Address, Outbound, Request};
use probes::{Asked, AwsKeys, Key, Label};
use vault::Secret;
use zeroize::Zeroizing;

use crate::hindrance::Hindrance;
use crate::rotator::{Made, Places, Sight, handle, place};
use crate::xml::texts;

/// So many keys a user has at most.
const KEYS_MAX: usize = 2;

/// So much the clocks of the product and of Amazon may differ.
const SKEW: Duration = Duration::from_secs(300);

pub(crate) struct Aws {
    iam: Address,
    region: &'static str,
    keys: AwsKeys,
}

/// A key as it is listed.
struct Listed {
    handle: Handle,
    made_at: Option<Timestamp>,
}

type Texts = Vec<(String, Zeroizing<String>)>;

impl Aws {
    pub(crate) fn new(endpoint: &Endpoint, used: Kept, places: &Places) -> Result<Self, Hindrance> {
        let region = endpoint.settings().region.clone().map(String::from).unwrap_or_default();
        // IAM is one for each partition of Amazon's regions.
        let (published, signed_for) = match region.as_str() {
            region if region.starts_with("cn-") => ("https://iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            region if region.starts_with("us-gov-") => ("https://iam.us-gov.amazonaws.com", "us-gov-west-1"),
            _ => ("https://iam.amazonaws.com", "us-east-1"),
        };
        let part = |name| text(&used, name).ok_or(Hindrance::Unusable);
        let access_key_id = Label::try_from(part("access_key_id")?.as_str()).map_err(|_| Hindrance::Unusable)?;
        let secret_access_key = Key::new(part("secret_access_key")?).map_err(|_| Hindrance::Unusable)?;
        let keys = AwsKeys { access_key_id, secret_access_key, session_token: None };
        Ok(Self { iam: place(places.iam.as_ref(), published)?.under(&[""]), region: signed_for, keys })
    }

    pub(crate) async fn look(&self, outbound: &Outbound, now: Timestamp) -> Result<Sight, Hindrance> {
        let seen: Vec<Handle> = self.listed(outbound, now).await?.into_iter().map(|listed| listed.handle).collect();
        let used = self.used()?;
        if !seen.contains(&used) {
            return Err(Hindrance::NotListed);
        }
        if seen.len() >= KEYS_MAX {
            return Err(Hindrance::NoRoom);
        }
        Ok(Sight { seen, used: Some(used) })
    }

    /// What was not there before and was made since is the lost one: there was room for one key, and nobody saw its secret.
    pub(crate) async fn clear(&self, outbound: &Outbound, making: &Making, now: Timestamp) -> Result<(), Hindrance> {
        let used = self.used()?;
        for Listed { handle, made_at } in self.listed(outbound, now).await? {
            let is_since = made_at.is_none_or(|at| at.plus(SKEW) >= making.at);
            if handle != used && !making.seen.contains(&handle) && is_since {
                self.end(outbound, &handle, now).await?;
            }
        }
        Ok(())
    }

    pub(crate) async fn make(&self, outbound: &Outbound, now: Timestamp) -> Result<Made, Hindrance> {
        let answer = self.call(outbound, &[("Action", "CreateAccessKey")], now).await?;
        let part = |name: &str| {
            let found = answer.iter().find(|(element, _)| element == name);
            found.map(|(_, text)| text.as_str()).ok_or(Hindrance::Unavailable)
        };
        let (id, secret) = (part("AccessKeyId")?, part("SecretAccessKey")?);
        let secret_of = |text: &str| Secret::new(text.as_bytes().to_vec());
        let fields = Fields::new(vec![("access_key_id", secret_of(id)), ("secret_access_key", secret_of(secret))]);
        Ok(Made { fields, handle: handle(id)? })
    }

    /// Switched off first, as Amazon advises.
    pub(crate) async fn end(&self, outbound: &Outbound, handle: &Handle, now: Timestamp) -> Result<(), Hindrance> {
        if *handle == self.used()? {
            return Ok(());
        }
        let id = ("AccessKeyId", handle.as_str());
        for asked in
            [&[("Action", "UpdateAccessKey"), id, ("Status", "Inactive")][..], &[("Action", "DeleteAccessKey"), id]]
        {
            match self.call(outbound, asked, now).await {
                Ok(_) => {}
                Err(Hindrance::NotFound) => return Ok(()),
                Err(hindrance) => return Err(hindrance),
            }
        }
        Ok(())
    }

    fn used(&self) -> Result<Handle, Hindrance> {
        handle(self.keys.access_key_id.as_str())
    }

    async fn listed(&self, outbound: &Outbound, now: Timestamp) -> Result<Vec<Listed>, Hindrance> {
        let answer = self.call(outbound, &[("Action", "ListAccessKeys")], now).await?;
        let mut listed = vec![];
        // Of each key its id comes before its date.
        for (element, text) in answer {
            match element.as_str() {
                "AccessKeyId" => listed.push(Listed { handle: handle(&text)?, made_at: None }),
                "CreateDate" => {
                    if let Some(last) = listed.last_mut() {
                        last.made_at = Timestamp::try_from(text.to_string()).ok();
                    }
                }
                _ => {}
            }
        }
        Ok(listed)
    }

    async fn call(&self, outbound: &Outbound, asked: &[(&str, &str)], now: Timestamp) -> Result<Texts, Hindrance> {
        let form = Serializer::new(String::new()).extend_pairs(asked).append_pair("Version", "2010-05-08").finish();
        let request = Asked { method: "POST", body: form.as_bytes(), service: "iam", region: self.region };
        let signature = request.signed(&self.iam, &self.keys, now)?;
        let request = signature.onto(Request::form(self.iam.clone(), Zeroizing::new(form)).for_xml());
        let answer = outbound.call(request).await?;
        let read = answer.read(texts);
        if answer.status() < 300 {
            return Ok(read?);
        }
        let code = read.unwrap_or_default().into_iter().find(|(element, _)| element == "Code");
        Err(refusal(code.as_ref().map_or("", |(_, code)| code.as_str())).unwrap_or_else(|| Hindrance::of(&answer)))
    }
}

/// By the codes of the IAM API Reference, "Common errors", and of the four actions.
fn refusal(code: &str) -> Option<Hindrance> {
    Some(match code {
        "LimitExceeded" => Hindrance::NoRoom,
        "NoSuchEntity" => Hindrance::NotFound,
        "AccessDenied" | "AccessDeniedException" | "NotAuthorized" | "OptInRequired" => Hindrance::Forbidden,
        "InvalidClientTokenId" | "SignatureDoesNotMatch" | "IncompleteSignature" | "MissingAuthenticationToken" => {
            Hindrance::CredentialRefused
        }
        "Throttling" | "ThrottlingException" => Hindrance::RateLimited,
        "ServiceFailure" | "ServiceUnavailable" | "InternalFailure" | "EntityTemporarilyUnmodifiable" => {
            Hindrance::Unavailable
        }
        _ => return None,
    })
}
