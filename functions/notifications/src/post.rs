//! The way to the mail service: Amazon SES, one mail a call.

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::{DisplayErrorContext, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, MessageHeader, MessageTag};
use domain::Email;
use domain::delivery::Delivery;

use crate::mail::Mail;

/// Sends mails from one address.
#[derive(Clone)]
pub struct Post {
    client: Client,
    from: Email,
    deployment: String,
    configuration_set: Option<String>,
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
    /// Sends nothing yet. The deployment is what its tables' names begin with: every mail is marked with it, so that what is
    /// told of the mail later finds its way back. The configuration set is what makes the mail service tell.
    #[must_use]
    pub fn new(client: Client, from: Email, deployment: &str, configuration_set: Option<String>) -> Self {
        // A tag cannot be empty.
        let deployment = if deployment.is_empty() { "-" } else { deployment }.to_owned();
        Self { client, from, deployment, configuration_set }
    }

    /// What this deployment's mails are marked with.
    pub(crate) fn deployment(&self) -> &str {
        &self.deployment
    }

    /// Sends one mail.
    pub(crate) async fn send(&self, delivery: &Delivery, mail: Mail) -> Posted {
        let kind = mail.kind;
        let Some(content) = content(mail) else { return Posted::Refused("it cannot be written".to_owned()) };
        let call = self
            .client
            .send_email()
            .from_email_address(self.from.as_str())
            .destination(Destination::builder().to_addresses(delivery.to.as_str()).build())
            .set_configuration_set_name(self.configuration_set.clone())
            .set_email_tags(Some(self.tags(kind, delivery)))
            .content(content);
        match call.send().await {
            Ok(sent) => Posted::Taken(sent.message_id.unwrap_or_default()),
            Err(error) => not_taken(error),
        }
    }

    /// Never an e-mail: tags are shown in the mail service's logs and figures.
    fn tags(&self, kind: &str, delivery: &Delivery) -> Vec<MessageTag> {
        let event = delivery.event.id.to_string();
        let tags = [("kind", kind), ("deployment", &self.deployment), ("event", &event)];
        let tag = |(name, value): (&str, &str)| MessageTag::builder().name(name).value(value).build().ok();
        tags.into_iter().filter_map(tag).collect()
    }
}

fn content(mail: Mail) -> Option<EmailContent> {
    let Mail { subject, text, html, list_unsubscribe, .. } = mail;
    let words = |data: String| Content::builder().data(data).charset("UTF-8").build().ok();
    let body = Body::builder().text(words(text)?).html(words(html)?).build();
    let header = |value: String| MessageHeader::builder().name("List-Unsubscribe").value(value).build().ok();
    let headers = list_unsubscribe.and_then(header).map(|header| vec![header]);
    let message = Message::builder().subject(words(subject)?).body(body).set_headers(headers).build();
    Some(EmailContent::builder().simple(message).build())
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
