//! Every way a start can fail: one clear sentence, exit 1, nothing changed.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt as _;

use crate::program::{Ended, Place, end};

/// Runs a command that must fail without a trace, and says how it put it.
#[track_caller]
fn sentence(place: &Place, arguments: &[&str]) -> String {
    let before = place.files();
    let ended = place.run(arguments);
    assert_eq!(place.files(), before, "{arguments:?} changed something");
    one_line(&ended)
}

#[track_caller]
fn one_line(ended: &Ended) -> String {
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{ended:?}");
    let sentence = ended.err.strip_suffix('\n').expect("a whole line");
    assert!(!sentence.contains('\n'), "more than one line: {}", ended.err);
    sentence.strip_prefix("error: ").expect("an error").to_owned()
}

fn shown(place: &Place, sentence: &str) -> String {
    sentence.replace(place.path("").to_str().unwrap(), "FOLDER/")
}

#[test]
fn a_bad_setting() {
    let place = Place::new();
    let said = sentence(&place, &["serve", "--listen", "nowhere"]);
    assert_eq!(
        said,
        "`http.listen` must be an address with a port, such as 127.0.0.1:8005, \
         not `nowhere` (flag --listen)"
    );
    let said = sentence(&place, &["serve", "--db", "mysql://db"]);
    assert_eq!(said, "`book.db` must be sqlite:PATH or postgres://…, not `mysql://db` (flag --db)");
}

#[test]
fn a_bad_configuration_file() {
    let place = Place::new();
    std::fs::write(place.path("a.toml"), "[http]\nlisen = \"127.0.0.1:0\"\n").unwrap();
    let said = sentence(&place, &["serve", "--config", "a.toml"]);
    assert_eq!(said, "the configuration file a.toml has the unknown key `http.lisen`");
    std::fs::write(place.path("b.toml"), "[http\n").unwrap();
    let said = sentence(&place, &["serve", "--config", "b.toml"]);
    assert!(said.starts_with("the configuration file b.toml is not TOML: "), "{said}");
    let said = sentence(&place, &["serve", "--config", "c.toml"]);
    assert!(said.starts_with("the configuration file c.toml can't be read: "), "{said}");
}

#[test]
fn a_busy_port() {
    let place = Place::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = sentence(&place, &["serve", "--listen", &address, "--db", &place.db()]);
    assert_eq!(said, format!("{address} is in use by another program"));
}

#[test]
fn a_second_server_on_the_file() {
    let place = Place::new();
    let server = place.serve();
    let ended = place.run_on_db(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(shown(&place, &one_line(&ended)), "FOLDER/book.db is in use by another server");
    drop(server);
}

#[test]
fn a_folder_that_is_not_there() {
    let place = Place::new();
    let said = sentence(&place, &["serve", "--db", "sqlite:missing/book.db"]);
    assert_eq!(said, "the folder missing does not exist");
}

#[test]
fn a_folder_that_can_t_be_written_to() {
    let place = Place::new();
    let folder = place.path("closed");
    std::fs::create_dir(&folder).unwrap();
    std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o555)).unwrap();
    std::fs::set_permissions(place.path(""), PermissionsExt::from_mode(0o755)).unwrap();
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--db", "sqlite:closed/book.db"];
    let mut command = place.command(&arguments);
    if rustix::process::geteuid().is_root() {
        // Nothing is closed to the superuser: run as nobody, from a copy that
        // nobody can reach.
        let copy = place.path("credits");
        std::fs::copy(env!("CARGO_BIN_EXE_credits"), &copy).unwrap();
        command = std::process::Command::new(copy);
        command.args(arguments).env_clear().current_dir(place.path("")).uid(65_534).gid(65_534);
    }
    let said = one_line(&end(command.output().unwrap()));
    assert!(said.ends_with("closed/book.db.lock can't be written to"), "{said}");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn a_database_of_a_newer_version() {
    let place = Place::new();
    place.run_on_db(&["migrate"]).well();
    let newer = "INSERT INTO migrations VALUES (999, 'future', 0, 0)";
    testkit::tamper(&place.path("book.db"), newer);
    for command in ["serve", "verify", "migrate", "rebuild"] {
        let said = sentence(&place, &[command, "--db", &place.db()]);
        let said = shown(&place, &said);
        assert!(said.starts_with("FOLDER/book.db has schema version 999, "), "{command}: {said}");
    }
}

#[test]
fn a_file_of_garbage() {
    let place = Place::new();
    std::fs::write(place.path("book.db"), "this is no database, ".repeat(400)).unwrap();
    for command in ["serve", "verify", "migrate", "rebuild"] {
        let said = sentence(&place, &[command, "--db", &place.db()]);
        assert_eq!(shown(&place, &said), "FOLDER/book.db is not a database", "{command}");
    }
}

#[test]
fn a_database_that_is_not_there_is_not_made_to_be_verified() {
    let place = Place::new();
    for command in ["verify", "rebuild"] {
        let said = sentence(&place, &[command, "--db", &place.db()]);
        assert_eq!(shown(&place, &said), "there is no database at FOLDER/book.db");
    }
}

#[test]
fn a_key_that_signed_another_book() {
    let place = Place::new();
    let server = place.serve();
    server.stop(rustix::process::Signal::TERM);
    let before = place.files();
    let mut command = place.command(&["serve", "--listen", "127.0.0.1:0", "--db", &place.db()]);
    let ended = end(command.env("CREDITS_SIGNING_KEY", "ab".repeat(32)).output().unwrap());
    assert_eq!(one_line(&ended), "the signing key is not the one this book was made with");
    assert_eq!(names(&place.files()), names(&before));
}

#[test]
fn a_test_book_is_not_served_live() {
    let place = Place::new();
    place.serve().stop(rustix::process::Signal::TERM);
    let ended = place.run_on_db(&["serve", "--listen", "127.0.0.1:0", "--mode", "live"]);
    let said = shown(&place, &one_line(&ended));
    assert_eq!(said, "FOLDER/book.db is a test book and stays one: it can't be served as live");
}

fn names<B>(files: &[(std::path::PathBuf, B)]) -> Vec<&std::path::Path> {
    files.iter().map(|(path, _)| path.as_path()).collect()
}
