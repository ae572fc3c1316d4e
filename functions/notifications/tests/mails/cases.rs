//! One of each mail, for any names and addresses.

use domain::id::{InvitationId, OrganizationId, UserId};
use domain::quota::{Period, Tokens, Window};
use domain::{Email, OrgRole, ProjectRole, Timestamp};
use links::{Link, LinkKey, LinkToken, PublicUrl};
use notifications::mail::{
    Accent, Branding, CredentialDue, ImportOutcome, KeyChange, Letter, Limited, LogoPath, NewRole, Occasion, Person,
    QuotaDecision, Reached, Shown, UsageOf, Who,
};

/// What other people chose.
pub(crate) struct Chosen {
    pub(crate) person: String,
    pub(crate) organization: String,
    pub(crate) other: String,
    pub(crate) email: &'static str,
    pub(crate) user_agent: String,
}

impl Chosen {
    pub(crate) fn ordinary() -> Self {
        Self {
            person: "Ann O'Neil".to_owned(),
            organization: "Acme & Söhne".to_owned(),
            other: "Reporting".to_owned(),
            email: "ann@acme.example",
            user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0".to_owned(),
        }
    }

    /// Scripts, links, injected lines, another writing direction, emoji and length.
    pub(crate) fn hostile() -> Self {
        Self {
            person: format!("<script>alert(1)</script>\r\nBcc: all@evil.example {}", "x".repeat(120)),
            organization: "Click https://evil.example\u{202e} or “login” at www.evil.example".to_owned(),
            other: "نورا بنت عبد الله 👨\u{200d}👩\u{200d}👧 \"><img src=x onerror=alert(1)> {{ sender }} &amp; a very long name goes on and on".to_owned(),
            email: "evil.example/pay@acme.example",
            user_agent: format!("<b>http://evil.example/</b>\u{2028}{}", "y".repeat(300)),
        }
    }

    fn organization(&self) -> Shown {
        Shown::or(&self.organization, "an organization")
    }

    fn other(&self) -> Shown {
        Shown::or(&self.other, "a project")
    }

    fn email(&self) -> Email {
        self.email.parse().unwrap()
    }

    fn person(&self) -> Person {
        Person::new(&self.person, self.email())
    }

    fn occasion(&self) -> Occasion {
        let address = "203.0.113.7".parse().ok();
        Occasion { at: at(), address, user_agent: Shown::program(&self.user_agent) }
    }
}

pub(crate) fn portal() -> PublicUrl {
    PublicUrl::try_from("https://portal.example.com".to_owned()).unwrap()
}

/// Everything of a branding, with a colour that white cannot be read on.
pub(crate) fn rich() -> Branding {
    let mut branding = Branding::new("Acme <AI> & \"Co\"", Accent::try_from("#FFD400").unwrap()).unwrap();
    branding.support = Some("help@acme.example".parse().unwrap());
    branding.logo = Some(LogoPath::try_from("/v1/branding/logo-3f2a.png".to_owned()).unwrap());
    branding
}

fn at() -> Timestamp {
    Timestamp::from_millis(1_795_476_475_120)
}

fn link(link: Link) -> LinkToken {
    LinkKey::new(&[7; 32]).unwrap().token(link, 1)
}

fn user() -> UserId {
    UserId::from_parts(1_795_476_475_120, 2)
}

fn invitation() -> LinkToken {
    let organization = OrganizationId::from_parts(1_795_476_475_120, 1);
    link(Link::Invitation { organization, invitation: InvitationId::from_parts(1_795_476_475_120, 3) })
}

/// Every kind, and every wording of those that have several.
pub(crate) fn letters(chosen: &Chosen) -> Vec<(&'static str, Letter)> {
    let mut letters = with_links(chosen);
    letters.extend(of_the_account(chosen));
    letters.extend(of_the_platform(chosen));
    letters.extend(of_an_organization(chosen));
    letters.extend(of_quotas(chosen));
    letters.extend(of_usage(chosen));
    letters
}

fn of_usage(chosen: &Chosen) -> Vec<(&'static str, Letter)> {
    let (organization, other) = (|| chosen.organization(), || chosen.other());
    let reached = |percent, window: &str, share| {
        let tokens = |count: u64| Tokens::try_from(count).unwrap();
        let window = Window::try_from(window.to_owned()).unwrap();
        Reached { percent, tokens: tokens(81_000), limit: tokens(100_000), window, share }
    };
    let alert = |of, reached| Letter::UsageAlert { of, reached };
    vec![
        ("organization", alert(UsageOf::Organization(organization()), reached(80, "2026-11", false))),
        ("project", alert(UsageOf::Project(other(), organization()), reached(100, "2026-W49", false))),
        ("use-case", alert(UsageOf::UseCase(other(), organization()), reached(80, "2026-11-30", false))),
        ("person-share", alert(UsageOf::Person(other(), organization()), reached(80, "2026-11-30", true))),
    ]
}

