//! From an event to the mails about it.

use domain::delivery::{Delivery, Names, SendNotices, TOO_LATE};
use domain::notices::{Notice, Recipient, notices_of};
use domain::notification::NoticeKind;
use domain::notification_choices::{Layers, NoticeChoices};
use domain::{Email, Event, Granted, Result};

use crate::{App, linked};

/// Plans every mail of an event; again, it changes nothing. An event of yesterday is told to nobody any more.
pub(crate) async fn plan(app: &App, event: Event) -> Result<()> {
    let now = app.now();
    let notices: Vec<_> = notices_of(&event).into_iter().filter(is_mailed).collect();
    if notices.is_empty() || now.minus(TOO_LATE) > event.at {
        return Ok(());
    }
    let granted = app.granted()?;
    let mut names: Option<Names> = None;
    for Notice { kind, to, .. } in notices {
        let Some(to) = address(app, &granted, kind, to, &event).await? else { continue };
        let names = match &names {
            Some(names) => names.clone(),
            None => names.insert(app.store.names_of(&granted, &event).await?).clone(),
        };
        let delivery = Delivery::new(event.clone(), kind, to, names, now);
        if linked::is_told(&delivery) {
            app.store.plan_delivery(&granted, &delivery).await?;
        }
    }
    Ok(())
}

/// By the product's own defaults: nobody can choose yet.
fn is_mailed(notice: &Notice) -> bool {
    let none = NoticeChoices::default();
    Layers { platform: &none, organization: &none, own: &none }.resolve(notice.kind).email
}

/// Where the mail goes. There is no list of superadmins to read by a key, and nothing that happens today is mailed to admins
/// or owners as such.
async fn address(
    app: &App,
    granted: &Granted<SendNotices>,
    kind: NoticeKind,
    to: Recipient,
    event: &Event,
) -> Result<Option<Email>> {
    let user = match to {
        Recipient::Address(email) => return Ok(Some(email)),
        Recipient::Person(user) => user,
        Recipient::AdminsOfOrganization | Recipient::OwnersOfOrganization | Recipient::Superadmins => return Ok(None),
    };
    if kind == NoticeKind::NewSignIn && !app.store.is_elsewhere(granted, user, event).await? {
        return Ok(None);
    }
    Ok(app.store.person_told(granted, user).await?.map(|person| person.email))
}
