//! The `credits` binary: reads the command line and the configuration, wires
//! the crates, and serves, mends, measures or explains. Rules about credits are
//! not here.

mod cli;
mod commands;
mod config;
mod wiring;

use std::process::ExitCode;

use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    match cli::parse() {
        Ok(cli) => commands::run(cli),
        Err(exit) => exit,
    }
}
