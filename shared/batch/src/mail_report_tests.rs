use serde_json::json;

use super::*;
use crate::Message;

fn event(kind: &str, about: &str, detail: Value) -> Value {
    json!({
        "version": "0", "id": "e1", "detail-type": "Email Something", "source": "aws.ses", "account": "123456789012",
        "time": "2026-11-23T12:00:05Z", "region": "eu-central-1",
        "resources": ["arn:aws:ses:eu-central-1:123456789012:configuration-set/lane-mail"],
        "detail": {
            "eventType": kind,
            about: detail,
            "mail": {
                "timestamp": "2026-11-23T12:00:00.123Z", "messageId": "0107-1", "source": "portal@acme.example",
                "destination": ["Ann@acme.example"], "sendingAccountId": "123456789012",
                "tags": { "ses:configuration-set": ["lane-mail"], "deployment": ["lane-"], "event": ["evt_1"], "kind": ["x"] },
            },
        },
    })
}

fn told(event: Value) -> MailReport {
    match Message::read(event).unwrap() {
        Message::Mail(report) => report,
        other => panic!("taken for {other:?}"),
    }
}

fn outcome(kind: &str, about: &str, detail: Value) -> Option<ReportedOutcome> {
    told(event(kind, about, detail)).report.map(|report| report.outcome)
}

fn bounce(kind: &str, sub: &str, said: &str) -> Value {
    json!({
        "bounceType": kind, "bounceSubType": sub, "timestamp": "2026-11-23T12:00:04.000Z", "feedbackId": "f",
        "bouncedRecipients": [{ "emailAddress": "ann@acme.example", "action": "failed", "status": "5.1.1", "diagnosticCode": said }],
    })
}

#[test]
fn a_report_names_its_mail_by_tags_and_address() {
    let found = told(event("Delivery", "delivery", json!({ "timestamp": "2026-11-23T12:00:04.500Z" })));
    assert_eq!(found.tags, MailTags { deployment: Some("lane-".to_owned()), event: Some("evt_1".to_owned()) });
    assert_eq!(found.to.unwrap().folded(), "ann@acme.example");
    let report = found.report.unwrap();
    assert_eq!((report.message_id.as_str(), report.at.to_string().as_str()), ("0107-1", "2026-11-23T12:00:04.500Z"));
    assert_eq!(report.outcome, ReportedOutcome::Delivered);
}

#[test]
fn only_a_permanent_bounce_says_that_the_address_is_no_good() {
    let found = outcome("Bounce", "bounce", bounce("Permanent", "NoEmail", "smtp; 550 5.1.1\r\n user  unknown"));
    let Some(ReportedOutcome::Bounced(why)) = found else { panic!("{found:?}") };
    assert_eq!(why, "smtp; 550 5.1.1 user unknown (Permanent NoEmail)");
    for kind in ["Transient", "Undetermined", "Novel"] {
        let found = outcome("Bounce", "bounce", bounce(kind, "General", "x"));
        assert!(matches!(found, Some(ReportedOutcome::Troubled(_))), "{kind}: {found:?}");
    }
    let silent = json!({ "bounceType": "Permanent", "bounceSubType": "OnAccountSuppressionList", "timestamp": "2026-11-23T12:00:04Z" });
    let wanted = ReportedOutcome::Bounced("Permanent OnAccountSuppressionList".to_owned());
    assert_eq!(outcome("Bounce", "bounce", silent), Some(wanted));
}

#[test]
fn what_the_other_side_says_is_one_line_and_cut() {
    let found = outcome("Bounce", "bounce", bounce("Permanent", "General", &"a\u{0}\n".repeat(2_000)));
    let Some(ReportedOutcome::Bounced(why)) = found else { panic!("{found:?}") };
    assert!(why.chars().count() == WORDS_MAX && !why.chars().any(char::is_control));
}

#[test]
fn complaints_rejects_and_failures_are_read() {
    let at = "2026-11-23T12:00:04.000Z";
    let found = outcome("Complaint", "complaint", json!({ "timestamp": at, "complaintFeedbackType": "abuse" }));
    assert_eq!(found, Some(ReportedOutcome::Complained("abuse".to_owned())));
    let found = outcome("Complaint", "complaint", json!({ "timestamp": at, "complaintSubType": null }));
    assert_eq!(found, Some(ReportedOutcome::Complained("no reason was given".to_owned())));
    let found = outcome("Reject", "reject", json!({ "reason": "Bad content" }));
    assert_eq!(found, Some(ReportedOutcome::NotSent("the mail service rejected it: Bad content".to_owned())));
    let found = outcome("Rendering Failure", "failure", json!({ "errorMessage": "no", "templateName": "t" }));
    assert_eq!(found, Some(ReportedOutcome::NotSent("the mail service could not write it: no".to_owned())));
}

#[test]
fn what_has_no_meaning_here_is_no_fault() {
    for kind in ["Send", "Open", "Click", "DeliveryDelay", "Subscription", "Something new"] {
        assert_eq!(outcome(kind, "other", json!({})), None, "{kind}");
    }
    let mut foreign = event("Delivery", "delivery", json!({ "timestamp": "2026-11-23T12:00:04Z" }));
    foreign["detail"]["mail"]["tags"] = Value::Null;
    foreign["detail"]["mail"]["destination"] = json!(["a@b.co", "c@d.co"]);
    let found = told(foreign);
    assert_eq!((found.tags, found.to), (MailTags::default(), None));
}

#[test]
fn a_report_that_does_not_say_what_it_announces_is_malformed() {
    let mut nothing = event("Bounce", "complaint", json!({ "timestamp": "2026-11-23T12:00:04Z" }));
    for _ in 0..2 {
        let refused = Message::read(nothing.clone()).unwrap_err();
        assert_eq!((refused.code(), refused.code().is_retryable()), (domain::Code::Malformed, false));
        nothing["detail"] = Value::Null;
    }
}
