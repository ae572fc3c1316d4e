//! Cold start of the notifications.

use std::process::ExitCode;
use std::sync::Arc;

use links::PublicUrl;
use notifications::mail::Branding;
use notifications::{App, Post};
use start::{Fault, Parts};

fn main() -> ExitCode {
    start::messages(|parts| {
        let app = Arc::new(app(parts)?);
        Ok(move |event| {
            let app = Arc::clone(&app);
            async move { notifications::handle(&app, event).await }
        })
    })
}

fn app(parts: &Parts) -> Result<App, Fault> {
    let settings = parts.settings();
    let wrong = |name, why| move |_| Fault::new(name, why);
    let portal = PublicUrl::try_from(settings.public_url.clone()).map_err(wrong("PUBLIC_URL", "is no origin"))?;
    let from = settings.mail_from.as_deref().ok_or(Fault::new("MAIL_FROM", "is not set"))?;
    let from = from.parse().map_err(wrong("MAIL_FROM", "is no address"))?;
    let not_a_rate = Fault::new("MAILS_PER_SECOND", "is not 1 to 1000");
    let Ok(rate) = settings.mails_per_second.as_deref().unwrap_or("10").parse() else { return Err(not_a_rate) };
    let post = Post::new(parts.mail()?, from, rate).map_err(|_| not_a_rate)?;
    Ok(App { store: parts.store(), post, branding: Branding::default(), portal, clock: start::clock })
}
