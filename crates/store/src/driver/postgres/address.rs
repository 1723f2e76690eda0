//! Where a server is: `postgres://USER:PASSWORD@HOST:PORT/DATABASE?…`.
//!
//! What the library does not know is taken out of the query before it reads it.

use std::fmt;
use std::path::PathBuf;

use tokio_postgres::Config;
use tokio_postgres::config::Host;

use super::session::Statements;

/// A server's address. Shown without its password.
#[derive(Clone)]
pub struct Address {
    pub(super) config: Config,
    pub(super) statements: Statements,
    pub(super) root_certificates: Option<PathBuf>,
}

/// Why a text is not an address.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// It does not begin with `postgres://`.
    #[error("must be postgres://USER:PASSWORD@HOST:PORT/DATABASE")]
    Scheme,
    /// `pooler` has one value.
    #[error("pooler can only be `transaction`")]
    Pooler,
    /// No database is named.
    #[error("names no database: postgres://USER@HOST:PORT/DATABASE")]
    NoDatabase,
    /// The library takes what is behind the first `@` for the host, which is shown.
    #[error("has two `@`: in a name or password it is written %40")]
    At,
    /// The library refuses the rest; it does not repeat secrets.
    #[error("{0}")]
    Refused(String),
}

impl Address {
    /// Reads an address. `pooler=transaction` is for a pooler that changes the
    /// connection with every transaction, `sslrootcert=PATH` for a server whose
    /// certificate the system does not know.
    pub fn parse(url: &str) -> Result<Self, AddressError> {
        let is_ours = ["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
        if !is_ours {
            return Err(AddressError::Scheme);
        }
        let (place, query) = url.split_once('?').unwrap_or((url, ""));
        // What follows the first one is the host's, up to the database or the query.
        let host = url.split_once('@').and_then(|(_, rest)| rest.split(['/', '?']).next());
        if host.is_some_and(|host| host.contains('@')) {
            return Err(AddressError::At);
        }
        let (mut statements, mut root_certificates) = (Statements::Named, None);
        let mut theirs = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=').unwrap_or((pair, "")) {
                ("pooler", "transaction") => statements = Statements::Unnamed,
                ("pooler", _) => return Err(AddressError::Pooler),
                ("sslrootcert", path) => root_certificates = Some(PathBuf::from(path)),
                _ => theirs.push(pair),
            }
        }
        let url = format!("{place}?{}", theirs.join("&"));
        let config: Config = url.parse().map_err(|error: tokio_postgres::Error| refused(&error))?;
        if config.get_dbname().is_none() {
            return Err(AddressError::NoDatabase);
        }
        Ok(Self { config, statements, root_certificates })
    }
}

fn refused(error: &tokio_postgres::Error) -> AddressError {
    let source = std::error::Error::source(error).map(|source| format!(": {source}"));
    AddressError::Refused(format!("{error}{}", source.unwrap_or_default()))
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosts = self.config.get_hosts().iter().map(|host| match host {
            Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            Host::Unix(path) => path.display().to_string(),
        });
        let hosts = hosts.collect::<Vec<_>>().join(",");
        let port = self.config.get_ports().first().map(|port| format!(":{port}"));
        let database = self.config.get_dbname().unwrap_or_default();
        write!(f, "postgres://{hosts}{}/{database}", port.unwrap_or_default())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Address").field(&self.to_string()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        let address = Address::parse("postgres://me:hush@db.internal:5433/credits").unwrap();
        assert_eq!(address.to_string(), "postgres://db.internal:5433/credits");
        assert!(!format!("{address:?}").contains("hush"));
    }

    #[test]
    fn a_pooler_is_told_by_the_query() {
        let of = |url| Address::parse(url).map(|address| address.statements);
        assert_eq!(of("postgres://h/d").unwrap(), Statements::Named);
        assert_eq!(of("postgres://h/d?pooler=transaction").unwrap(), Statements::Unnamed);
        assert!(matches!(of("postgres://h/d?pooler=session"), Err(AddressError::Pooler)));
    }

    #[test]
    fn what_is_no_address_says_how_one_looks() {
        let refusal = |url| Address::parse(url).unwrap_err().to_string();
        assert_eq!(refusal("mysql://h/d"), "must be postgres://USER:PASSWORD@HOST:PORT/DATABASE");
        assert!(refusal("postgres://h").contains("names no database"));
        let two = refusal("postgres://me:p@S3cret@db/credits");
        assert_eq!(two, "has two `@`: in a name or password it is written %40");
        assert_eq!(refusal("postgres://me:a?S3@cret@db/credits"), two);
        assert!(Address::parse("postgres://me@h/d@b?password=p%40").is_ok());
        assert!(refusal("postgres://me:hush@h/d?nonsense=1").contains("nonsense"));
    }
}
