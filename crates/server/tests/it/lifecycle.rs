//! A server from its first line to its last checkpoint.

use std::io::Write as _;
use std::net::TcpStream;

use rustix::process::Signal;

use crate::program::{Place, Server, grant};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_keeps_what_it_was_told_over_a_restart() {
    let place = Place::new();
    let (ada, key) = (place.user("ada"), place.key("ops", "admin"));
    let server = place.serve();
    let credits = server.client(&key);
    grant(&credits, ada, 5).await;
    assert_eq!(server.stop(Signal::TERM), (Some(0), String::new()), "one line, and no more");
    let server = place.serve();
    let balance = server.client(&key).balance(ada).await.unwrap();
    assert_eq!(balance.current_credits.to_string(), "5");
    assert_eq!(server.stop(Signal::INT), (Some(0), String::new()));
    let report = place.run_on_db(&["verify"]).well();
    assert!(report.starts_with("sound: "), "{report}");
}

#[test]
fn a_first_start_makes_a_book_with_a_key_of_its_own() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    assert_eq!(place.serve().stop(Signal::TERM).0, Some(0));
    let key = std::fs::metadata(place.path("book.db.key")).unwrap();
    assert_eq!(key.permissions().mode() & 0o777, 0o600);
    let checkpoints = std::fs::read_dir(place.path("book.db.checkpoints")).unwrap().count();
    assert!(checkpoints > 0, "a checkpoint is signed at the end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_made_beside_a_running_server_has_a_wallet_at_once() {
    let place = Place::new();
    let key = place.key("ops", "admin");
    let server = place.serve();
    let ada = place.user("ada");
    let credits = server.client(&key);
    assert_eq!(credits.balance(ada).await.unwrap().current_credits.to_string(), "0");
    grant(&credits, ada, 3).await;
    assert_eq!(credits.balance(ada).await.unwrap().available.to_string(), "3");
}

#[test]
fn a_password_is_read_from_standard_input_and_kept_as_a_hash() {
    let place = Place::new();
    let db = place.db();
    let create = ["user", "create", "--email", "root@example.com", "--name", "Root"];
    let create = [&create[..], &["--role", "admin", "--password-stdin", "--db", &db]].concat();
    let short = place.run_with_input(&create, "short\n");
    assert_eq!(short.err, "error: the password is not at least 10 characters long\n");
    let made = place.run_with_input(&create, "correct horse battery\n").well();
    assert_eq!(made, "1\n");
    for (path, bytes) in place.files() {
        let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
        assert!(!holds(b"correct horse"), "{}", path.display());
    }
    let again = place.run_with_input(&create, "correct horse battery\n");
    assert_eq!(again.err, "error: --email is another user's\n");
}

#[test]
fn a_client_that_never_finishes_its_request_does_not_keep_a_server_from_ending() {
    let place = Place::new();
    let db = place.db();
    let mut command = place.command(&["serve", "--db", &db, "--listen", "127.0.0.1:0"]);
    command.env("CREDITS_DRAIN_TIMEOUT_S", "1");
    let server = Server::start(command);
    let mut client = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    let head =
        "POST /api/credits/spend HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{";
    client.write_all(head.as_bytes()).unwrap();
    assert_eq!(server.stop(Signal::TERM).0, Some(0));
}
