//! `[http]`: where the server listens and what it lets a client take.

use std::net::{SocketAddr, ToSocketAddrs};

use super::number_between;
use super::setting::{Kind, Setting};
use super::values::Values;

const LISTEN: Setting = Setting {
    key: "http.listen",
    kind: Kind::Text,
    default: Some("127.0.0.1:8005"),
    about: "Where to listen. Port 0 takes any that is free.",
};

const CONNECTIONS: Setting = Setting {
    key: "http.connections_max",
    kind: Kind::Number,
    default: Some("8192"),
    about: "Connections at a time; more wait to be accepted.",
};

const HEADER_TIMEOUT: Setting = Setting {
    key: "http.header_timeout_s",
    kind: Kind::Number,
    default: Some("10"),
    about: "Seconds a client has to send a request's header.",
};

const REQUEST_TIMEOUT: Setting = Setting {
    key: "http.request_timeout_s",
    kind: Kind::Number,
    default: Some("30"),
    about: "Seconds until a request is answered with 503.",
};

const VERIFY_TIMEOUT: Setting = Setting {
    key: "http.verify_timeout_s",
    kind: Kind::Number,
    default: Some("600"),
    about: "The same for a verification of the whole book, which is asked for by\n\
            POST /api/admin/ledger/verify; `credits verify` has no limit.",
};

const IDLE_TIMEOUT: Setting = Setting {
    key: "http.idle_timeout_s",
    kind: Kind::Number,
    default: Some("75"),
    about: "Seconds a connection may be kept without a request.",
};

const DRAIN_TIMEOUT: Setting = Setting {
    key: "http.drain_timeout_s",
    kind: Kind::Number,
    default: Some("8"),
    about: "Seconds that requests under way have to end at shutdown; the last commit,\n\
            checkpoint and write-ahead log come after them.",
};

/// The settings of this section.
pub(super) const SETTINGS: [&Setting; 7] = [
    &LISTEN,
    &CONNECTIONS,
    &HEADER_TIMEOUT,
    &REQUEST_TIMEOUT,
    &VERIFY_TIMEOUT,
    &IDLE_TIMEOUT,
    &DRAIN_TIMEOUT,
];

/// The flag that sets it.
pub(crate) const LISTEN_KEY: &str = LISTEN.key;

/// Where the server listens and what it lets a client take.
pub(crate) struct Http {
    /// Where to listen.
    pub(crate) listen: SocketAddr,
    /// Connections at a time.
    pub(crate) connections_max: usize,
    /// Seconds for a header.
    pub(crate) header_timeout_s: u64,
    /// Seconds for an answer.
    pub(crate) request_timeout_s: u64,
    /// Seconds for a verification.
    pub(crate) verify_timeout_s: u64,
    /// Seconds without a request.
    pub(crate) idle_timeout_s: u64,
    /// Seconds for what is under way at shutdown.
    pub(crate) drain_timeout_s: u64,
}

impl Http {
    pub(super) fn read(values: &mut Values) -> Option<Self> {
        let listen = values.get(&LISTEN, address);
        let connections_max = values.get(&CONNECTIONS, number_between(1, 1_000_000));
        let header_timeout_s = values.get(&HEADER_TIMEOUT, number_between(1, 3_600));
        let request_timeout_s = values.get(&REQUEST_TIMEOUT, number_between(1, 3_600));
        let verify_timeout_s = values.get(&VERIFY_TIMEOUT, number_between(1, 86_400));
        let idle_timeout_s = values.get(&IDLE_TIMEOUT, number_between(1, 86_400));
        let drain_timeout_s = values.get(&DRAIN_TIMEOUT, number_between(1, 3_600));
        Some(Self {
            listen: listen?,
            connections_max: connections_max?,
            header_timeout_s: header_timeout_s?,
            request_timeout_s: request_timeout_s?,
            verify_timeout_s: verify_timeout_s?,
            idle_timeout_s: idle_timeout_s?,
            drain_timeout_s: drain_timeout_s?,
        })
    }
}

/// `ADDRESS:PORT`, or a name that stands for one.
fn address(text: &str) -> Result<SocketAddr, String> {
    let first = text.to_socket_addrs().ok().and_then(|mut addresses| addresses.next());
    first.ok_or_else(|| "must be an address with a port, such as 127.0.0.1:8005".into())
}
