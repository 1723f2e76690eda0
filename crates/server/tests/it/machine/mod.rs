//! What a machine does to a book on a file: its power goes, its disk is full or
//! fails, its clock is set. The server is the binary as it is; whatever breaks is
//! around it.
//!
//! The tools are Debian's: strace, libfiu, libfaketime, util-linux. `make fault-tools`
//! installs those that are missing. Without one a test fails; none is skipped.

mod clocks;
mod full_disk;
mod io_errors;
mod load;
mod power;
mod recording;
mod small_disk;
mod wire;

use std::process::Command;

/// A program of the machine's, in an environment that says nothing to it.
fn tool(name: &str) -> Command {
    let mut command = Command::new(name);
    command.env_clear();
    command
}

/// Fails the test where a tool is missing.
fn need(name: &str, package: &str) {
    let found = tool("sh").args(["-c", &format!("command -v {name}")]).output().unwrap();
    assert!(found.status.success(), "{name} is missing: `apt-get install {package}`");
}

/// How often, or which seed, unless a variable says it.
fn said(variable: &str, unless_said: u64) -> u64 {
    #[expect(clippy::disallowed_methods, reason = "`make soak` says how often")]
    let said = std::env::var(variable).ok();
    said.map_or(unless_said, |said| said.parse().expect("a number"))
}

/// A seed that is told, or new with every process. It is printed.
fn seed() -> u64 {
    let seed = said("CREDITS_MACHINE_SEED", u64::from(std::process::id()) << 20 | 0x5eed);
    println!("seed {seed}");
    seed
}
