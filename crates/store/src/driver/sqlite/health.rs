//! Whether the file can still be trusted with writes.
//!
//! After a failed write or fsync the kernel may have dropped the pages and
//! forgotten the error, so trying again can lose what was acknowledged. The
//! first such failure stops all writing until a restart recovers the file.

use std::sync::OnceLock;

use crate::error::Error;

/// Shared by the threads of one database.
#[derive(Default)]
pub(super) struct Health {
    stopped: OnceLock<String>,
}

impl Health {
    /// Stops writing for good; the first reason is kept.
    pub(super) fn stop(&self, reason: &dyn std::error::Error) {
        if self.stopped.set(reason.to_string()).is_ok() {
            tracing::error!(reason = %reason, "store.stopped");
        }
    }

    /// Why writing has stopped, if it has.
    pub(super) fn stopped(&self) -> Option<String> {
        self.stopped.get().cloned()
    }

    /// An error once writing has stopped.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.stopped.get().map_or(Ok(()), |reason| Err(Error::Stopped(reason.clone())))
    }
}
