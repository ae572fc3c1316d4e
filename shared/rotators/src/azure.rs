//! The two keys of an Azure AI resource, as a service principal: Azure Resource Manager, `Microsoft.CognitiveServices/accounts`.
//!
//! `listKeys` gives both keys, `regenerateKey` makes one anew and gives both (Azure REST API reference, Accounts, 2023-05-01). The
//! principal gets its token by the client credentials flow of Microsoft's identity platform, version 2.0.

use credentials::{Fields, Kept, text};
use domain::rotation::{Handle, Making};
use form_urlencoded::Serializer;
use http::header::AUTHORIZATION;
use outbound::{Address, Outbound, Request, Sensitive};
use serde::Deserialize;
use serde_json::json;
use vault::Secret;
use zeroize::Zeroizing;

use crate::hindrance::Hindrance;
use crate::rotator::{Made, Places, Sight, handle, place};
use crate::secret::Sent;

const API_VERSION: &str = "2023-05-01";
const SCOPE: &str = "https://management.azure.com/.default";

pub(crate) struct Azure {
    login: Address,
    resource: Address,
    client_id: Zeroizing<String>,
    client_secret: Zeroizing<String>,
    used: Zeroizing<String>,
}

/// One of the two, under the name that `regenerateKey` has for it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slot {
    Key1,
    Key2,
}

#[derive(Deserialize)]
struct Keys {
    key1: Sent,
    key2: Sent,
}

#[derive(Deserialize)]
struct Token {
    access_token: Sent,
}

impl Slot {
    fn name(self) -> &'static str {
        match self {
            Self::Key1 => "Key1",
            Self::Key2 => "Key2",
        }
    }

    fn of(handle: &Handle) -> Result<Self, Hindrance> {
        let known = [Self::Key1, Self::Key2].into_iter().find(|slot| slot.name() == handle.as_str());
        known.ok_or(Hindrance::NotFound)
    }

    fn other(self) -> Self {
        match self {
            Self::Key1 => Self::Key2,
            Self::Key2 => Self::Key1,
        }
    }
}

impl Keys {
    fn at(&self, slot: Slot) -> &str {
        match slot {
            Slot::Key1 => &self.key1,
            Slot::Key2 => &self.key2,
        }
    }
}

impl Azure {
    pub(crate) fn new(used: Kept, keeper: Kept, places: &Places) -> Result<Self, Hindrance> {
        let part = |name| text(&keeper, name).ok_or(Hindrance::Unusable);
        let (tenant, resource) = (part("tenant_id")?, part("resource_id")?);
        let resource: Vec<&str> = resource.split('/').filter(|segment| !segment.is_empty()).collect();
        let login = place(places.login.as_ref(), "https://login.microsoftonline.com")?;
        let management = place(places.management.as_ref(), "https://management.azure.com")?;
        Ok(Self {
            login: login.under(&[&tenant, "oauth2", "v2.0", "token"]),
            resource: management.under(&resource),
            client_id: part("client_id")?,
            client_secret: part("client_secret")?,
            used: text(&used, "api_key").ok_or(Hindrance::Unusable)?,
        })
    }

    pub(crate) async fn look(&self, outbound: &Outbound) -> Result<Sight, Hindrance> {
        let used = self.slot_in_use(outbound).await?.ok_or(Hindrance::NotListed)?;
        Ok(Sight { seen: vec![handle(used.other().name())?], used: Some(handle(used.name())?) })
    }

    /// The one that is not used is made anew, whatever it was.
    pub(crate) async fn make(&self, outbound: &Outbound, making: &Making) -> Result<Made, Hindrance> {
        let slot = Slot::of(making.seen.first().ok_or(Hindrance::NotFound)?)?;
        match self.slot_in_use(outbound).await? {
            Some(used) if used != slot => {}
            _ => return Err(Hindrance::NotListed),
        }
        let keys = self.regenerate(outbound, slot).await?;
        let fields = Fields::new(vec![("api_key", Secret::new(keys.at(slot).as_bytes().to_vec()))]);
        Ok(Made { fields, handle: handle(slot.name())? })
    }

    /// A key ends by another one taking its place.
    pub(crate) async fn end(&self, outbound: &Outbound, handle: &Handle) -> Result<(), Hindrance> {
        let slot = Slot::of(handle)?;
        if self.slot_in_use(outbound).await? != Some(slot) {
            self.regenerate(outbound, slot).await?;
        }
        Ok(())
    }

    async fn slot_in_use(&self, outbound: &Outbound) -> Result<Option<Slot>, Hindrance> {
        let keys: Keys = self.call(outbound, "listKeys", "{}".to_owned()).await?;
        Ok([Slot::Key1, Slot::Key2].into_iter().find(|slot| keys.at(*slot) == self.used.as_str()))
    }

    async fn regenerate(&self, outbound: &Outbound, slot: Slot) -> Result<Keys, Hindrance> {
        self.call(outbound, "regenerateKey", json!({ "keyName": slot.name() }).to_string()).await
    }

    async fn call(&self, outbound: &Outbound, verb: &str, body: String) -> Result<Keys, Hindrance> {
        let token = self.token(outbound).await?;
        let address = self.resource.clone().under(&[verb]).asking("api-version", API_VERSION);
        let bearer = Sensitive::new(&["Bearer ", &token]).map_err(|_| Hindrance::Unavailable)?;
        let answer = outbound.call(Request::post(address, body).with(AUTHORIZATION, bearer)).await?;
        if answer.status() >= 300 {
            return Err(Hindrance::of(&answer));
        }
        Ok(answer.json()?)
    }

    async fn token(&self, outbound: &Outbound) -> Result<Sent, Hindrance> {
        let form = Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &self.client_id)
            .append_pair("client_secret", &self.client_secret)
            .append_pair("scope", SCOPE)
            .finish();
        let answer = outbound.call(Request::form(self.login.clone(), Zeroizing::new(form))).await?;
        match answer.status() {
            ..300 => Ok(answer.json::<Token>()?.access_token),
            // An unknown tenant or client is a bad request to Microsoft.
            400 | 401 => Err(Hindrance::CredentialRefused),
            _ => Err(Hindrance::of(&answer)),
        }
    }
}
