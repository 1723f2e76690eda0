//! A primary that falls silent: its network is cut, it lives on and hears nobody, and
//! its synchronous standby takes its place.
//!
//! CREDITS_SOAK_CUTS says how often. Needs root, for network namespaces.

use pgcluster::{Cluster, Disk, Host, Network};

use super::{SERVERS, programs, times};
use crate::fleet::Fleet;
use crate::program::Place;

/// How often unless it is said.
const CUTS: usize = 2;
/// The first host's number.
const FIRST: u8 = 2;

#[tokio::test(flavor = "multi_thread")]
async fn soak_a_primary_that_falls_silent_is_replaced_and_nothing_is_lost() {
    let cuts = times("CREDITS_SOAK_CUTS", CUTS);
    let network = Network::new().unwrap();
    let numbers = FIRST..FIRST + u8::try_from(cuts).unwrap() + 2;
    let mut hosts = numbers.clone().map(|number| network.host(number).unwrap());
    let mut primary = on(hosts.next().unwrap());
    let mut standby = primary.standby_on(Disk::Real, hosts.next().unwrap()).unwrap();
    let place = Place::on(url(&network, numbers, primary.port()));
    let mut fleet = Fleet::start(&place, SERVERS).await;
    let mut silent = Vec::new();
    for host in hosts {
        fleet.live_on().await;
        primary.host().unwrap().cut().unwrap();
        standby.promote().unwrap();
        let next = standby.standby_on(Disk::Real, host).unwrap();
        // It lives on with what it had, until the end.
        silent.push(std::mem::replace(&mut primary, standby));
        standby = next;
    }
    fleet.live_on().await;
    fleet.end(&format!("{cuts} primaries cut off")).await;
}

fn on(host: Host) -> Cluster {
    Cluster::start_synchronous_on(&programs(), Disk::Real, host).unwrap()
}

/// Whichever of the hosts is the primary.
fn url(network: &Network, numbers: impl Iterator<Item = u8>, port: u16) -> String {
    let places: Vec<_> =
        numbers.map(|number| format!("{}:{port}", network.address(number))).collect();
    format!("postgres://postgres@{}/postgres?target_session_attrs=read-write", places.join(","))
}
