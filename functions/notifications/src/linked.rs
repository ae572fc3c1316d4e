//! From a planned mail to its letter, where that may carry a link: the key is asked for only then, and only if the link
//! still works.

use domain::delivery::{Delivery, SendNotices};
use domain::{Granted, Result};

use crate::account_links::AccountLink;
use crate::mail::Letter;
use crate::{App, compose};

/// Why a mail is never sent.
pub(crate) type Never = &'static str;

/// Whether there is a letter of that kind; reads nothing.
pub(crate) fn is_told(delivery: &Delivery) -> bool {
    AccountLink::of(delivery).is_some() || compose::letter(delivery).is_some()
}

/// The letter of a delivery, with its link as it is now; or why there is none, for good.
///
/// # Errors
/// The database or Vault does not answer: then the mail is put off.
pub(crate) async fn letter(
    app: &App,
    granted: &Granted<SendNotices>,
    delivery: &Delivery,
) -> Result<std::result::Result<Letter, Never>> {
    if let Some(link) = AccountLink::of(delivery) {
        return link.letter(app, granted, delivery).await;
    }
    Ok(compose::letter(delivery).ok_or("there is no letter of this kind"))
}
