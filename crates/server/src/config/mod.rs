//! The configuration: read once, checked as a whole, a struct a section.
//!
//! A value is taken from the strongest source that has one: flags, then the
//! environment, then the file, then the default. This module must not know
//! what the values are used for.

mod auth;
mod book;
mod http;
mod ledger;
mod log;
mod origin;
mod payments;
mod setting;
mod shown;
mod sources;
#[cfg(test)]
mod tests;
mod values;

use std::fmt::Display;
use std::str::FromStr;

pub(crate) use auth::{Auth, IssuerTokens, TokenKeys};
pub(crate) use book::{Book, CHECKPOINTS_KEY, DB_KEY, MODE_KEY, Place, Wanted};
pub(crate) use http::{Http, LISTEN_KEY};
pub(crate) use ledger::Ledger;
pub(crate) use log::{Log, LogFormat};
pub(crate) use payments::Stripe;
use setting::Setting;
pub(crate) use shown::{default_file, effective};
pub(crate) use sources::{Environment, Flag, Sources};
pub(crate) use values::Values;

/// The configuration.
pub(crate) struct Config {
    /// What is kept and where.
    pub(crate) book: Book,
    /// Where the server listens.
    pub(crate) http: Http,
    /// How people sign in.
    pub(crate) auth: Auth,
    /// Stripe, if it takes payments.
    pub(crate) stripe: Option<Stripe>,
    /// How much is kept in memory.
    pub(crate) ledger: Ledger,
    /// What is told.
    pub(crate) log: Log,
}

/// What is wrong with a configuration, a sentence each.
#[derive(Debug)]
pub(crate) struct Problems(Vec<String>);

impl Display for Problems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for Problems {}

/// Every setting, in the order of the file.
fn settings() -> Vec<&'static Setting> {
    let sections: [&[&'static Setting]; 6] = [
        &book::SETTINGS,
        &http::SETTINGS,
        &auth::SETTINGS,
        &payments::SETTINGS,
        &ledger::SETTINGS,
        &log::SETTINGS,
    ];
    sections.concat()
}

impl Config {
    /// Reads and checks everything, or says all that is wrong with it.
    pub(crate) fn load(sources: &Sources) -> Result<(Self, Values), Problems> {
        let known = settings();
        let layers = sources.layers(&known).map_err(Problems)?;
        let mut values = Values::resolve(&known, &layers);
        let read = Self::read(&mut values);
        match read {
            Some(config) if values.problems().is_empty() => Ok((config, values)),
            _ => Err(Problems(values.problems().to_vec())),
        }
    }

    fn read(values: &mut Values) -> Option<Self> {
        let book = Book::read(values);
        let http = Http::read(values);
        let auth = Auth::read(values);
        let stripe = Stripe::read(values);
        let ledger = Ledger::read(values);
        let log = Log::read(values);
        Some(Self {
            book: book?,
            http: http?,
            auth: auth?,
            stripe: stripe?,
            ledger: ledger?,
            log: log?,
        })
    }
}

/// Variables that look like ours and aren't settings: likely a slip of the pen.
/// They are told, not refused: orchestrators add some of their own.
pub(crate) fn unknown_variables(environment: &Environment) -> Vec<String> {
    let known: Vec<_> = settings()
        .into_iter()
        .flat_map(|setting| [Some(setting.variable()), setting.file_variable()])
        .flatten()
        .collect();
    let elsewhere = ["CREDITS_CONFIG", "CREDITS_KEY", "CREDITS_TRACE", "CREDITS_URL"];
    environment
        .keys()
        .filter(|name| name.starts_with("CREDITS_") && !name.starts_with("CREDITS_SOAK_"))
        .filter(|name| !known.contains(name) && !elsewhere.contains(&name.as_str()))
        .cloned()
        .collect()
}

/// Parses a whole number within bounds.
fn number_between<T>(least: T, most: T) -> impl Fn(&str) -> Result<T, String>
where
    T: FromStr + PartialOrd + Display,
{
    move |text| {
        let number = text.parse().ok().filter(|number| *number >= least && *number <= most);
        number.ok_or_else(|| format!("must be a whole number from {least} to {most}"))
    }
}
