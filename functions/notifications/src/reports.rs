//! What the mail service tells of mails that it took.

use batch::{MailReport, MailTags};
use domain::Result;
use domain::delivery::DeliveryState;
use domain::id::EventId;

use crate::App;

/// Notes what became of a mail of this deployment. What is about another one's, about no mail that is known, or was told before
/// changes nothing.
pub(crate) async fn take(app: &App, told: MailReport) -> Result<()> {
    let MailReport { tags: MailTags { deployment, event }, to, report } = told;
    if deployment.as_deref() != Some(app.post.deployment()) {
        tracing::debug!(deployment, "the mail service told of another deployment's mail");
        return Ok(());
    }
    let event: Option<EventId> = event.and_then(|event| event.parse().ok());
    let (Some(event), Some(to), Some(report)) = (event, to, report) else {
        tracing::debug!(?event, "the mail service told something that says nothing here");
        return Ok(());
    };
    let state = app.store.report_on_mail(&app.granted()?, (event, &to), &report, &mut app.mint()).await?;
    match &state {
        Some(DeliveryState::Bounced { why, .. }) => tracing::warn!(%event, why, "a mail bounced"),
        Some(DeliveryState::Complained { why, .. }) => tracing::warn!(%event, why, "a mail was called unwanted"),
        Some(DeliveryState::Failed { why, .. }) => tracing::error!(%event, why, "a mail was not sent after all"),
        Some(_) | None => tracing::debug!(%event, changed = state.is_some(), "the mail service told of a mail"),
    }
    Ok(())
}
