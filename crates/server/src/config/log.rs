//! `[log]`: what is told on standard error, and how.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use super::setting::{Kind, Setting};
use super::values::Values;

const LEVEL: Setting = Setting {
    key: "log.log_level",
    kind: Kind::Text,
    default: Some("info"),
    about: "error, warn, info, debug or trace; also by module: warn,store=debug.",
};

const FORMAT: Setting = Setting {
    key: "log.log_format",
    kind: Kind::Text,
    default: Some("text"),
    about: "text for people, json for machines.",
};

/// The settings of this section.
pub(super) const SETTINGS: [&Setting; 2] = [&LEVEL, &FORMAT];

/// What is told on standard error, and how.
pub(crate) struct Log {
    /// Which events.
    pub(crate) filter: EnvFilter,
    /// As what.
    pub(crate) format: LogFormat,
}

/// How an event is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// An object a line.
    Json,
}

impl Log {
    pub(super) fn read(values: &mut Values) -> Option<Self> {
        let filter = values.get(&LEVEL, filter);
        let format = values.get(&FORMAT, |text| match text {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err("must be text or json".into()),
        });
        Some(Self { filter: filter?, format: format? })
    }
}

/// The library takes any word without a level for a module that tells everything,
/// a slip of the pen too.
fn filter(text: &str) -> Result<EnvFilter, String> {
    let problem = "must be a level such as info, or warn,store=debug";
    let has_level = |part: &str| {
        let level = part.rsplit_once('=').map_or(part, |(_, level)| level);
        level.parse::<LevelFilter>().is_ok()
    };
    let parsed = EnvFilter::builder().parse(text).ok().filter(|_| text.split(',').all(has_level));
    parsed.ok_or_else(|| problem.into())
}
