//! What can be said on the command line, and what is printed.

#![expect(clippy::print_stdout, reason = "the one place that speaks to a person at a terminal")]

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use domain::Email;
use local::operator::{self, Deployment};
use local::{Card, Options, PortsPlan, Stack};
use store::Bootstrapped;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The admin portal on one machine, and its operator's commands.
#[derive(Parser)]
#[command(name = "local", args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    up: Up,
}

#[derive(Subcommand)]
enum Command {
    /// Start everything (the default); Ctrl-C stops it.
    Up(Up),
    /// Write the API's description and its readable form.
    Openapi {
        /// Where to.
        #[arg(long, default_value = "infra/openapi")]
        folder: PathBuf,
    },
    /// Make the first superadmin, say who is one, or let one in again.
    #[command(subcommand)]
    Superadmin(Superadmin),
}

#[derive(Args)]
struct Up {
    /// The folder in which everything is kept.
    #[arg(long, default_value = ".local")]
    data: PathBuf,
    /// The API's port; the other parts take the four that follow. 0 takes any free ones.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Delete what an earlier run kept.
    #[arg(long)]
    fresh: bool,
    /// The first superadmin's e-mail.
    #[arg(long, default_value = "superadmin@portal.local")]
    superadmin: Email,
}

#[derive(Subcommand)]
enum Superadmin {
    /// Make the first superadmin and print the one-time password; once in a deployment's life.
    Bootstrap(Whom),
    /// Give a superadmin a new one-time password and print it; the old one and the sessions end.
    Reset(Whom),
    /// Make somebody a superadmin who has an account.
    Grant(Whom),
    /// Make somebody a superadmin no longer.
    Revoke(Whom),
}

#[derive(Args)]
struct Whom {
    /// Whose account.
    #[arg(long)]
    email: Email,
    /// The folder of the local stack, which has to run.
    #[arg(long, default_value = ".local")]
    data: PathBuf,
    /// Act on AWS, with the credentials and the region of the environment.
    #[arg(long, conflicts_with = "data")]
    aws: bool,
    /// What the tables' names begin with in AWS: the template's `TablePrefix`.
    #[arg(long, requires = "aws", required_if_eq("aws", "true"))]
    table_prefix: Option<String>,
}

/// Warnings and worse of the parts, on standard error. `RUST_LOG` says otherwise.
#[expect(clippy::disallowed_methods, reason = "this is the start of the process")]
pub(crate) fn log_to_stderr() {
    // Both servers and the client of the secrets server log refusals that are part of ordinary work.
    const QUIET: &str = "warn,s3s=off,dynoxide=off,vaultrs=off,rustify=off";
    let asked = std::env::var("RUST_LOG").ok().and_then(|asked| asked.parse::<Targets>().ok());
    let filter = asked.or_else(|| QUIET.parse().ok()).unwrap_or_default();
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    tracing_subscriber::registry().with(lines.with_filter(filter)).init();
}

impl Cli {
    /// Does what was said.
    pub(crate) fn run(self) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting")?;
        runtime.block_on(async {
            match self.command.unwrap_or(Command::Up(self.up)) {
                Command::Up(up) => up.run().await,
                Command::Openapi { folder } => local::openapi::write(&folder),
                Command::Superadmin(command) => command.run().await,
            }
        })
    }
}

impl Up {
    async fn run(self) -> Result<()> {
        let Self { data, port, fresh, superadmin } = self;
        let ports = if port == 0 { PortsPlan::Free } else { PortsPlan::From(port) };
        // Before the start, so that a signal during it is not lost.
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let stack = Stack::start(Options { ports, fresh, superadmin, ..Options::new(&data)? }).await?;
        print(&stack, &data);
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        println!("Stopping. Everything is kept in {}.", data.display());
        stack.stop().await
    }
}

fn print(stack: &Stack, data: &std::path::Path) {
    let Card { api, docs, mailbox, s3_endpoint, bucket, dynamodb_endpoint, vault_address, .. } = stack.card();
    let file = |name: &str| data.join(name).display().to_string();
    println!("The portal is ready.\n");
    println!("  page, API       {api}\n  documentation   {docs}\n  mails           {mailbox}");
    println!("  object store    {s3_endpoint}, bucket {bucket}\n  database        {dynamodb_endpoint}");
    println!("  secrets         {vault_address}\n  credentials     {}\n", file("stack.json"));
    match stack.first_password() {
        Some(first) => {
            println!("  superadmin      {}\n  one-time password  {}", first.email, first.password);
            println!("  (also in {}; it has to be changed at the first sign-in)\n", file("superadmin.json"));
        }
        None => println!("  The superadmin was made at the first start, see {}.\n", file("superadmin.json")),
    }
    println!("Ctrl-C stops all of it.");
}

impl Superadmin {
    async fn run(self) -> Result<()> {
        match self {
            Self::Bootstrap(whom) => {
                let (store, email) = whom.open().await?;
                let password = operator::one_time_password();
                match operator::create_superadmin(&store, email.clone(), &password).await? {
                    Bootstrapped::Created(_) => println!("superadmin {email}\none-time password {password}"),
                    Bootstrapped::AlreadyDone => println!(
                        "The first superadmin was made before; nothing changed. `superadmin reset` gives a new password."
                    ),
                }
            }
            Self::Reset(whom) => {
                let (store, email) = whom.open().await?;
                let password = operator::one_time_password();
                operator::reset_superadmin(&store, email.clone(), &password).await?;
                println!("superadmin {email}\none-time password {password}");
            }
            Self::Grant(whom) => {
                let (store, email) = whom.open().await?;
                operator::set_superadmin(&store, &email, true).await?;
                println!("{email} is a superadmin.");
            }
            Self::Revoke(whom) => {
                let (store, email) = whom.open().await?;
                operator::set_superadmin(&store, &email, false).await?;
                println!("{email} is no superadmin.");
            }
        }
        Ok(())
    }
}

impl Whom {
    async fn open(self) -> Result<(store::Store, Email)> {
        let Self { email, data, aws, table_prefix } = self;
        let deployment = match table_prefix.filter(|_| aws) {
            Some(table_prefix) => Deployment::Aws { table_prefix },
            None => Deployment::Local(data),
        };
        Ok((deployment.store().await?, email))
    }
}
