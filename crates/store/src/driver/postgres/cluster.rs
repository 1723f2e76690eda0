//! A cluster: Citus keeps the ledger's tables on workers, and this server coordinates
//! them. This module must not know what is written there.

use std::collections::BTreeSet;

use tokio_postgres::Client;

use super::{Address, open};
use crate::error::OpenError;
use crate::partitioned::PARTITIONED;

/// Which tables are spread; nothing where the server has no such catalogue.
const IS_THERE: &str = "SELECT to_regclass('pg_dist_partition')";
const SPREAD: &str = "SELECT c.relname
FROM pg_dist_partition AS d
JOIN pg_class AS c
ON c.oid = d.logicalrelid
WHERE d.partmethod = 'h'";

/// Whether the ledger's tables are spread over workers, each of which keeps what it
/// acknowledges. All of them are, or none: a statement of the ledger touches several.
pub(super) async fn is_spread(address: &Address, client: &Client) -> Result<bool, OpenError> {
    if open::ask(address, client, IS_THERE).await?.concat().concat().is_empty() {
        return Ok(false);
    }
    let spread: BTreeSet<_> =
        open::ask(address, client, SPREAD).await?.concat().into_iter().collect();
    let missing: Vec<_> =
        PARTITIONED.into_iter().filter(|table| !spread.contains(*table)).collect();
    if missing.len() == PARTITIONED.len() {
        return Ok(false);
    }
    if !missing.is_empty() {
        let (address, tables) = (address.to_string(), missing.join(", "));
        return Err(OpenError::Scattered { address, tables });
    }
    for (setting, is_safe) in open::SETTINGS {
        let ask = format!(
            "SELECT nodename || ':' || nodeport, success, result
            FROM run_command_on_workers('SHOW {setting}')"
        );
        for row in open::ask(address, client, &ask).await? {
            let [worker, success, value] = <[String; 3]>::try_from(row).unwrap_or_default();
            if success != "t" {
                return Err(OpenError::Server { address: worker, source: value.into() });
            }
            if !is_safe(&value) {
                return Err(OpenError::Unsafe { address: worker, setting, value });
            }
        }
    }
    Ok(true)
}
