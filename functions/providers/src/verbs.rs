//! What is done to providers, in the same way in an organization and on the platform.

use api::{Caller, PageParams, PageView, Reply, answer};
use domain::home::{Home, InHome};
use domain::id::ProviderId;
use domain::provider::{
    Assignment, BaseUrl, CreateProvider, DeleteProvider, EditProvider, ReadProviders, RemoveCredential, SetCredential,
};
use domain::{Code, Error, Patch, Result};
use outbound::Address;
use store::{Idempotency, Made, credential_path};

use crate::App;
use crate::credential::CredentialBody;
use crate::views::ProviderView;

pub(crate) async fn list<H: Home>(app: &App, caller: &Caller, at: H::At, page: &PageParams) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(ReadProviders), at)?;
    let page = app.core.store.list_providers(&granted, page.cursor().as_ref(), page.limit()).await?;
    answer::ok(PageView::from(page.map(|provider| ProviderView::from(&provider))))
}

pub(crate) async fn create<H: Home>(
    app: &App,
    caller: &Caller,
    at: H::At,
    asked: CreateProvider,
    sent: Option<&Idempotency>,
    list: &str,
) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(asked), at)?;
    let asked = &granted.command().what;
    app.admit(asked.base_url.as_ref())?;
    assignable(granted.scope(), asked.assignment)?;
    let store = &app.core.store;
    let provider = match store.create_provider(&granted, sent, &mut app.core.mint()).await? {
        Made::Now(provider) => provider,
        Made::Before(id) => store.read_provider(&granted, id.parse().map_err(Error::internal)?).await?,
    };
    answer::created(ProviderView::from(&provider), provider.version, &format!("{list}/{}", provider.id))
}

pub(crate) async fn read<H: Home>(app: &App, caller: &Caller, at: H::At, id: ProviderId) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(ReadProviders), at)?;
    let provider = app.core.store.read_provider(&granted, id).await?;
    answer::ok_tagged(ProviderView::from(&provider), provider.version)
}

/// A credential that the change made void goes from the vault as well; where the vault does not answer, nothing leads to it.
pub(crate) async fn edit<H: Home>(app: &App, caller: &Caller, at: H::At, asked: EditProvider) -> Reply {
    let id = asked.id;
    let granted = caller.grant(InHome::<H, _>::new(asked), at)?;
    assignable(granted.scope(), granted.command().what.assignment)?;
    if let Patch::Set(base_url) = &granted.command().what.endpoint.base_url {
        app.admit(Some(base_url))?;
    }
    let (provider, void) = app.core.store.edit_provider(&granted, &mut app.core.mint()).await?;
    if let Some(version) = void {
        app.shelf.forget(&credential_path(granted.scope(), id), vec![version]).await;
    }
    answer::ok_tagged(ProviderView::from(&provider), provider.version)
}

pub(crate) async fn delete<H: Home>(app: &App, caller: &Caller, at: H::At, id: ProviderId) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(DeleteProvider { id }), at)?;
    if app.core.store.delete_provider(&granted, &mut app.core.mint()).await? {
        app.shelf.forget_all(&credential_path(granted.scope(), id)).await;
    }
    answer::no_content()
}

/// The vault first, then the tables: what they name is always there.
pub(crate) async fn set_credential<H: Home>(
    app: &App,
    caller: &Caller,
    at: H::At,
    (id, version): (ProviderId, u64),
    asked: CredentialBody,
) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(SetCredential { id, version }), at)?;
    let provider = app.core.store.provider_to_set(&granted).await?;
    let fields = asked.fields(provider.endpoint.kind())?;
    let mark = app.shelf.mark(&fields, (app.core.random)()).await?;
    let path = credential_path(granted.scope(), id);
    let stored = app.shelf.store_after_newest(&path, &fields).await?;
    let named = (stored.version, mark);
    let set = app.core.store.set_credential(&granted, &provider, named, &mut app.core.mint()).await;
    let gone = match &set {
        Ok(_) => stored.older(),
        Err(error) if error.code() == Code::PreconditionFailed => vec![stored.version],
        // It may be named: nobody said that it was not written.
        Err(_) => vec![],
    };
    app.shelf.forget(&path, gone).await;
    let provider = set?;
    answer::ok_tagged(ProviderView::from(&provider), provider.version)
}

pub(crate) async fn remove_credential<H: Home>(app: &App, caller: &Caller, at: H::At, id: ProviderId) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(RemoveCredential { id }), at)?;
    if let Some(version) = app.core.store.remove_credential(&granted, &mut app.core.mint()).await? {
        app.shelf.forget(&credential_path(granted.scope(), id), vec![version]).await;
    }
    answer::no_content()
}

impl App {
    /// Whether a provider may be there, as far as that is known without asking for its name: a call asks, and decides. Only who
    /// may manage providers is answered: what is on the operator's list is nobody else's to find out.
    fn admit(&self, base_url: Option<&BaseUrl>) -> Result<()> {
        let Some(base_url) = base_url else { return Ok(()) };
        let refused = |words: String| Error::new(Code::Invalid, words).at("/base_url");
        let address = Address::try_from(base_url.to_string().as_str()).map_err(|why| refused(why.0.to_owned()))?;
        self.allowed.admits(&address).map_err(|fault| refused(fault.to_string()))
    }
}

/// What is an organization's own is nobody else's.
fn assignable(home: &impl Home, assignment: Option<Assignment>) -> Result<()> {
    match assignment {
        Some(_) if home.organization().is_some() => {
            Err(Error::new(Code::Invalid, "an organization's own provider is for nobody else").at("/assignment"))
        }
        _ => Ok(()),
    }
}
