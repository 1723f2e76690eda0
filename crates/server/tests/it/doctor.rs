//! What the doctor says of a healthy patient, of none, and of ill ones.

use rustix::process::Signal;

use crate::program::{Ended, Place};

/// The findings without what differs from machine to machine.
fn findings(place: &Place, ended: &Ended) -> String {
    let folder = place.path("").to_str().unwrap().trim_end_matches('/').to_owned();
    let lines = ended.out.lines().map(|line| {
        let line = line.replace(&folder, "FOLDER");
        match line.split_once(" has ") {
            Some((what, room)) if room.ends_with("of room left.") => format!("{what} has room."),
            _ => line,
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn nothing_is_wrong_with_nothing() {
    let place = Place::new();
    let ended = place.run_on_db(&["doctor"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    insta::assert_snapshot!(findings(&place, &ended));
    assert_eq!(place.files(), []);
}

#[test]
fn a_served_book_is_well() {
    let place = Place::new();
    place.serve().stop(Signal::TERM);
    let server = place.serve();
    let ended = place.run_on_db(&["doctor"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let said = findings(&place, &ended);
    assert!(said.contains("ok    A server is at work on this file."), "{said}");
    assert!(said.contains("ok    The signing key is this book's."), "{said}");
    assert!(said.contains("checkpoints has "), "{said}");
    drop(server);
}

#[test]
fn what_would_stop_a_server_is_named() {
    let place = Place::new();
    place.serve().stop(Signal::TERM);
    std::fs::remove_file(place.path("book.db.key")).unwrap();
    let ended = place.run_on_db(&["doctor"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.out.contains("FAIL  There is no signing key: "), "{}", ended.out);
    std::fs::write(place.path("book.db"), "garbage ".repeat(100)).unwrap();
    let ended = place.run_on_db(&["doctor"]);
    assert!(findings(&place, &ended).contains("FAIL  FOLDER/book.db is not a database."));
}
