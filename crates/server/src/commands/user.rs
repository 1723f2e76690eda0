//! `credits user`: people, from the machine's own command line.

use std::io::Read as _;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow, bail};
use app::{Directory, NewUser, Password, PasswordCost};
use clap::{Args, Subcommand};
use domain::{Email, Role, Text};

use super::in_flags;
use crate::config::Config;
use crate::wiring::{machine, open_for_tools, open_or_make, operator};

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
    Password(NewPassword),
}

const PASSWORD_EXAMPLES: &str = "\
Examples:
  credits user password --email root@example.com < secret

The first line of standard input is the new password: 10 to 200 characters. Every
session of theirs ends, within a second also where a server is running.";

/// Set a user's password, for who has forgotten it
#[derive(Args)]
#[command(after_help = PASSWORD_EXAMPLES)]
pub(crate) struct NewPassword {
    /// Their address
    #[arg(long)]
    email: String,
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
    match command {
        Command::Create(create) => self::create(create, config).await,
        Command::Password(change) => set_password(change, config).await,
    }
}

async fn set_password(change: NewPassword, config: Config) -> anyhow::Result<ExitCode> {
    let entropy = machine::entropy();
    let email = Email::parse(&change.email).map_err(|error| anyhow!("--email {error}"))?;
    let hash = password(entropy.bytes())?;
    let db = open_for_tools(&config).await?;
    let directory = Directory::open(db.clone(), entropy).await?;
    let set = directory.reset_password(operator(), email, hash).await;
    db.close().await;
    match set {
        Err(app::Error::NotFound) => bail!("there is no user with the address {}", change.email),
        set => set.map_err(in_flags)?,
    };
    Ok(ExitCode::SUCCESS)
}

async fn create(create: Create, config: Config) -> anyhow::Result<ExitCode> {
    let entropy = machine::entropy();
    let user = NewUser {
        email: Email::parse(&create.email).map_err(|error| anyhow!("--email {error}"))?,
        name: domain::line(&create.name).map_err(|error| anyhow!("--name {error}"))?,
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
    text.map(domain::line).transpose().map_err(|error| anyhow!("--external-id {error}"))
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
