//! `cargo xtask`: the checks and generators that neither the compiler nor clippy has.
//!
//! A development tool. It reads the source tree as text and imports none of our
//! crates but the one that starts PostgreSQL, so it builds and reports while they
//! don't compile.

mod generate;
mod postgres;
mod tidy;
mod workspace;

use std::path::Path;
use std::process::ExitCode;

use postgres::Disk;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  tidy          check what the house style promises and no other tool looks at
  gen           write openapi.json anew from `credits openapi`
  gen --check   fail if openapi.json is not what `credits openapi` prints
  postgres [--disk] -- COMMAND
                run a command with CREDITS_TEST_POSTGRES naming a new PostgreSQL, of
                the programs in CREDITS_POSTGRES_BIN if that is set; its data is in
                memory where there is room, or on the disk";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let root = workspace::root();
    let outcome = match words.as_slice() {
        ["postgres", "--", command @ ..] => return beside(root, Disk::Memory, command),
        ["postgres", "--disk", "--", command @ ..] => return beside(root, Disk::Real, command),
        ["tidy"] => tidy::run(root),
        ["gen"] => generate::write(root),
        ["gen", "--check"] => generate::check(root),
        _ => Err(anyhow::anyhow!(USAGE)),
    };
    match outcome {
        Ok(summary) => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn beside(root: &Path, disk: Disk, command: &[&str]) -> ExitCode {
    postgres::run(root, disk, command).unwrap_or_else(|error| {
        eprintln!("{error:#}");
        ExitCode::FAILURE
    })
}
