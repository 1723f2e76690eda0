//! API keys made and revoked beside a running server.

use std::time::{Duration, Instant};

use crate::program::{Place, Server};

/// What a server answers to a key.
async fn answer(server: &Server, key: &str) -> u16 {
    match server.client(key).balance(1).await {
        Ok(_) => 200,
        Err(client::Error::Refused(problem)) => problem.status,
        Err(error) => panic!("{error:?}"),
    }
}

/// How long a server may believe a key that is revoked.
const BELIEVED_MAX: Duration = Duration::from_secs(1);

/// Asks until a key that was revoked just now is refused: only what was asked in the first
/// second may be answered, however long a busy machine takes for that.
#[expect(clippy::disallowed_methods, reason = "the server's clock is the machine's as well")]
async fn stops(server: &Server, key: &str) {
    let (revoked, mut tick) = (Instant::now(), tokio::time::interval(Duration::from_millis(20)));
    loop {
        tick.tick().await;
        let asked = revoked.elapsed();
        match answer(server, key).await {
            401 => return,
            status => assert!(status == 200 && asked < BELIEVED_MAX, "{status} after {asked:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_works_and_stops_to_within_a_second_while_a_server_runs() {
    let place = Place::new();
    let server = place.serve();
    place.user("ada");
    let key = place.key("reader", "credits:read");
    assert_eq!(answer(&server, &key).await, 200);
    assert_eq!(place.run_on_db(&["key", "revoke", "--name", "reader"]).well(), "");
    stops(&server, &key).await;
}

#[test]
fn a_name_has_one_live_key_and_is_free_once_it_is_revoked() {
    let place = Place::new();
    let key = place.key("billing", "credits:read,credits:spend");
    assert!(key.starts_with("sk_"), "{key}");
    let create = ["key", "create", "--name", "billing", "--scopes", "admin"];
    let again = place.run_on_db(&create);
    assert_eq!(again.err, "error: --name is the name of a key that is not revoked\n");
    place.run_on_db(&["key", "revoke", "--name", "billing"]).well();
    assert_ne!(place.run_on_db(&create).well().trim(), key);
    let ended = place.run_on_db(&["key", "revoke", "--name", "nobody"]);
    assert_eq!(ended.err, "error: there is no live key named nobody\n");
    let ended = place.run_on_db(&["key", "create", "--name", "x", "--scopes", "everything"]);
    assert_eq!(
        ended.err,
        "error: --scopes is not a list of credits:read, credits:spend, credits:grant, admin\n"
    );
}
