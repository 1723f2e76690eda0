//! Where events go: standard error, as the configuration says.

use std::io::{IsTerminal as _, stderr};

use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{Log, LogFormat};

/// From now on events are told.
pub(crate) fn start(log: Log) {
    let told = tracing_subscriber::fmt().with_env_filter(log.filter).with_writer(stderr);
    let started = match log.format {
        LogFormat::Json => told.json().flatten_event(true).finish().try_init(),
        LogFormat::Text => told.with_ansi(stderr().is_terminal()).finish().try_init(),
    };
    // There is one subscriber a process, and this is called once.
    debug_assert!(started.is_ok());
}
