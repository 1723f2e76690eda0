//! What tests share. Development only: nothing ships it.

mod cluster;
#[cfg(feature = "engine")]
mod engine;
pub mod history;
#[cfg(feature = "http")]
mod http;
pub mod power;
#[cfg(feature = "engine")]
mod raw;
#[cfg(feature = "stripe")]
pub mod stripe;
mod tamper;

pub use cluster::CLUSTER;
#[cfg(feature = "engine")]
pub use engine::{TestDb, TestPlace, TestServer, is_on_a_server};
#[cfg(feature = "http")]
pub use http::{Answer, Call, Hands, NOON, PASSWORD, Person, TestApp, TestBook};
#[cfg(feature = "engine")]
pub use raw::{Raw, literal};
pub use tamper::tamper;
