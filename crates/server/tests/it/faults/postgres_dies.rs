//! PostgreSQL is killed, or stopped at once, and started again.
//!
//! CREDITS_SOAK_POSTGRES_KILLS says how often.

use pgcluster::{Cluster, Disk};
use rustix::process::Signal;

use super::{SERVERS, programs, times};
use crate::fleet::Fleet;
use crate::program::{Place, grant};

/// How often it dies unless it is said.
const DEATHS: usize = 2;

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_whose_postgres_is_killed_at_random_answers_in_one_order() {
    let deaths = times("CREDITS_SOAK_POSTGRES_KILLS", DEATHS);
    let mut cluster = Cluster::start(&programs(), Disk::Real).unwrap();
    let place = Place::on(cluster.url("postgres"));
    let mut fleet = Fleet::start(&place, SERVERS).await;
    for death in 0..deaths {
        fleet.live_on().await;
        if death % 2 == 0 {
            cluster.kill();
        } else {
            cluster.stop_at_once();
        }
        cluster.start_again().unwrap();
    }
    fleet.live_on().await;
    fleet.end(&format!("{deaths} deaths of PostgreSQL")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_told_to_end_while_postgres_is_away_ends() {
    let mut cluster = Cluster::start(&programs(), Disk::Memory).unwrap();
    let place = Place::on(cluster.url("postgres"));
    let (user, key) = (place.user("ada"), place.key("ops", "admin"));
    let server = place.serve();
    // Nobody has read this record by then: it is waited for.
    grant(&server.client(&key), user, 5).await;
    cluster.kill();
    let (code, _) = server.stop(Signal::TERM);
    assert_eq!(code, Some(1), "it ends by itself");
    cluster.start_again().unwrap();
    assert!(place.run_on_db(&["verify"]).well().starts_with("sound: "));
}
