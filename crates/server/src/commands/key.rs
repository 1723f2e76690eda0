//! `credits key`: API keys, from the machine's own command line.

use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use app::Directory;
use clap::{Args, Subcommand};
use domain::{Scopes, Text};
use secrecy::ExposeSecret as _;

use super::in_flags;
use crate::config::Config;
use crate::wiring::{machine, open_for_tools, open_or_make, operator};

const CREATE_EXAMPLES: &str = "\
Examples:
  credits key create --name billing --scopes credits:read,credits:spend
  export CREDITS_KEY=$(credits key create --name ops --scopes admin)

Scopes: credits:read, credits:spend, credits:grant, admin (all of them).
The key is shown this once. A running server accepts it within a second.";

const REVOKE_EXAMPLES: &str = "\
Examples:
  credits key revoke --name billing

A running server refuses it within a second. Its name is free then: a new key of
the same name is the same caller to idempotency keys.";

/// Manage API keys
#[derive(Subcommand)]
pub(crate) enum Command {
    Create(Create),
    Revoke(Revoke),
}

/// Create an API key and print it, this once
#[derive(Args)]
#[command(after_help = CREATE_EXAMPLES)]
pub(crate) struct Create {
    /// Who uses it; no two live keys share one
    #[arg(long)]
    name: String,
    /// What it may do, with commas
    #[arg(long, value_name = "SCOPE,...")]
    scopes: String,
}

/// Revoke an API key at once
#[derive(Args)]
#[command(after_help = REVOKE_EXAMPLES)]
pub(crate) struct Revoke {
    /// Its name
    #[arg(long)]
    name: String,
}

pub(super) async fn run(command: Command, config: Config) -> anyhow::Result<ExitCode> {
    match command {
        Command::Create(create) => self::create(&create, &config).await?,
        Command::Revoke(revoke) => self::revoke(&revoke, &config).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn create(create: &Create, config: &Config) -> anyhow::Result<()> {
    let name = name(&create.name)?;
    let scopes = Scopes::parse(&create.scopes).map_err(|error| anyhow!("--scopes {error}"))?;
    let db = open_or_make(config).await?;
    let directory = Directory::open(db.clone(), machine::entropy()).await?;
    let made = directory.create_key(operator(), name, scopes).await;
    db.close().await;
    let key = made.map_err(in_flags)?;
    let secret = key.secret.context("the key was made before")?;
    println!("{}", secret.expose_secret());
    Ok(())
}

async fn revoke(revoke: &Revoke, config: &Config) -> anyhow::Result<()> {
    let name = name(&revoke.name)?;
    let db = open_for_tools(config).await?;
    let directory = Directory::open(db.clone(), machine::entropy()).await?;
    let revoked = directory.revoke_key(operator(), name.clone()).await;
    db.close().await;
    revoked.map_err(|error| match error {
        app::Error::NotFound => anyhow!("there is no live key named {name}"),
        other => other.into(),
    })
}

fn name(text: &str) -> anyhow::Result<Text> {
    domain::line(text).map_err(|error| anyhow!("--name {error}"))
}
