//! Requests that are cut off at any call to the database, and sent again.

use embedded::faults::{Fault, nth};
use journeys::{Portal, Row};
use serde_json::{Value, json};

const INBOX: &str = "/v1/me/notifications";
const BEYOND: u64 = 20;

/// Somebody with an inbox that fills as others join.
struct Place {
    portal: Portal,
    adam: journeys::Client,
    ops: journeys::Client,
    org: String,
    spare: String,
}

impl Place {
    async fn start() -> Self {
        let portal = Portal::measured().await;
        let (org, other) = (portal.organization("Acme").await, portal.organization("Beta").await);
        let people = portal
            .people(&[
                Row { org: &org, email: "adam@acme.example", role: "owner", ..Row::default() },
                Row { org: &other, email: "spare@beta.example", role: "owner", ..Row::default() },
            ])
            .await;
        let (adam, spare) = (people["adam@acme.example"].1.clone(), people["spare@beta.example"].0.clone());
        Self { ops: portal.superadmin().await, portal, adam, org, spare }
    }

    /// One notice more: somebody joins by hand, and goes again.
    async fn fill(&self) {
        let members = format!("/v1/organizations/{}/members", self.org);
        let asked = json!({ "user_id": self.spare, "role": "member" });
        let _ = self.ops.post(&members, asked).await.expect_status(201);
        let _ = self.ops.delete(&format!("{members}/{}", self.spare)).await.expect_status(204);
        self.portal.stack().idle().await;
    }

    /// The inbox; its list and its count say the same.
    async fn inbox(&self) -> Value {
        let page = self.adam.get(&format!("{INBOX}?limit=100")).await.expect_status(200).json();
        let unread = page["items"].as_array().unwrap().iter().filter(|notice| notice["read"] == false).count();
        assert_eq!(page["unread"], unread, "{page}");
        page
    }

    /// Cuts a request off at call 1, 2, 3, … until one needs fewer; each is sent again whole.
    async fn cut_off(&self, kind: Fault, path: impl Fn(&Value) -> String, left: impl Fn(u64) -> u64) {
        let proxy = self.portal.stack().proxy().unwrap();
        for number in 1..BEYOND {
            self.fill().await;
            let before = self.inbox().await;
            let path = path(&before);
            let _ = proxy.take_log();
            proxy.script(nth(number, kind));
            let _ = self.adam.act(&path).await;
            let struck = proxy.take_log().iter().any(|call| call.fault != Fault::Pass);
            proxy.clear();
            for _ in 0..2 {
                let again = self.adam.act(&path).await;
                assert!(again.status() < 300, "{again:?}");
                let unread = before["unread"].as_u64().unwrap();
                assert_eq!(self.inbox().await["unread"], left(unread), "{kind:?} {number}");
            }
            if !struck {
                assert!(number > 3, "only {number} calls were cut off");
                return;
            }
        }
        panic!("there is no end of calls");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_that_is_cut_off_at_any_call_counts_once_when_it_is_repeated() {
    let place = Place::start().await;
    for kind in [Fault::KillBefore, Fault::KillAfter] {
        let newest = |page: &Value| format!("{INBOX}/{}/read", page["items"][0]["id"].as_str().unwrap());
        place.cut_off(kind, newest, |unread| unread - 1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn marking_all_that_is_cut_off_at_any_call_marks_all_when_it_is_repeated() {
    let place = Place::start().await;
    for kind in [Fault::KillBefore, Fault::KillAfter] {
        place.cut_off(kind, |_| format!("{INBOX}/read-all"), |_| 0).await;
    }
}
