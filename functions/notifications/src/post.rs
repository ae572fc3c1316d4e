//! The way to the mail service: Amazon SES, one mail a call.

use std::time::Duration;

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::{DisplayErrorContext, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, MessageHeader, MessageTag};
use domain::{Email, Rejected};

use crate::mail::Mail;

/// Sends mails from one address, at most so many a second.
#[derive(Clone)]
pub struct Post {
    client: Client,
    from: Email,
    pause: Duration,
}

/// What became of a mail.
#[derive(Debug)]
pub(crate) enum Posted {
    /// The mail service has it, under that name.
    Taken(String),
    /// The mail service will never take it.
    Refused(String),
    /// Not now.
    Later(String),
    /// Nobody knows.
    Unknown(String),
}

impl Post {
    /// Sends nothing yet.
    ///
    /// # Errors
    /// The rate is not 1 to 1,000 mails a second.
    pub fn new(client: Client, from: Email, mails_per_second: u32) -> Result<Self, Rejected> {
        let fits = (1..=1000).contains(&mails_per_second);
        let pause = Duration::from_secs(1).checked_div(mails_per_second).unwrap_or_default();
        fits.then_some(Self { client, from, pause }).ok_or(Rejected("must be 1 to 1000 mails a second"))
    }

    /// Sends one mail. It takes at least its share of a second, so that one after the other keep to the rate.
    pub(crate) async fn send(&self, to: &Email, mail: Mail) -> Posted {
        let Some((content, kind)) = content(mail) else { return Posted::Refused("it cannot be written".to_owned()) };
        let call = self
            .client
            .send_email()
            .from_email_address(self.from.as_str())
            .destination(Destination::builder().to_addresses(to.as_str()).build())
            .set_email_tags(kind.map(|kind| vec![kind]))
            .content(content);
        let (answer, ()) = tokio::join!(call.send(), tokio::time::sleep(self.pause));
        match answer {
            Ok(sent) => Posted::Taken(sent.message_id.unwrap_or_default()),
            Err(error) => not_taken(error),
        }
    }
}

fn content(mail: Mail) -> Option<(EmailContent, Option<MessageTag>)> {
    let Mail { kind, subject, text, html, list_unsubscribe, .. } = mail;
    let words = |data: String| Content::builder().data(data).charset("UTF-8").build().ok();
    let body = Body::builder().text(words(text)?).html(words(html)?).build();
    let header = |value: String| MessageHeader::builder().name("List-Unsubscribe").value(value).build().ok();
    let headers = list_unsubscribe.and_then(header).map(|header| vec![header]);
    let message = Message::builder().subject(words(subject)?).body(body).set_headers(headers).build();
    let tag = MessageTag::builder().name("kind").value(kind).build().ok();
    Some((EmailContent::builder().simple(message).build(), tag))
}

/// A mail is refused for good only where the mail service says so of the mail itself: everything else may be mended.
fn not_taken<R: std::fmt::Debug + Send + Sync + 'static>(error: SdkError<SendEmailError, R>) -> Posted {
    let told = DisplayErrorContext(&error).to_string();
    match error {
        SdkError::ServiceError(refusal) => match refusal.into_err() {
            SendEmailError::MessageRejected(why) => Posted::Refused(why.message.unwrap_or(told)),
            SendEmailError::BadRequestException(why) => Posted::Refused(why.message.unwrap_or(told)),
            _ => Posted::Later(told),
        },
        SdkError::ConstructionFailure(_) => Posted::Refused(told),
        _ => Posted::Unknown(told),
    }
}
