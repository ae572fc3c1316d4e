//! What is done to MCP servers, in the same way in an organization and on the platform.

use api::{Caller, PageParams, PageView, Reply, answer};
use domain::Error;
use domain::home::{Home, InHome};
use domain::id::McpServerId;
use domain::mcp_server::{
    CreateMcpServer, DeleteMcpServer, EditMcpServer, ReadMcpServers, RemoveMcpCredential, SetMcpCredential,
};
use store::{Idempotency, Made, mcp_credential_path};

use super::bodies::McpCredentialBody;
use super::tools::ToolsView;
use super::views::McpServerView;
use crate::App;

pub(crate) async fn list<H: Home>(app: &App, caller: &Caller, at: H::At, page: &PageParams) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(ReadMcpServers), at)?;
    let page = app.core.store.list_mcp_servers(&granted, page.cursor().as_ref(), page.limit()).await?;
    answer::ok(PageView::from(page.map(|server| McpServerView::from(&server))))
}

pub(crate) async fn create<H: Home>(
    app: &App,
    caller: &Caller,
    at: H::At,
    asked: CreateMcpServer,
    sent: Option<&Idempotency>,
    list: &str,
) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(asked), at)?;
    app.admit(&granted.command().what.url.to_string(), "/url")?;
    let store = &app.core.store;
    let server = match store.create_mcp_server(&granted, sent, &mut app.core.mint()).await? {
        Made::Now(server) => server,
        Made::Before(id) => store.read_mcp_server(&granted, id.parse().map_err(Error::internal)?).await?,
    };
    answer::created(McpServerView::from(&server), server.version, &format!("{list}/{}", server.id))
}

pub(crate) async fn read<H: Home>(app: &App, caller: &Caller, at: H::At, id: McpServerId) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(ReadMcpServers), at)?;
    let server = app.core.store.read_mcp_server(&granted, id).await?;
    answer::ok_tagged(McpServerView::from(&server), server.version)
}

pub(crate) async fn tools<H: Home>(app: &App, caller: &Caller, at: H::At, id: McpServerId) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(ReadMcpServers), at)?;
    let (server, list) = app.core.store.read_tools(&granted, id).await?;
    answer::ok(ToolsView::of(&server, &list))
}

/// Headers that the change made void go from the vault as well; where the vault does not answer, nothing leads to them.
pub(crate) async fn edit<H: Home>(app: &App, caller: &Caller, at: H::At, asked: EditMcpServer) -> Reply {
    let id = asked.id;
    let granted = caller.grant(InHome::<H, _>::new(asked), at)?;
    if let Some(url) = &granted.command().what.url {
        app.admit(&url.to_string(), "/url")?;
    }
    let (server, void) = app.core.store.edit_mcp_server(&granted, &mut app.core.mint()).await?;
    if let Some(version) = void {
        app.keeper.forget(&mcp_credential_path(granted.scope(), id), vec![version]).await;
    }
    answer::ok_tagged(McpServerView::from(&server), server.version)
}

/// The vault may have something of a server that has no headers: what it was asked to forget while it did not answer.
pub(crate) async fn delete<H: Home>(app: &App, caller: &Caller, at: H::At, id: McpServerId) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(DeleteMcpServer { id }), at)?;
    app.core.store.delete_mcp_server(&granted, &mut app.core.mint()).await?;
    app.keeper.forget_all(&mcp_credential_path(granted.scope(), id)).await;
    answer::no_content()
}

/// The vault first, then the tables: what they name is always there.
pub(crate) async fn set_credential<H: Home>(
    app: &App,
    caller: &Caller,
    at: H::At,
    (id, version): (McpServerId, u64),
    asked: McpCredentialBody,
) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(SetMcpCredential { id, version }), at)?;
    let server = app.core.store.mcp_server_to_set(&granted).await?;
    let (names, values): (Vec<_>, Vec<_>) = asked.fields()?.into_iter().unzip();
    let fields: Vec<_> = names.iter().map(|name| name.as_str()).zip(values).collect();
    let mark = app.keeper.mark(&fields).await?;
    let path = mcp_credential_path(granted.scope(), id);
    let stored = app.keeper.store(&path, &fields).await?;
    let named = (names.clone(), stored.version, mark);
    let set = app.core.store.set_mcp_credential(&granted, &server, named, &mut app.core.mint()).await;
    app.keeper.settle(&path, stored, &set).await;
    let server = set?;
    answer::ok_tagged(McpServerView::from(&server), server.version)
}

pub(crate) async fn remove_credential<H: Home>(app: &App, caller: &Caller, at: H::At, id: McpServerId) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(RemoveMcpCredential { id }), at)?;
    if let Some(version) = app.core.store.remove_mcp_credential(&granted, &mut app.core.mint()).await? {
        app.keeper.forget(&mcp_credential_path(granted.scope(), id), vec![version]).await;
    }
    answer::no_content()
}
