//! What the server bears.

use std::time::Duration;

/// How much and how long the server bears of its clients.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Open connections; who comes beyond waits in the system's queue.
    pub connections_max: usize,
    /// From the first byte of a request, or the opening of a connection, to
    /// the end of the request's head.
    pub header_timeout: Duration,
    /// Between two requests of a connection.
    pub idle_timeout: Duration,
    /// From the end of a request's head to the head of its answer, the body
    /// included. A mutation goes on in its own task.
    pub request_timeout: Duration,
    /// The same for a verification of the book, which goes as far as the journal.
    pub verify_timeout: Duration,
    /// From the signal to shut down to the end.
    pub drain_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 8_192,
            header_timeout: Duration::from_secs(10),
            // A little more than the minute that proxies keep theirs.
            idle_timeout: Duration::from_secs(75),
            request_timeout: Duration::from_secs(30),
            verify_timeout: Duration::from_mins(10),
            drain_timeout: Duration::from_secs(10),
        }
    }
}