fn with_links(chosen: &Chosen) -> Vec<(&'static str, Letter)> {
    let (organization, inviter, until) = (chosen.organization(), chosen.person(), at());
    let new = |inviter, projects| Letter::InvitationOfNewPerson {
        organization: organization.clone(),
        inviter,
        role: OrgRole::Member,
        projects,
        link: invitation(),
        until,
    };
    let known = |projects| Letter::InvitationOfKnownPerson {
        organization: organization.clone(),
        inviter: inviter.clone(),
        role: OrgRole::Admin,
        projects,
        link: invitation(),
        until,
    };
    let projects =
        || vec![(chosen.other(), ProjectRole::Builder), (Shown::or("Tariffs", "a project"), ProjectRole::Viewer)];
    vec![
        ("", new(inviter.clone(), vec![])),
        ("with-projects", new(inviter.clone(), projects())),
        ("by-program", new(Person::Program(chosen.other()), vec![])),
        ("", known(vec![])),
        ("with-projects", known(projects())),
        ("", Letter::Verification { link: link(Link::Verification(user())), until }),
        ("", Letter::PasswordReset { link: link(Link::PasswordReset(user())), until }),
        ("", Letter::EmailChangeProof { old: chosen.email(), link: link(Link::EmailChange(user())), until }),
    ]
}

fn of_the_account(chosen: &Chosen) -> Vec<(&'static str, Letter)> {
    let (new, old) = (chosen.email(), "ann@old.example".parse().unwrap());
    vec![
        ("", Letter::PasswordChanged { by_link: false, occasion: chosen.occasion() }),
        ("by-link", Letter::PasswordChanged { by_link: true, occasion: chosen.occasion() }),
        ("", Letter::EmailChangeRequested { new: new.clone(), occasion: chosen.occasion() }),
        ("", Letter::EmailChanged { old, new, occasion: chosen.occasion() }),
        ("", Letter::NewSignIn { occasion: chosen.occasion() }),
        ("unknown-place", Letter::NewSignIn { occasion: Occasion { at: at(), address: None, user_agent: None } }),
        ("", Letter::AccountSuspended { at: at() }),
        ("", Letter::AccountReactivated { at: at() }),
    ]
}

fn of_the_platform(chosen: &Chosen) -> Vec<(&'static str, Letter)> {
    let superadmin = |who, made| Letter::SuperadminChanged { who, made, at: at() };
    let key = |change, organization, by| Letter::KeyChanged {
        change,
        token: chosen.other(),
        account: chosen.organization(),
        organization,
        by,
        at: at(),
    };
    let due = |why, organization| Letter::CredentialDue { provider: chosen.other(), organization, why, at: at() };
    vec![
        ("you-made", superadmin(Who::You, true)),
        ("you-unmade", superadmin(Who::You, false)),
        ("other-made", superadmin(Who::Other(chosen.email()), true)),
        ("other-unmade", superadmin(Who::Other(chosen.email()), false)),
        ("created", key(KeyChange::Created, Some(chosen.organization()), Some(chosen.person()))),
        ("revoked", key(KeyChange::Revoked, None, None)),
        ("too-old", due(CredentialDue::TooOld, Some(chosen.organization()))),
        ("not-replaced", due(CredentialDue::NotReplaced, None)),
        ("", Letter::EncryptionKeyRotated { organization: chosen.organization(), at: at() }),
        ("completed", Letter::ImportEnded { outcome: ImportOutcome::Completed, at: at() }),
        ("failed", Letter::ImportEnded { outcome: ImportOutcome::Failed, at: at() }),
    ]
}

fn of_an_organization(chosen: &Chosen) -> Vec<(&'static str, Letter)> {
    let organization = || chosen.organization();
    let by = || Some(chosen.person());
    let role = |role, by| Letter::RoleChanged { organization: organization(), role, by };
    vec![
        ("", role(NewRole::Organization(OrgRole::Owner), by())),
        ("project", role(NewRole::Project(chosen.other(), ProjectRole::Builder), by())),
        ("no-role-in-project", role(NewRole::NoneInProject(chosen.other()), Some(Person::Program(chosen.other())))),
        ("", Letter::Joined { organization: organization(), role: OrgRole::Member, by: by() }),
        ("by-import", Letter::Joined { organization: organization(), role: OrgRole::Member, by: None }),
        ("", Letter::Removed { organization: organization(), by: by() }),
        ("", Letter::MemberJoined { organization: organization(), who: chosen.person(), role: OrgRole::Member }),
        ("", Letter::MemberLeft { organization: organization(), who: chosen.person() }),
    ]
}

fn of_quotas(chosen: &Chosen) -> Vec<(&'static str, Letter)> {
    let tokens = |count: u64| Tokens::try_from(count).unwrap();
    let (organization, other) = (|| chosen.organization(), || chosen.other());
    let asked = |of| Letter::QuotaAsked { who: chosen.person(), tokens: tokens(50_000), period: Period::Monthly, of };
    let decided = |of, decision| Letter::QuotaDecided { of, decision };
    vec![
        ("organization", asked(Limited::Organization(organization()))),
        ("project", asked(Limited::Project(other(), organization()))),
        ("own", asked(Limited::TheirOwn(organization()))),
        ("top-up", decided(Limited::UseCase(other(), organization()), QuotaDecision::TopUp(tokens(9), Period::Daily))),
        ("limit", decided(Limited::YourOwn(organization()), QuotaDecision::Limit(tokens(0), Period::Weekly))),
        ("denied", decided(Limited::Project(other(), organization()), QuotaDecision::Denied)),
        ("expired", decided(Limited::YourOwn(organization()), QuotaDecision::Expired)),
    ]
}
