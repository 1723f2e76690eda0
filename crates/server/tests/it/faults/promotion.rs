//! A synchronous standby takes the place of a primary that is cut off.
//!
//! CREDITS_SOAK_PROMOTIONS says how often. What either acknowledges is on two of
//! them: the one that was promoted waits for a standby of its own, a copy at the
//! place of the one that is gone.

use pgcluster::{Cluster, Disk};

use super::{SERVERS, programs, times};
use crate::fleet::Fleet;
use crate::program::Place;

/// How often unless it is said.
const PROMOTIONS: usize = 1;

/// How a primary comes to its end.
#[derive(Clone, Copy)]
enum End {
    /// It hangs with what was asked of it, and is killed once the standby is promoted.
    Frozen,
    /// It loses its standby, which is promoted, and is killed with commits that wait.
    Alone,
    /// It is killed, then the standby is promoted.
    Killed,
}

const ENDS: [End; 3] = [End::Frozen, End::Alone, End::Killed];

/// A primary and its standby.
struct Pair {
    primary: Cluster,
    standby: Cluster,
}

impl Pair {
    fn start() -> Self {
        let primary = Cluster::start_synchronous(&programs(), Disk::Real).unwrap();
        let standby = primary.standby(Disk::Real, None).unwrap();
        Self { primary, standby }
    }

    /// The address of whichever of them is the primary.
    fn url(&self) -> String {
        let [first, second] = [&self.primary, &self.standby].map(Cluster::port);
        format!(
            "postgres://postgres@127.0.0.1:{first},127.0.0.1:{second}/postgres\
             ?target_session_attrs=read-write"
        )
    }

    /// Ends the primary, promotes its standby, and gives that one a standby.
    fn promote(self, end: End) -> Self {
        let Self { primary: mut old, standby: mut primary } = self;
        match end {
            End::Frozen => old.freeze(),
            End::Alone => {}
            End::Killed => old.kill(),
        }
        primary.promote().unwrap();
        old.kill();
        let standby = primary.standby(Disk::Real, Some(old.port())).unwrap();
        Self { primary, standby }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_whose_postgres_is_replaced_by_its_standby_answers_in_one_order() {
    let promotions = times("CREDITS_SOAK_PROMOTIONS", PROMOTIONS);
    let mut pair = Pair::start();
    let place = Place::on(pair.url());
    let mut fleet = Fleet::start(&place, SERVERS).await;
    for promotion in 0..promotions {
        fleet.live_on().await;
        pair = pair.promote(ENDS[promotion % ENDS.len()]);
    }
    fleet.live_on().await;
    fleet.end(&format!("{promotions} promotions")).await;
}
