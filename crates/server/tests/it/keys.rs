//! API keys made and revoked beside a running server.

use std::time::Duration;

use crate::program::{Place, Server};

/// What a server answers to a key.
async fn answer(server: &Server, key: &str) -> u16 {
    match server.client(key).balance(1).await {
        Ok(_) => 200,
        Err(client::Error::Refused(problem)) => problem.status,
        Err(error) => panic!("{error:?}"),
    }
}

/// A second, and some more for a busy machine to answer in.
const SOON: Duration = Duration::from_millis(1_500);

/// Asks until the answer is this.
async fn becomes(server: &Server, key: &str, status: u16) {
    let asking = async {
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        while answer(server, key).await != status {
            tick.tick().await;
        }
    };
    let became = tokio::time::timeout(SOON, asking).await;
    assert!(became.is_ok(), "a key is still not answered with {status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_works_and_stops_to_within_a_second_while_a_server_runs() {
    let place = Place::new();
    let server = place.serve();
    place.user("ada");
    let key = place.key("reader", "credits:read");
    becomes(&server, &key, 200).await;
    assert_eq!(place.run_on_db(&["key", "revoke", "--name", "reader"]).well(), "");
    becomes(&server, &key, 401).await;
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
