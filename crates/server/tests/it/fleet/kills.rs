//! Servers that are killed and told to end, in turn.
//!
//! Three servers on PostgreSQL; on the embedded engine, which has one server a file,
//! one. CREDITS_SOAK_KILLS says how often a server is killed.

use rustix::process::Signal;
use testkit::is_on_a_server;

use super::Fleet;
use crate::kill::kills;
use crate::program::{Place, Server};

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_killed_at_random_answers_in_one_order() {
    let place = Place::new();
    let mut fleet = Fleet::start(&place, if is_on_a_server() { 3 } else { 1 }).await;
    for _ in 0..kills() {
        fleet.live_on().await;
        fleet.replace_one(Server::kill);
        fleet.live_on().await;
        fleet.replace_one(|server| {
            let (code, _) = server.stop(Signal::TERM);
            assert_eq!(code, Some(0), "a server that is told to end ends well");
        });
    }
    fleet.end(&format!("{0} kills and {0} SIGTERMs", kills())).await;
}
