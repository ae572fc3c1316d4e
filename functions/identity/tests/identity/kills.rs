//! Links that are shown by many at once, and by runs that are killed at any call to the database.

use std::collections::BTreeMap;

use domain::EventKind;
use domain::id::UserId;
use embedded::faults::{Fault, nth};
use futures::future::join_all;
use links::Link;
use serde_json::{Value, json};

use crate::portal::{Ask, Portal};
use crate::seed::PASSWORD;

const OTHER: &str = "copper-Lantern-58";

/// The three acts that a link does.
#[derive(Clone, Copy, Debug)]
enum Act {
    Verify,
    Reset,
    Change,
}

impl Act {
    const ALL: [Self; 3] = [Self::Verify, Self::Reset, Self::Change];

    /// Somebody who has such a link; what shows it.
    async fn prepared(self, portal: &Portal, email: &str) -> (UserId, &'static str, Value) {
        let user = portal.waiting(email).await;
        let token = |link| portal.link(link, 1);
        match self {
            Self::Verify => {
                let token = token(Link::Verification(user)).await;
                (user, "/v1/email-verifications/confirm", json!({"token": token}))
            }
            Self::Reset => {
                let asked = Ask::post("/v1/password-resets", json!({"email": email})).from(email);
                portal.call(asked).await.expect(202);
                let token = token(Link::PasswordReset(user)).await;
                (user, "/v1/password-resets/confirm", json!({"token": token, "password": OTHER}))
            }
            Self::Change => {
                let verify = json!({"token": token(Link::Verification(user)).await});
                portal.call(Ask::post("/v1/email-verifications/confirm", verify)).await.expect(204);
                let session = portal.sign_in(email, PASSWORD).await.expect(201).token();
                let wanted = json!({"email": format!("new-{email}"), "password": PASSWORD});
                portal.call(Ask::post("/v1/me/email", wanted).by(&session)).await.expect(202);
                let token = token(Link::EmailChange(user)).await;
                (user, "/v1/email-changes/confirm", json!({"token": token}))
            }
        }
    }

    fn event(self) -> EventKind {
        match self {
            Self::Verify => EventKind::EmailVerified,
            Self::Reset => EventKind::PasswordReset,
            Self::Change => EventKind::EmailChanged,
        }
    }

    /// What a second click is told.
    fn done(self) -> &'static str {
        match self {
            Self::Verify => "email.already-verified",
            Self::Reset | Self::Change => "link.used",
        }
    }

    /// The person is there once, and gets in by what the link set.
    async fn stands(self, portal: &Portal, user: UserId, email: &str) {
        let (email, password) = match self {
            Self::Verify => (email.to_owned(), PASSWORD),
            Self::Reset => (email.to_owned(), OTHER),
            Self::Change => (format!("new-{email}"), PASSWORD),
        };
        let started = portal.sign_in(&email, password).await.expect(201);
        assert_eq!(started.json()["user"]["id"], user.to_string());
        let events = portal.events(self.event()).await;
        let mine = events.iter().filter(|event| event.target.id == user.to_string());
        assert_eq!(mine.count(), 1, "{self:?}: one effect, one record");
    }
}

#[tokio::test]
async fn of_64_who_show_a_link_at_once_one_has_its_effect_and_63_are_told_so() {
    let portal = Portal::start().await;
    for act in Act::ALL {
        let email = "eve@acme.example".replace("eve", &format!("{act:?}").to_lowercase());
        let (user, path, body) = act.prepared(&portal, &email).await;
        let answers = join_all((0..64).map(|_| portal.call(Ask::post(path, body.clone())))).await;
        let mut codes: BTreeMap<String, usize> = BTreeMap::new();
        for answer in answers {
            let code = if answer.status == 204 { "done".into() } else { answer.json()["code"].to_string() };
            *codes.entry(code).or_default() += 1;
        }
        let wanted = [("done".to_owned(), 1), (format!("\"{}\"", act.done()), 63)];
        assert_eq!(codes, wanted.into_iter().collect(), "{act:?}");
        act.stands(&portal, user, &email).await;
    }
}

/// Kills the request at call 1, 2, 3, … until a whole one needs fewer calls; whoever was killed shows the link again.
async fn killed_everywhere(act: Act, kind: Fault) {
    let (portal, mut number) = (Portal::start().await, 0);
    loop {
        number += 1;
        let email = format!("person-{number}@acme.example");
        let (user, path, body) = act.prepared(&portal, &email).await;
        let mortal = portal.mortal().await;
        mortal.proxy.script(nth(number, kind));
        let first = mortal.perhaps(Ask::post(path, body.clone())).await;
        let again = portal.call(Ask::post(path, body)).await;
        match (&first, again.status.as_u16()) {
            (None, 204) | (_, 409) => assert!(again.status == 204 || again.json()["code"] == act.done()),
            (_, status) => panic!("{act:?}, kill {number}: {status} {}", again.text),
        }
        act.stands(&portal, user, &email).await;
        if first.is_some() {
            assert!(number > 2, "only {} calls were killed", number - 1);
            return;
        }
    }
}

#[tokio::test]
async fn a_kill_before_any_call_leaves_a_link_with_one_effect() {
    for act in Act::ALL {
        killed_everywhere(act, Fault::KillBefore).await;
    }
}

#[tokio::test]
async fn a_kill_after_any_call_leaves_a_link_with_one_effect() {
    for act in Act::ALL {
        killed_everywhere(act, Fault::KillAfter).await;
    }
}
