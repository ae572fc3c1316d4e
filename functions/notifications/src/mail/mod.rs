//! Mails: what each kind says, in text and HTML, in the deployment's branding.
//!
//! Pure: what a mail says follows from its arguments alone. Links lead to the configured origin and nowhere else.

mod account;
mod branding;
mod letter;
mod quota;
mod role;
mod shown;
mod subject;
mod usage;

use askama::Template;
use domain::Timestamp;
use domain::notification::{Channel, NoticeKind};
use links::PublicUrl;

pub use account::{CredentialDue, KeyChange, Occasion, Who};
pub use branding::{Accent, Branding, LogoPath};
pub use letter::{ImportOutcome, Letter};
pub use quota::{Limited, QuotaDecision};
pub use role::NewRole;
pub use shown::{Person, Shown};
pub use usage::{Reached, UsageOf};

use quota::{each, noun};
use role::may;
use shown::address;

/// A mail, ready to be sent to one address.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// What it says, such as `new-sign-in`: for tags and logs.
    pub kind: &'static str,
    /// By which preference it was sent.
    pub notice: NoticeKind,
    /// One line of at most 160 characters, without controls.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML; it loads nothing but the deployment's own logo, if there is one.
    pub html: String,
    /// The value of `List-Unsubscribe`; none for what cannot be switched off.
    pub list_unsubscribe: Option<String>,
}

/// Who writes, and from where: the same for every mail of a deployment.
#[derive(Clone, Copy)]
pub struct Sender<'a> {
    /// The looks.
    pub branding: &'a Branding,
    /// Where links lead.
    pub portal: &'a PublicUrl,
}

impl Sender<'_> {
    /// Writes a mail.
    ///
    /// # Errors
    /// Only for want of memory: templates are compiled with the program.
    pub fn write(&self, letter: &Letter) -> domain::Result<Mail> {
        let subject = subject::of(letter, self.branding);
        let notice = letter.notice();
        let settings =
            notice.can_be_switched(Channel::Email).then(|| format!("{}/notifications/preferences", self.portal));
        let (sender, settings) = (*self, settings.as_deref());
        let html = Html { letter, sender, subject: &subject, settings }.render().map_err(domain::Error::internal)?;
        let text = Text { letter, sender, settings }.render().map_err(domain::Error::internal)?;
        let list_unsubscribe = settings.map(|url| format!("<{url}>"));
        Ok(Mail { kind: letter.kind(), notice, text, html, list_unsubscribe, subject })
    }

    /// Where the portal begins.
    fn home(&self) -> String {
        format!("{}/", self.portal)
    }

    /// What the button to it says.
    fn label(&self) -> String {
        format!("Open {}", self.branding.name())
    }
}

#[derive(Template)]
#[template(path = "layout.html")]
struct Html<'a> {
    letter: &'a Letter,
    sender: Sender<'a>,
    subject: &'a str,
    settings: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "layout.txt")]
struct Text<'a> {
    letter: &'a Letter,
    sender: Sender<'a>,
    settings: Option<&'a str>,
}

/// A time as people read it, to the minute: `2026-11-23 23:27 UTC`.
fn minute(at: &Timestamp) -> String {
    let text = at.to_string();
    let (day, time) = text.split_once('T').unwrap_or((&text, ""));
    format!("{day} {} UTC", time.chars().take(5).collect::<String>())
}
