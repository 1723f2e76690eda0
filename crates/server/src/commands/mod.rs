//! The subcommands: what each takes, what it does, and how it ends. One a file.

pub(crate) mod bench;
pub(crate) mod config;
pub(crate) mod copy;
mod demo;
pub(crate) mod doctor;
pub(crate) mod key;
pub(crate) mod migrate;
pub(crate) mod openapi;
mod progress;
pub(crate) mod rebuild;
pub(crate) mod replay;
pub(crate) mod serve;
pub(crate) mod user;
pub(crate) mod verify;

use std::process::ExitCode;

use crate::cli::{Cli, Command};
use crate::config::{Config, Sources};
use crate::wiring::machine;

/// Runs what was asked for. What goes wrong is one sentence on standard error,
/// and 1.
pub(crate) fn run(cli: Cli) -> ExitCode {
    match dispatch(cli) {
        Ok(exit) => exit,
        Err(error) => {
            for sentence in format!("{error:#}").lines() {
                eprintln!("error: {sentence}");
            }
            ExitCode::FAILURE
        }
    }
}

fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    let mut sources = Sources {
        flags: cli.common.flags(),
        environment: machine::environment(),
        file: cli.common.config,
    };
    match cli.command {
        Command::Serve(arguments) => {
            sources.flags.extend(arguments.flags());
            block_on(serve::run(&arguments, load(&sources)?, sources.environment))
        }
        Command::Replay(arguments) => block_on(replay::run(arguments, load(&sources)?)),
        Command::Bench(arguments) => bench::run(&arguments, &sources.environment),
        Command::Verify(arguments) => block_on(verify::run(arguments, load(&sources)?)),
        Command::Rebuild(arguments) => block_on(rebuild::run(arguments, load(&sources)?)),
        Command::Doctor(_) => block_on(doctor::run(sources)),
        Command::Copy(arguments) => block_on(copy::run(arguments, load(&sources)?)),
        Command::Migrate(_) => block_on(migrate::run(load(&sources)?)),
        Command::User(command) => block_on(user::run(command, load(&sources)?)),
        Command::Key(command) => block_on(key::run(command, load(&sources)?)),
        Command::Config(arguments) => config::run(&arguments, &sources),
        Command::Openapi(_) => openapi::run(),
    }
}

fn load(sources: &Sources) -> anyhow::Result<Config> {
    Ok(Config::load(sources)?.0)
}

/// Runs an asynchronous command to its end.
fn block_on<T>(command: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(command)
}

/// An error of a use case, its fields named as the flags they came from.
fn in_flags(error: app::Error) -> anyhow::Error {
    let app::Error::Invalid(fields) = error else { return error.into() };
    let sentence = |field: &app::Invalid| {
        format!("--{} {}", field.pointer.trim_start_matches('/').replace('_', "-"), field.detail)
    };
    let sentences: Vec<_> = fields.iter().map(sentence).collect();
    anyhow::anyhow!(sentences.join("\n"))
}
