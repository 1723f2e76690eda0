//! A fleet on a database that says it is a cluster, and refuses what Citus refuses: a
//! statement that moves the head and inserts behind it.

use testkit::CLUSTER;

use super::SERVERS;
use crate::fleet::Fleet;
use crate::program::{Place, Server};

/// Servers that are killed.
const KILLS: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_on_a_cluster_answers_in_one_order() {
    let place = Place::new();
    place.tamper(CLUSTER).await;
    let mut fleet = Fleet::start(&place, SERVERS).await;
    for _ in 0..KILLS {
        fleet.live_on().await;
        fleet.replace_one(Server::kill);
    }
    fleet.end(&format!("{KILLS} kills on a cluster")).await;
}
