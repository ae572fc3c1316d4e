//! What holds for every mail, whoever is in it.

use std::collections::BTreeSet;

use domain::OrgRole;
use domain::notification::{Family, NoticeKind};
use notifications::mail::{Branding, Letter, Mail, Person, Sender, Shown};
use proptest::prelude::*;

use crate::cases::{Chosen, letters, portal, rich};

fn mails(branding: &Branding, chosen: &Chosen) -> Vec<Mail> {
    let portal = portal();
    let sender = Sender { branding, portal: &portal };
    letters(chosen).iter().map(|(_, letter)| sender.write(letter).unwrap()).collect()
}

fn all() -> Vec<Mail> {
    let branding = Branding::default();
    [mails(&branding, &Chosen::ordinary()), mails(&branding, &Chosen::hostile())].concat()
}

/// The values of that attribute.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    html.split(&format!(" {attribute}=\"")).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

/// What a browser takes for tags, comments and the doctype.
fn tags(html: &str) -> Vec<&str> {
    html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap()).collect()
}

#[test]
fn a_mail_leads_to_the_portal_only_and_loads_nothing() {
    for mail in all() {
        for link in values(&mail.html, "href") {
            assert!(link.starts_with("https://portal.example.com/"), "{}: {link}", mail.kind);
        }
        for tag in tags(&mail.html) {
            let loads = ["img", "link", "script", "iframe", "form", "object"].iter().any(|name| tag.starts_with(name));
            assert!(!loads && !tag.contains(" src=") && !tag.contains("url("), "{}: {tag}", mail.kind);
        }
        assert!(!mail.html.contains("@import"));
    }
}

#[test]
fn a_logo_and_a_support_address_are_shown_and_come_from_the_deployment() {
    for mail in mails(&rich(), &Chosen::ordinary()) {
        assert_eq!(values(&mail.html, "src"), ["https://portal.example.com/v1/branding/logo-3f2a.png"]);
        assert_eq!(values(&mail.html, "alt"), [""]);
        assert!(mail.text.contains("help@acme.example") && mail.html.contains("\"mailto:help@acme.example\""));
        assert!(mail.html.contains("Acme &#60;AI&#62; &#38; &#34;Co&#34;") && mail.html.contains("#ffd400"));
    }
}

#[test]
fn what_people_call_themselves_changes_no_link_and_no_tag() {
    let (ordinary, hostile) =
        (mails(&Branding::default(), &Chosen::ordinary()), mails(&Branding::default(), &Chosen::hostile()));
    for (one, other) in ordinary.iter().zip(&hostile) {
        assert_eq!(tags(&one.html), tags(&other.html), "{}", one.kind);
        for text in [&one.text, &other.text, &one.subject, &other.subject] {
            assert_eq!(text.matches("://").count(), text.matches("https://portal.example.com").count(), "{text}");
        }
    }
}

#[test]
fn only_what_can_be_switched_off_says_how() {
    for mail in all() {
        let fixed =
            matches!(mail.notice.family(), Family::Security | Family::Links) || mail.notice == NoticeKind::Invited;
        let settings = "https://portal.example.com/notifications/preferences";
        let wanted = (!fixed).then(|| format!("<{settings}>"));
        assert_eq!(mail.list_unsubscribe, wanted, "{}", mail.kind);
        assert_eq!(mail.text.contains(settings), !fixed, "{}", mail.kind);
        assert_eq!(mail.html.contains(settings), !fixed, "{}", mail.kind);
    }
}

#[test]
fn no_line_of_a_mail_can_become_a_header() {
    for mail in all() {
        assert!(mail.subject.chars().count() <= 160 && !mail.subject.is_empty());
        assert!(!mail.subject.chars().any(char::is_control), "{}", mail.subject);
        assert!(!mail.text.chars().any(|c| c.is_control() && c != '\n'), "{}", mail.kind);
        assert!(!mail.text.lines().any(|line| line.starts_with("Bcc:") || line.ends_with(' ')), "{}", mail.text);
    }
}

#[test]
fn a_link_that_somebody_waits_for_is_a_button_and_stands_by_itself() {
    let waited = all().into_iter().filter(|mail| mail.text.contains("#token="));
    let kinds: BTreeSet<&str> = waited
        .map(|mail| {
            let url = mail.text.lines().find(|line| line.contains("#token=")).unwrap();
            assert!(url.starts_with("https://portal.example.com/") && !url.contains(' '), "{url}");
            assert_eq!(values(&mail.html, "href").iter().filter(|link| **link == url).count(), 2);
            assert!(mail.html.contains(&format!(">{url}</a>")), "{}", mail.kind);
            mail.kind
        })
        .collect();
    let wanted =
        ["email-change-proof", "invitation-known-person", "invitation-new-person", "password-reset", "verification"];
    assert_eq!(kinds, BTreeSet::from(wanted));
}

#[test]
fn a_mail_is_readable_by_programs_that_read_aloud() {
    for mail in all() {
        assert!(mail.html.contains("<html lang=\"en\"") && mail.html.matches("<h1").count() == 1);
        assert_eq!(mail.html.matches("<table").count(), mail.html.matches("<table role=\"presentation\"").count());
    }
}

proptest! {
    #[test]
    fn no_name_breaks_a_subject_or_the_html(organization in "(\\PC|\\s|[<>&\"'./:@\r\n\u{202e}]){0,200}", name in "(\\PC|[<>&\"'\r\n]){0,150}") {
        let (branding, portal) = (rich(), portal());
        let write = |organization: &str, name: &str| {
            let organization = Shown::or(organization, "an organization");
            let who = Person::new(name, "ann@acme.example".parse().unwrap());
            let letter = Letter::MemberJoined { organization, who, role: OrgRole::Member };
            Sender { branding: &branding, portal: &portal }.write(&letter).unwrap()
        };
        let (mail, plain) = (write(&organization, &name), write("Acme", "Ann"));
        prop_assert!(mail.subject.chars().count() <= 160);
        prop_assert!(!mail.subject.chars().any(char::is_control));
        prop_assert_eq!(tags(&mail.html).len(), tags(&plain.html).len());
        prop_assert_eq!(values(&mail.html, "href"), values(&plain.html, "href"));
        prop_assert_eq!(mail.html.matches("://").count(), plain.html.matches("://").count());
    }
}
