//! What only PostgreSQL can do to servers: its own faults beneath a fleet that stays up, a
//! cluster, a book that several begin.
//!
//! The first have a PostgreSQL of their own, made with the programs that
//! CREDITS_POSTGRES_BIN names: `make test-postgres` runs these.

mod cluster;
mod doubt;
mod first_start;
mod network;
mod postgres_dies;
mod promotion;

use pgcluster::Programs;

/// Servers of ours.
const SERVERS: usize = 3;
/// Names the folder of PostgreSQL's programs.
const PROGRAMS: &str = "CREDITS_POSTGRES_BIN";

#[expect(clippy::disallowed_methods, reason = "the environment is the tests' configuration")]
fn told(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}

fn programs() -> Programs {
    let folder = told(PROGRAMS).unwrap_or_else(|| panic!("{PROGRAMS}: run `make test-postgres`"));
    Programs::in_folder(folder.as_ref()).unwrap()
}

/// How often, unless a variable says it.
fn times(variable: &str, unless_said: usize) -> usize {
    told(variable).map_or(unless_said, |said| said.parse().expect("a number of times"))
}
