//! Keys of service accounts in an OpenAI project, as an administrator of the organization: OpenAI's Administration API.
//!
//! A service account is made with a key that is shown once, and its key ends with it (API reference, "Project service accounts").

use credentials::{Fields, HANDLE, Kept, text};
use domain::id::RotationId;
use domain::provider::Endpoint;
use domain::rotation::Handle;
use http::header::AUTHORIZATION;
use outbound::{Address, Answer, Outbound, Request, Sensitive};
use serde::Deserialize;
use serde_json::json;
use vault::Secret;
use zeroize::Zeroizing;

use crate::hindrance::Hindrance;
use crate::rotator::{Made, Sight, handle};
use crate::secret::Sent;

/// So many pages of service accounts are looked through, of a hundred each.
const PAGES_MAX: usize = 50;

pub(crate) struct OpenAi {
    accounts: Address,
    admin_key: Zeroizing<String>,
    used: Option<Handle>,
}

#[derive(Deserialize)]
struct Created {
    id: String,
    api_key: Option<CreatedKey>,
}

#[derive(Deserialize)]
struct CreatedKey {
    value: Sent,
}

#[derive(Deserialize)]
struct Page {
    data: Vec<Account>,
    #[serde(default)]
    has_more: bool,
}

#[derive(Deserialize)]
struct Account {
    id: String,
    #[serde(default)]
    name: String,
}

impl OpenAi {
    pub(crate) fn new(endpoint: &Endpoint, used: Kept, keeper: Kept) -> Result<Self, Hindrance> {
        let part = |name| text(&keeper, name).ok_or(Hindrance::Unusable);
        let base = Address::try_from(endpoint.base_url().to_string().as_str()).map_err(|_| Hindrance::Unusable)?;
        let project = part("project_id")?;
        let accounts = base.under(&["organization", "projects", &project, "service_accounts"]);
        let used = text(&used, HANDLE).map(|used| handle(&used)).transpose()?;
        Ok(Self { accounts, admin_key: part("admin_key")?, used })
    }

    /// What it is known by is the name that its rotation gives it.
    pub(crate) async fn look(&self, outbound: &Outbound) -> Result<Sight, Hindrance> {
        self.page(outbound, None).await?;
        Ok(Sight { seen: vec![], used: self.used.clone() })
    }

    pub(crate) async fn clear(&self, outbound: &Outbound, rotation: RotationId) -> Result<(), Hindrance> {
        let (name, mut after) = (name(rotation), None);
        for _ in 0..PAGES_MAX {
            let Page { data, has_more } = self.page(outbound, after.as_deref()).await?;
            for account in data.iter().filter(|account| account.name == name) {
                self.end(outbound, &handle(&account.id)?).await?;
            }
            after = data.into_iter().next_back().map(|account| account.id).filter(|_| has_more);
            if after.is_none() {
                break;
            }
        }
        Ok(())
    }

    pub(crate) async fn make(&self, outbound: &Outbound, rotation: RotationId) -> Result<Made, Hindrance> {
        let asked = json!({ "name": name(rotation) }).to_string();
        let answer = self.call(outbound, Request::post(self.accounts.clone(), asked)).await?;
        let Created { id, api_key } = answer.json()?;
        let key = api_key.ok_or(Hindrance::Unavailable)?.value;
        let fields = Fields::new(vec![("api_key", Secret::new(key.as_bytes().to_vec()))]);
        Ok(Made { fields, handle: handle(&id)? })
    }

    pub(crate) async fn end(&self, outbound: &Outbound, handle: &Handle) -> Result<(), Hindrance> {
        if self.used.as_ref() == Some(handle) {
            return Ok(());
        }
        let address = self.accounts.clone().under(&[handle.as_str()]);
        match self.call(outbound, Request::delete(address)).await {
            Ok(_) | Err(Hindrance::NotFound) => Ok(()),
            Err(hindrance) => Err(hindrance),
        }
    }

    async fn page(&self, outbound: &Outbound, after: Option<&str>) -> Result<Page, Hindrance> {
        let address = self.accounts.clone().asking("limit", "100");
        let address = after.map_or(address.clone(), |after| address.asking("after", after));
        Ok(self.call(outbound, Request::get(address)).await?.json()?)
    }

    async fn call(&self, outbound: &Outbound, request: Request) -> Result<Answer, Hindrance> {
        let bearer = Sensitive::new(&["Bearer ", &self.admin_key]).map_err(|_| Hindrance::Unusable)?;
        let answer = outbound.call(request.with(AUTHORIZATION, bearer)).await?;
        if answer.status() < 300 { Ok(answer) } else { Err(Hindrance::of(&answer)) }
    }
}

/// Nobody else gives that name.
fn name(rotation: RotationId) -> String {
    format!("portal-{rotation}")
}
