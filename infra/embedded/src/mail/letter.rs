//! One mail as it was sent.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A mail that was taken, simple or raw.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Letter {
    /// As answered to the sender; sorts by arrival.
    pub message_id: String,
    /// When it arrived, RFC 3339.
    pub received_at: String,
    /// `FromEmailAddress`.
    pub from: String,
    /// The visible recipients.
    pub to: Vec<String>,
    /// Those of the copy.
    pub cc: Vec<String>,
    /// Those of the blind copy.
    pub bcc: Vec<String>,
    /// Where answers go.
    pub reply_to: Vec<String>,
    /// The subject; of a raw mail, what its header says, undecoded.
    pub subject: String,
    /// The body as text; of a raw mail, the whole message.
    pub text: Option<String>,
    /// The body as HTML.
    pub html: Option<String>,
    /// Headers that the sender added to a simple mail.
    pub headers: Vec<(String, String)>,
    /// `EmailTags`.
    pub tags: BTreeMap<String, String>,
    /// `ConfigurationSetName`.
    pub configuration_set: Option<String>,
}

impl Letter {
    /// Reads the body of `SendEmail`.
    ///
    /// # Errors
    /// What SES would say about a mail without sender, recipient or content, or with a template.
    pub(super) fn from_request(asked: &Value) -> Result<Self, &'static str> {
        let destination = |kind: &str| texts(asked.pointer(&format!("/Destination/{kind}Addresses")));
        let mut letter = Self {
            from: text(asked.get("FromEmailAddress")).ok_or("Missing required header 'From'.")?,
            to: destination("To"),
            cc: destination("Cc"),
            bcc: destination("Bcc"),
            reply_to: texts(asked.get("ReplyToAddresses")),
            tags: pairs(asked.get("EmailTags")).into_iter().collect(),
            configuration_set: text(asked.get("ConfigurationSetName")),
            ..Self::default()
        };
        if let Some(simple) = asked.pointer("/Content/Simple") {
            letter.read_simple(simple);
        } else if let Some(raw) = asked.pointer("/Content/Raw/Data").and_then(Value::as_str) {
            letter.read_raw(raw)?;
        } else {
            return Err("Content must be Simple or Raw.");
        }
        let has_recipient = [&letter.to, &letter.cc, &letter.bcc].iter().any(|list| !list.is_empty());
        has_recipient.then_some(letter).ok_or("Missing final '@domain': no recipient.")
    }

    fn read_simple(&mut self, simple: &Value) {
        self.subject = text(simple.pointer("/Subject/Data")).unwrap_or_default();
        self.text = text(simple.pointer("/Body/Text/Data"));
        self.html = text(simple.pointer("/Body/Html/Data"));
        self.headers = pairs(simple.get("Headers"));
    }

    fn read_raw(&mut self, raw: &str) -> Result<(), &'static str> {
        let bytes = BASE64_STANDARD.decode(raw).map_err(|_| "Raw.Data is not base64.")?;
        let message = String::from_utf8_lossy(&bytes).into_owned();
        let head = message.split("\r\n\r\n").next().unwrap_or_default();
        let header = |name: &str| {
            let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")))?;
            line.split_once(':').map(|(_, value)| value.trim().to_owned())
        };
        self.subject = header("subject").unwrap_or_default();
        if self.to.is_empty() {
            self.to =
                header("to").map(|to| to.split(',').map(|one| one.trim().to_owned()).collect()).unwrap_or_default();
        }
        self.text = Some(message);
        Ok(())
    }
}

fn text(value: Option<&Value>) -> Option<String> {
    value?.as_str().map(str::to_owned)
}

fn texts(value: Option<&Value>) -> Vec<String> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(|one| text(Some(one))).collect()
}

fn pairs(value: Option<&Value>) -> Vec<(String, String)> {
    let listed = value.and_then(Value::as_array).into_iter().flatten();
    listed.filter_map(|pair| Some((text(pair.get("Name"))?, text(pair.get("Value"))?))).collect()
}
