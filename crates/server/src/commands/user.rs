//! `credits user`: people, from the machine's own command line.

use std::io::Read as _;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use app::{Directory, NewUser, Password, PasswordCost};
use clap::{Args, Subcommand};
use domain::{Email, Role, Text};

use super::in_flags;
use crate::config::Config;
use crate::wiring::{machine, open_or_make, operator};

const EXAMPLES: &str = "\
Examples:
  credits user create --email ada@example.com --name Ada
  credits user create --email root@example.com --name Root --role admin --password-stdin < secret

The id is all that is printed: id=$(credits user create ...). A server may be
running on the same file; the user is there for it at once.";

/// Manage users
#[derive(Subcommand)]
pub(crate) enum Command {
    Create(Create),
}

/// Create a user and print their id
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Create {
    /// Their address; no two users share one
    #[arg(long)]
    email: String,
    /// What to call them
    #[arg(long)]
    name: String,
    /// customer, support, finance or admin
    #[arg(long, default_value = "customer")]
    role: String,
    /// Their id in your own system
    #[arg(long, value_name = "ID")]
    external_id: Option<String>,
    /// Read a password from standard input
    #[arg(long)]
    password_stdin: bool,
}

pub(super) async fn run(command: Command, config: Config) -> anyhow::Result<ExitCode> {
    let Command::Create(create) = command;
    let entropy = machine::entropy();
    let user = NewUser {
        email: Email::parse(&create.email).map_err(|error| anyhow!("--email {error}"))?,
        name: Text::parse(&create.name).map_err(|error| anyhow!("--name {error}"))?,
        role: Role::parse(&create.role)
            .context("--role is not one of customer, support, finance, admin")?,
        external_id: external_id(create.external_id.as_deref())?,
        password_hash: create.password_stdin.then(|| password(entropy.bytes())).transpose()?,
    };
    let db = open_or_make(&config).await?;
    let directory = Directory::open(db.clone(), entropy).await?;
    let made = directory.create_user(operator(), user).await;
    db.close().await;
    let user = made.map_err(in_flags)?;
    println!("{}", user.id);
    Ok(ExitCode::SUCCESS)
}

fn external_id(text: Option<&str>) -> anyhow::Result<Option<Text>> {
    text.map(Text::parse).transpose().map_err(|error| anyhow!("--external-id {error}"))
}

/// Hashes the first line of standard input.
fn password(salt: [u8; 16]) -> anyhow::Result<String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).context("the password can't be read")?;
    let password = Password::parse(text.lines().next().unwrap_or_default());
    drop(text);
    let password = password.map_err(|error| anyhow!("the password {error}"))?;
    Ok(password.hash(PasswordCost::default(), salt)?)
}
