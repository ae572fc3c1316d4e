//! The mail sink, through the real SES client.

use std::time::Duration;

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::operation::send_email::{SendEmailError, SendEmailOutput};
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, MessageTag, RawMessage};
use embedded::mail::{MailSink, Mode, Options};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::support::{ses, soon};

async fn sink() -> (TempDir, MailSink, Client) {
    let folder = tempfile::tempdir().unwrap();
    let sink = MailSink::start(Options::new(folder.path())).await.unwrap();
    let client = ses(sink.endpoint());
    (folder, sink, client)
}

fn words(data: &str) -> Content {
    Content::builder().data(data).build().unwrap()
}

async fn send(client: &Client, to: &str) -> Result<SendEmailOutput, SendEmailError> {
    let body = Body::builder().text(words("Hello")).html(words("<b>Hello</b>")).build();
    let message = Message::builder().subject(words("Wel<come")).body(body).build();
    let tag = MessageTag::builder().name("kind").value("invitation").build().unwrap();
    let send = client
        .send_email()
        .from_email_address("from@example.com")
        .destination(Destination::builder().to_addresses(to).build())
        .email_tags(tag)
        .content(EmailContent::builder().simple(message).build());
    send.send().await.map_err(aws_sdk_sesv2::error::SdkError::into_service_error)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_kept_as_it_was_sent_also_over_a_restart() {
    let (folder, sink, client) = sink().await;
    let sent = send(&client, "to@example.com").await.unwrap();
    let letter = soon(sink.wait_for(|letter| letter.to == ["to@example.com"])).await;
    assert_eq!(Some(letter.message_id.as_str()), sent.message_id());
    assert_eq!((letter.from.as_str(), letter.subject.as_str()), ("from@example.com", "Wel<come"));
    assert_eq!((letter.text.as_deref(), letter.html.as_deref()), (Some("Hello"), Some("<b>Hello</b>")));
    assert_eq!(letter.tags["kind"], "invitation");
    sink.stop().await;
    let again = MailSink::start(Options::new(folder.path())).await.unwrap();
    assert_eq!(again.letters(), [letter]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_raw_mail_is_kept_whole() {
    let (_folder, sink, client) = sink().await;
    let raw = "From: from@example.com\r\nTo: to@example.com\r\nSubject: Raw\r\n\r\nBody";
    let message = RawMessage::builder().data(Blob::new(raw)).build().unwrap();
    let content = EmailContent::builder().raw(message).build();
    client.send_email().from_email_address("from@example.com").content(content).send().await.unwrap();
    let letter = soon(sink.wait_for(|letter| letter.subject == "Raw")).await;
    assert_eq!((letter.text.as_deref(), letter.to), (Some(raw), vec!["to@example.com".to_owned()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sink_told_to_refuse_refuses_and_keeps_nothing() {
    let (_folder, sink, client) = sink().await;
    sink.set_mode(Mode::Refuse);
    assert!(send(&client, "a@example.com").await.unwrap_err().is_message_rejected());
    sink.set_mode(Mode::Throttle);
    assert!(send(&client, "a@example.com").await.unwrap_err().is_too_many_requests_exception());
    sink.set_mode(Mode::Down);
    assert!(send(&client, "a@example.com").await.is_err());
    assert!(sink.letters().is_empty());
    sink.set_mode(Mode::Slow(Duration::from_millis(1)));
    assert!(send(&client, "a@example.com").await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_leaves_the_mail_sent() {
    let (_folder, sink, client) = sink().await;
    sink.set_mode(Mode::LoseAnswer);
    assert!(send(&client, "a@example.com").await.is_err());
    assert_eq!(sink.letters().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_show_mails_without_running_anything_in_them() {
    let (_folder, sink, client) = sink().await;
    let id = send(&client, "to@example.com").await.unwrap().message_id.unwrap();
    let router = sink.routes("/_local/mail");
    let page = |path: String, accept: &str| {
        let request = http::Request::get(path).header("accept", accept).body(axum::body::Body::empty()).unwrap();
        let answer = router.clone().oneshot(request);
        async move {
            let answer = answer.await.unwrap();
            assert_eq!(answer.status().as_u16(), 200);
            let policy = answer.headers().get("content-security-policy").is_some();
            let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
            (policy, String::from_utf8(body.to_vec()).unwrap())
        }
    };
    let (safe, list) = page("/_local/mail".to_owned(), "text/html").await;
    assert!(safe && list.contains("Wel&lt;come") && list.contains(&format!("/_local/mail/{id}")), "{list}");
    let (safe, one) = page(format!("/_local/mail/{id}"), "text/html").await;
    assert!(safe && one.contains("&lt;b&gt;Hello"), "{one}");
    let (safe, html) = page(format!("/_local/mail/{id}/html"), "text/html").await;
    assert!(safe && html == "<b>Hello</b>");
    let (_, json) = page("/_local/mail".to_owned(), "application/json").await;
    assert!(json.contains("\"subject\":\"Wel<come\""), "{json}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_became_of_a_mail_is_told_on_command_as_the_mail_service_tells_it() {
    let (_folder, sink, client) = sink().await;
    let id = send(&client, "to@example.com").await.unwrap().message_id.unwrap();
    let router = sink.routes("/_local/mail");
    let post = async |path: String, accept: &str| {
        let request = http::Request::post(path).header("accept", accept).body(axum::body::Body::empty()).unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        (answer.status().as_u16(), answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned()))
    };
    let bounce = || format!("/_local/mail/{id}/bounce");
    assert_eq!(post(bounce(), "*/*").await.0, 500, "nobody listens");
    let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
    sink.on(move |event| {
        let told = told.clone();
        async move { told.send(event).map_err(|_| "gone".to_owned()) }
    });
    assert_eq!(post(bounce(), "*/*").await, (204, None));
    assert_eq!(post(bounce(), "text/html,*/*").await, (303, Some(format!("/_local/mail/{id}"))));
    assert_eq!(post("/_local/mail/unknown/bounce".to_owned(), "*/*").await.0, 404);
    let event = heard.recv().await.unwrap();
    assert_eq!((event["source"].as_str(), event["detail-type"].as_str()), (Some("aws.ses"), Some("Email Bounced")));
    let detail = &event["detail"];
    assert_eq!((&detail["eventType"], &detail["bounce"]["bounceType"]), (&"Bounce".into(), &"Permanent".into()));
    let mail = &detail["mail"];
    assert_eq!((&mail["messageId"], &mail["destination"][0]), (&id.as_str().into(), &"to@example.com".into()));
    assert_eq!(mail["tags"]["kind"][0], "invitation");
}
