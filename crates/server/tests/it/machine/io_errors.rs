//! A disk that fails: writing stops for good, reads go on, and a restart finds all that
//! was answered. libfiu makes the C library's calls fail, from a moment on.

use std::path::PathBuf;

use rustix::process::Signal;
use tempfile::TempDir;

use super::load::{Load, Running};
use super::{need, seed, tool};
use crate::fleet::Dice;
use crate::program::{Place, Server, end};

/// Calls that fail, each on its own, with the error that they fail with.
const FAULTS: [(&str, &str); 3] =
    [("posix/io/sync/fdatasync", EIO), ("posix/io/rw/pwrite", EIO), ("posix/io/rw/pwrite", ENOSPC)];
const EIO: &str = "5";
const ENOSPC: &str = "28";
/// Good answers before calls fail, and how many more at most.
const ANSWERS: (u64, u64) = (50, 400);

/// A place whose server can be made to fail.
struct Frail {
    place: Place,
    /// Where libfiu listens.
    control: TempDir,
}

impl Frail {
    fn new() -> Self {
        need("fiu-run", "fiu-utils");
        Self { place: Place::new(), control: tempfile::tempdir().unwrap() }
    }

    fn pipe(&self) -> PathBuf {
        self.control.path().join("fiu")
    }

    fn serve(&self) -> Server {
        let mut command = tool("fiu-run");
        command.current_dir(self.place.path("")).arg("-x").arg("-f").arg(self.pipe());
        let db = self.place.db();
        let serve = self.place.command(&["serve", "--db", &db, "--listen", "127.0.0.1:0"]);
        command.arg(serve.get_program()).args(serve.get_args());
        Server::start(command)
    }

    /// From now on this call of the server fails.
    fn fail(&self, server: &Server, (call, error): (&str, &str)) {
        let fault = format!("enable name={call},failinfo={error}");
        let mut control = tool("fiu-ctrl");
        control.arg("-c").arg(fault).arg("-f").arg(self.pipe()).arg(server.id().to_string());
        let said = end(control.output().unwrap()).well();
        assert_eq!(said, "", "libfiu takes the order");
    }

    fn verify(&self) {
        let report = self.place.run_on_db(&["verify"]).well();
        assert!(report.starts_with("sound: "), "{report}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fails_under_load_stops_all_writing_and_loses_no_answer() {
    let (frail, mut dice) = (Frail::new(), Dice(seed()));
    let mut load = Load::new(&frail.place);
    for fault in FAULTS {
        let server = frail.serve();
        load.begin(&server).await;
        let answers = ANSWERS.0 + dice.below(ANSWERS.1);
        let (running, seed) = (Running::until_refused(), dice.below(u64::MAX));
        let failing = async {
            running.wait_for(answers).await;
            frail.fail(&server, fault);
        };
        tokio::join!(failing, load.run(&server, &running, seed));
        load.check_refused(&server).await;
        server.stop(Signal::TERM);
        let server = frail.place.serve();
        let settled = load.settle(&server, &load.done()).await;
        assert_eq!(server.stop(Signal::TERM).0, Some(0));
        frail.verify();
        println!("{fault:?} after {answers} answers: {settled} requests settled, 0 lost");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_sync_beneath_an_edit_is_no_answer_and_shows_at_once() {
    let frail = Frail::new();
    let key = frail.place.key("ops", "admin");
    let server = frail.serve();
    let mut wire = super::wire::Wire::new(&server.url, &key);
    // The first use of a key is written down.
    assert_eq!(wire.get("/api/admin/users").await.status, 200);
    frail.fail(&server, ("posix/io/sync/fdatasync", EIO));
    let new = r#"{"email":"ada@example.com","name":"Ada","role":"customer"}"#;
    let unknown = wire.post("/api/admin/users", "ada", new).await;
    assert_eq!((unknown.status, unknown.code().as_str()), (503, "overloaded"));
    let ready = wire.get("/readyz").await;
    assert_eq!((ready.status, ready.code().as_str()), (503, "ledger_stopped"), "before any spend");
    let refused = wire.post("/api/admin/users", "ada", new).await;
    assert_eq!((refused.status, refused.code().as_str()), (503, "ledger_stopped"));
    server.kill();
    let server = frail.place.serve();
    let mut wire = super::wire::Wire::new(&server.url, &key);
    assert_eq!(wire.post("/api/admin/users", "ada", new).await.status, 201);
}
