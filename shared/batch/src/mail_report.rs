//! What SES tells of a mail, as EventBridge brings it: the events of sending that a configuration set publishes.

use domain::delivery_report::{DeliveryReport, ReportedOutcome};
use domain::{Email, Result, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use crate::malformed;

/// At most so many characters of the other side's words.
const WORDS_MAX: usize = 300;

/// What became of one mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailReport {
    /// The tags that the mail was sent with which this product's mails have: the deployment and the event.
    pub tags: MailTags,
    /// To whom it was sent; none for a mail to several, which this product does not send.
    pub to: Option<Email>,
    /// What was told; none for what has no meaning here, such as a delay or an opened mail.
    pub report: Option<DeliveryReport>,
}

/// What a mail is marked with when it is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailTags {
    /// Whose mail it is.
    pub deployment: Option<String>,
    /// What it is about: an event's id.
    pub event: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    event_type: String,
    mail: Sent,
    bounce: Option<Bounce>,
    complaint: Option<Complaint>,
    delivery: Option<Delivery>,
    reject: Option<Reject>,
    failure: Option<Failure>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    timestamp: Timestamp,
    message_id: String,
    #[serde(default)]
    destination: Vec<String>,
    #[serde(default)]
    tags: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
    #[serde(default)]
    bounce_sub_type: String,
    #[serde(default)]
    bounced_recipients: Vec<Bounced>,
    timestamp: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounced {
    diagnostic_code: Option<String>,
    status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    complaint_feedback_type: Option<String>,
    complaint_sub_type: Option<String>,
    timestamp: Timestamp,
}

#[derive(Deserialize)]
struct Delivery {
    timestamp: Timestamp,
}

#[derive(Deserialize)]
struct Reject {
    reason: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    error_message: String,
}

/// Whether an event is one of the mail service's.
pub(crate) fn is_report(event: &Value) -> bool {
    event.get("source").is_some_and(|source| source == "aws.ses")
}

pub(crate) fn read(event: &Value) -> Result<MailReport> {
    let detail = event.get("detail").ok_or_else(|| malformed("an event of SES without its detail"))?;
    let detail = Detail::deserialize(detail).map_err(malformed)?;
    let told = told(&detail)?;
    let Detail { mail: Sent { message_id, destination, tags, .. }, .. } = detail;
    let tag = |name: &str| tags.get(name)?.get(0)?.as_str().map(str::to_owned);
    let to = match destination.as_slice() {
        [one] => one.parse().ok(),
        _ => None,
    };
    let report = told.map(|(at, outcome)| DeliveryReport { message_id, at, outcome });
    Ok(MailReport { tags: MailTags { deployment: tag("deployment"), event: tag("event") }, to, report })
}

fn told(Detail { event_type, mail, bounce, complaint, delivery, reject, failure }: &Detail) -> Result<Option<Told>> {
    let missing = || malformed(format!("an event of SES without what it says of a {event_type}"));
    Ok(Some(match event_type.as_str() {
        "Bounce" => bounced(bounce.as_ref().ok_or_else(missing)?),
        "Complaint" => complained(complaint.as_ref().ok_or_else(missing)?),
        "Delivery" => (delivery.as_ref().ok_or_else(missing)?.timestamp, ReportedOutcome::Delivered),
        "Reject" => {
            let Reject { reason } = reject.as_ref().ok_or_else(missing)?;
            (mail.timestamp, ReportedOutcome::NotSent(words(&format!("the mail service rejected it: {reason}"))))
        }
        "Rendering Failure" => {
            let Failure { error_message } = failure.as_ref().ok_or_else(missing)?;
            let why = format!("the mail service could not write it: {error_message}");
            (mail.timestamp, ReportedOutcome::NotSent(words(&why)))
        }
        _ => return Ok(None),
    }))
}

type Told = (Timestamp, ReportedOutcome);

/// Only a permanent bounce says that the address is no good. What SES itself holds back, because the address is on a list of
/// its own, is told as one too.
fn bounced(bounce: &Bounce) -> Told {
    let Bounce { bounce_type, bounce_sub_type, bounced_recipients, timestamp } = bounce;
    let said = bounced_recipients.iter().find_map(|one| one.diagnostic_code.as_ref().or(one.status.as_ref()));
    let kind = format!("{bounce_type} {bounce_sub_type}");
    let why = words(&said.map_or_else(|| kind.clone(), |said| format!("{said} ({})", kind.trim())));
    let outcome = match bounce_type.as_str() {
        "Permanent" => ReportedOutcome::Bounced(why),
        _ => ReportedOutcome::Troubled(why),
    };
    (*timestamp, outcome)
}

fn complained(complaint: &Complaint) -> Told {
    let Complaint { complaint_feedback_type, complaint_sub_type, timestamp } = complaint;
    let said = complaint_feedback_type.as_deref().or(complaint_sub_type.as_deref());
    (*timestamp, ReportedOutcome::Complained(words(said.unwrap_or("no reason was given"))))
}

/// One line, cut.
fn words(text: &str) -> String {
    let line = text.split(|letter: char| letter.is_control() || letter.is_whitespace()).filter(|word| !word.is_empty());
    line.collect::<Vec<_>>().join(" ").chars().take(WORDS_MAX).collect()
}

#[cfg(test)]
#[path = "mail_report_tests.rs"]
mod tests;
