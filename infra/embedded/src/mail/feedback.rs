//! What SES tells of a mail after it took it, in the shape in which EventBridge brings it.

use serde_json::{Map, Value, json};

use super::Letter;

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feedback {
    /// The recipient's server refuses the address for good.
    Bounce,
    /// The mailbox is full.
    BounceOnce,
    /// The recipient called it unwanted.
    Complain,
    /// The recipient's server took it.
    Deliver,
}

impl Feedback {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Bounce, Self::BounceOnce, Self::Complain, Self::Deliver];

    /// As a part of a path.
    #[must_use]
    pub fn verb(self) -> &'static str {
        match self {
            Self::Bounce => "bounce",
            Self::BounceOnce => "bounce-once",
            Self::Complain => "complain",
            Self::Deliver => "deliver",
        }
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Bounce => "bounced for good",
            Self::BounceOnce => "met a full mailbox",
            Self::Complain => "was called unwanted",
            Self::Deliver => "arrived",
        }
    }

    /// The event, as the rule of a configuration set hands it on.
    #[must_use]
    pub fn event(self, letter: &Letter) -> Value {
        let now = crate::clock::now().to_string();
        let (detail_type, event_type, about, told) = self.told(&letter.to, &now);
        let set = letter.configuration_set.as_deref().unwrap_or("none");
        let mut detail =
            Map::from_iter([("eventType".to_owned(), json!(event_type)), ("mail".to_owned(), mail(letter, set))]);
        detail.insert(about.to_owned(), told);
        json!({
            "version": "0",
            "id": crate::clock::fresh().to_lowercase(),
            "detail-type": detail_type,
            "source": "aws.ses",
            "account": "000000000000",
            "time": now,
            "region": "local",
            "resources": [format!("arn:aws:ses:local:000000000000:configuration-set/{set}")],
            "detail": detail,
        })
    }

    fn told(self, to: &[String], now: &str) -> (&'static str, &'static str, &'static str, Value) {
        let bounced = |status: &str, said: &str| {
            let one = |address: &String| json!({ "emailAddress": address, "action": "failed", "status": status, "diagnosticCode": said });
            to.iter().map(one).collect::<Vec<_>>()
        };
        let bounce = |kind: &str, sub: &str, recipients: Vec<Value>| {
            json!({
                "bounceType": kind, "bounceSubType": sub, "bouncedRecipients": recipients, "timestamp": now,
                "feedbackId": "local", "reportingMTA": "dsn; local",
            })
        };
        match self {
            Self::Bounce => {
                let recipients = bounced("5.1.1", "smtp; 550 5.1.1 user unknown");
                ("Email Bounced", "Bounce", "bounce", bounce("Permanent", "General", recipients))
            }
            Self::BounceOnce => {
                let recipients = bounced("4.2.2", "smtp; 452 4.2.2 mailbox full");
                ("Email Bounced", "Bounce", "bounce", bounce("Transient", "MailboxFull", recipients))
            }
            Self::Complain => {
                let recipients: Vec<Value> = to.iter().map(|address| json!({ "emailAddress": address })).collect();
                let complaint = json!({
                    "complainedRecipients": recipients, "timestamp": now, "feedbackId": "local",
                    "complaintSubType": null, "complaintFeedbackType": "abuse", "arrivalDate": now,
                });
                ("Email Complaint Received", "Complaint", "complaint", complaint)
            }
            Self::Deliver => {
                let delivery = json!({
                    "timestamp": now, "processingTimeMillis": 500, "recipients": to, "smtpResponse": "250 ok",
                    "reportingMTA": "local",
                });
                ("Email Delivered", "Delivery", "delivery", delivery)
            }
        }
    }
}

fn mail(letter: &Letter, set: &str) -> Value {
    let tags = letter.tags.iter().map(|(name, value)| (name.clone(), json!([value])));
    let own =
        [("ses:configuration-set".to_owned(), json!([set])), ("ses:caller-identity".to_owned(), json!(["local"]))];
    json!({
        "timestamp": letter.received_at,
        "source": letter.from,
        "sendingAccountId": "000000000000",
        "messageId": letter.message_id,
        "destination": letter.to,
        "headersTruncated": false,
        "headers": [],
        "commonHeaders": { "from": [letter.from], "to": letter.to, "messageId": letter.message_id, "subject": letter.subject },
        "tags": own.into_iter().chain(tags).collect::<Map<String, Value>>(),
    })
}
