//! `credits verify` and `credits rebuild` as an operator calls them; what they
//! look for is tested where it is found.

use rustix::process::Signal;

use crate::program::{Place, grant};

async fn book() -> Place {
    let place = Place::new();
    let (ada, key) = (place.user("ada"), place.key("ops", "admin"));
    let server = place.serve();
    grant(&server.client(&key), ada, 5).await;
    assert_eq!(server.stop(Signal::TERM).0, Some(0));
    place
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_book_is_reported_in_words_and_in_json() {
    let place = book().await;
    let report = place.run_on_db(&["verify", "--json"]).well();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["sound"], true);
    assert!(report["finding"].is_null());
    assert!(report["records"].as_i64().unwrap() >= 3, "genesis, open, grant: {report}");
    let rebuilt = place.run_on_db(&["rebuild"]).well();
    assert!(rebuilt.contains("nothing changed"), "{rebuilt}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_byte_exits_with_2_and_names_the_place() {
    let place = book().await;
    let change = "UPDATE journal SET body = CAST(X'00' || substr(body, 2) AS BLOB) WHERE seq = 3";
    testkit::tamper(&place.path("book.db"), change);
    let ended = place.run_on_db(&["verify"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.out.starts_with("TAMPERED: "), "{}", ended.out);
    let ended = place.run_on_db(&["verify", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!((ended.code, &report["finding"]["seq"]), (Some(2), &serde_json::json!(3)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_t_be_run_exits_with_1() {
    let place = book().await;
    let missing = place.run_on_db(&["verify", "--checkpoint", "missing.json"]);
    assert_eq!(missing.code, Some(1), "{missing:?}");
    let key = place.run_on_db(&["verify", "--public-key", "short"]);
    assert_eq!(key.err, "error: --public-key must be 64 hexadecimal digits\n");
    assert_eq!(key.code, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_row_of_the_audit_log_is_named_once_a_server_has_closed() {
    let place = book().await;
    let change = "UPDATE audit SET actor = 'user:1' WHERE id = 2";
    testkit::tamper(&place.path("book.db"), change);
    let ended = place.run_on_db(&["verify"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.out.starts_with("TAMPERED: audit (2): "), "{}", ended.out);
}
