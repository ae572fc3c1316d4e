//! From a name to addresses.

use std::io;
use std::net::IpAddr;

use futures::future::BoxFuture;

/// Who knows the addresses of a name. A trait so that tests can lie.
pub trait Resolve: Send + Sync {
    /// All addresses of `name`, asked once for a call. None and an error mean the same: not found.
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>>;
}

/// The system's resolver.
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.map(|found| found.ip()).collect()) })
    }
}
