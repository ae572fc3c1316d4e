//! A turn through organizations, one after the other, until the end of the list or of the time.

use std::sync::Mutex;

use domain::mcp_server::WatchOrganizations;
use domain::organization::Organization;
use domain::{Code, Granted, Result, Timestamp};
use futures::stream::{self, Stream};
use store::Cursor;

use crate::App;

/// A turn. Who has been handed an organization has begun with it.
pub(crate) struct Turn<'a> {
    app: &'a App,
    granted: &'a Granted<WatchOrganizations>,
    end: Timestamp,
    /// Behind which organization it goes on; none = at the beginning.
    reached: Mutex<Option<Cursor>>,
}

impl<'a> Turn<'a> {
    /// A turn that goes on from there.
    pub(crate) fn new(
        app: &'a App,
        granted: &'a Granted<WatchOrganizations>,
        end: Timestamp,
        begun: Option<Cursor>,
    ) -> Self {
        Self { app, granted, end, reached: Mutex::new(begun) }
    }

    /// Each organization, as soon as somebody has a hand free for it.
    pub(crate) fn organizations(&self) -> impl Stream<Item = Result<Organization>> {
        stream::unfold(true, async |goes_on| {
            if !goes_on {
                return None;
            }
            match self.next().await {
                Ok(Some((organization, goes_on))) => Some((Ok(organization), goes_on)),
                Ok(None) => None,
                Err(error) => Some((Err(error), false)),
            }
        })
    }

    /// Where the next run goes on.
    pub(crate) fn reached(&self) -> Option<Cursor> {
        self.reached.lock().map(|reached| reached.clone()).unwrap_or_default()
    }

    /// The next organization, and whether there are more; none at the end.
    async fn next(&self) -> Result<Option<(Organization, bool)>> {
        if (self.app.clock)() >= self.end {
            return Ok(None);
        }
        let begun = self.reached();
        let page = match self.app.store.organizations_to_watch(self.granted, begun.as_ref()).await {
            // A turn of another release, or one whose place is gone: from the beginning.
            Err(error) if error.code() == Code::CursorInvalid && begun.is_some() => {
                self.app.store.organizations_to_watch(self.granted, None).await?
            }
            page => page?,
        };
        let goes_on = page.next.is_some();
        if let Ok(mut reached) = self.reached.lock() {
            *reached = page.next;
        }
        Ok(page.items.into_iter().next().map(|organization| (organization, goes_on)))
    }
}
