//! Servers that come to a migrated database without a book at the same moment: one begins
//! it, all of them serve it.

use std::sync::Arc;

use tokio::task::JoinSet;

use crate::program::{Place, Server};

/// How often.
const TIMES: usize = 3;
/// Servers of ours.
const SERVERS: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn servers_that_begin_a_book_at_once_all_serve_it() {
    for _ in 0..TIMES {
        let place = Arc::new(Place::new());
        let mut starting = JoinSet::new();
        for _ in 0..SERVERS {
            let place = Arc::clone(&place);
            starting.spawn_blocking(move || serve(&place));
        }
        let servers = starting.join_all().await;
        assert_eq!(servers.len(), SERVERS);
        drop(servers);
        assert!(place.run_on_db(&["verify"]).well().starts_with("sound: "));
    }
}

/// All of them need the same signing key.
fn serve(place: &Place) -> Server {
    let mut command = place.command(&["serve", "--db", &place.db(), "--listen", "127.0.0.1:0"]);
    command.env("CREDITS_SIGNING_KEY", "ab".repeat(32));
    Server::start(command)
}
