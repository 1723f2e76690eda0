//! `credits doctor`: looks at everything a server needs and says what it found,
//! a sentence a line. It changes nothing.

mod checks;
mod machine;

use std::process::ExitCode;

use clap::Args;

use crate::config::{Config, Sources};

const EXAMPLES: &str = "\
Examples:
  credits doctor
  credits doctor --db sqlite:/srv/credits/book.db --config /etc/credits.toml

Exit codes: 0 all is well, 1 something needs a hand. It looks; `verify` counts.";

/// Look at the file, lock, schema, settings, disk, clock and checkpoints
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Finding {
    /// As it should be.
    Well(String),
    /// Worth knowing.
    Note(String),
    /// A server would not start, or not be safe.
    Ill(String),
}

impl Finding {
    fn line(&self) -> String {
        match self {
            Self::Well(sentence) => format!("ok    {sentence}"),
            Self::Note(sentence) => format!("note  {sentence}"),
            Self::Ill(sentence) => format!("FAIL  {sentence}"),
        }
    }
}

pub(super) async fn run(sources: Sources) -> anyhow::Result<ExitCode> {
    let findings = examine(&sources).await;
    for finding in &findings {
        println!("{}", finding.line());
    }
    let is_ill = findings.iter().any(|finding| matches!(finding, Finding::Ill(_)));
    Ok(if is_ill { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn examine(sources: &Sources) -> Vec<Finding> {
    let config = match Config::load(sources) {
        Ok((config, _)) => config,
        Err(problems) => {
            return problems.to_string().lines().map(|line| Finding::Ill(line.into())).collect();
        }
    };
    let mut findings = vec![Finding::Well("The settings are sound.".into())];
    findings.extend(checks::variables(&sources.environment));
    findings.extend(machine::lock(&config));
    findings.extend(machine::disk(&config));
    findings.extend(checks::database(&config).await);
    findings
}
