//! Where things lie that organizations and the platform both have.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::Result;
use domain::home::Home;

use crate::core::Store;

impl Store {
    /// The table of that home.
    pub(crate) fn table_of(&self, home: &impl Home) -> String {
        home.organization().map_or_else(|| self.platform.clone(), |scope| self.tenant(scope))
    }

    /// The condition that the home takes new content: an organization may be made or purged at this moment.
    pub(crate) fn is_home_there(&self, home: &impl Home) -> Result<Option<TransactWriteItem>> {
        home.organization().map(|scope| self.has_content(scope)).transpose()
    }
}

/// The name of a list in its cursors: an organization's or the platform's.
pub(crate) fn list_of(home: &impl Home, [own, platforms]: [&'static str; 2]) -> &'static str {
    if home.organization().is_some() { own } else { platforms }
}
