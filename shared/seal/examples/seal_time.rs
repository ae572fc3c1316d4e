//! Prints what sealing costs with a data key at hand, beside AES-256-GCM alone: `cargo xtask bench seal`.
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "an example that measures and prints")]

use std::hint::black_box;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use domain::id::OrganizationId;
use domain::sealed::{Attribute, Sealed};
use seal::Sealer;
use vault::{Config, Login, Secret, Vault};
use vault_dev::{Options, Running, Server};
use vaultrs::client::{VaultClient, VaultClientSettingsBuilder};

const TIMES: u32 = 10_000;
const ROUNDS: usize = 15;
const CONTENT: [u8; 1000] = [42; 1000];

type Failed = Box<dyn std::error::Error>;

/// The same cipher of the same library, with nothing around it.
struct Alone {
    key: RandomizedNonceKey,
    nonce: [u8; 12],
    sealed: Vec<u8>,
}

impl Alone {
    fn new() -> Result<Self, Failed> {
        let key = RandomizedNonceKey::new(&AES_256_GCM, &[7; 32])?;
        let mut sealed = CONTENT.to_vec();
        let nonce = *key.seal_in_place_append_tag(Aad::empty(), &mut sealed)?.as_ref();
        Ok(Self { key, nonce, sealed })
    }

    fn seal(&self) -> Result<(), Failed> {
        let mut content = CONTENT.to_vec();
        self.key.seal_in_place_append_tag(Aad::empty(), &mut content)?;
        black_box(content);
        Ok(())
    }

    fn open(&self) -> Result<(), Failed> {
        let (nonce, mut sealed) = (Nonce::assume_unique_for_key(self.nonce), self.sealed.clone());
        black_box(self.key.open_in_place(nonce, Aad::empty(), &mut sealed)?);
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failed> {
    let options =
        Options { address: SocketAddr::from(([127, 0, 0, 1], 0)), root_token: "root".to_owned(), data_file: None };
    let server = Server::start(options).await?;
    let at = attribute();
    let seal = sealer(&server, &at).await?;
    let sealed = seal.seal(&at, &CONTENT).await?;
    let alone = Alone::new()?;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push([
            sealing(&seal, &at).await?,
            time(|| alone.seal())?,
            opening(&seal, &at, &sealed).await?,
            time(|| alone.open())?,
        ]);
    }
    server.stop().await;
    println!("1 kB, the median of {ROUNDS} rounds of {TIMES}");
    for (number, what) in ["seal", "AES-256-GCM alone", "open", "AES-256-GCM alone"].into_iter().enumerate() {
        let mut times: Vec<Duration> = rounds.iter().filter_map(|round| round.get(number).copied()).collect();
        times.sort();
        println!("{what:<20} {:>12.2?}", times.get(ROUNDS / 2).copied().unwrap_or_default());
    }
    Ok(())
}

async fn sealing(seal: &Sealer, at: &Attribute) -> Result<Duration, Failed> {
    let start = Instant::now();
    for _ in 0..TIMES {
        black_box(seal.seal(at, &CONTENT).await?);
    }
    Ok(start.elapsed() / TIMES)
}

async fn opening(seal: &Sealer, at: &Attribute, sealed: &Sealed) -> Result<Duration, Failed> {
    let start = Instant::now();
    for _ in 0..TIMES {
        black_box(seal.open(at, sealed).await?);
    }
    Ok(start.elapsed() / TIMES)
}

fn time(act: impl Fn() -> Result<(), Failed>) -> Result<Duration, Failed> {
    let start = Instant::now();
    for _ in 0..TIMES {
        act()?;
    }
    Ok(start.elapsed() / TIMES)
}

/// An attribute with keys of the usual length: all of it is bound to what is sealed.
fn attribute() -> Attribute {
    let organization = OrganizationId::from_parts(1, 1);
    Attribute {
        organization,
        table: format!("tenant-{organization}"),
        pk: format!("{organization}#QUOTA-REQUESTS"),
        sk: "qrq_01ARZ3NDEKTSV4RRFFQ69G5FAV".to_owned(),
        name: "reason",
    }
}

/// The clock is the machine's, as in a function, and read for every attribute.
async fn sealer(server: &Running, at: &Attribute) -> Result<Sealer, Failed> {
    let settings = VaultClientSettingsBuilder::default().address(server.url()).token("root").build()?;
    vaultrs::sys::mount::enable(&VaultClient::new(settings)?, "transit", "transit", None).await?;
    let config = Config {
        address: server.url(),
        login: Login::Token(Secret::new(b"root".to_vec())),
        mount_kv: "secret".to_owned(),
        mount_transit: "transit".to_owned(),
    };
    let start = Instant::now();
    let clock: vault::Clock = Arc::new(move || start.elapsed());
    let vault = Vault::new(config, Arc::clone(&clock))?;
    vault.create_organization_key(&at.organization.to_string()).await?;
    Ok(Sealer::new(vault, clock))
}
