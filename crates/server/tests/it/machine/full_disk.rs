//! A disk that fills up under load: refusals by name, reads go on, and with room again
//! everything that was answered is there.
//!
//! CREDITS_SOAK_DISKS_FULL says how often.

use std::fs::{File, remove_file};
use std::io::Write as _;
use std::path::PathBuf;

use rustix::process::Signal;

use super::load::{Load, Running};
use super::small_disk::SmallDisk;
use super::{said, seed};
use crate::fleet::Dice;
use crate::program::{Place, Server, end};

/// How often unless it is said.
const TIMES: u64 = 1;
/// The disk.
const BYTES: u64 = 24 << 20;
/// Good answers before it is filled up by somebody else.
const ANSWERS: u64 = 300;
/// How much somebody else leaves free at most.
const FREE_MAX: u64 = 1 << 20;

/// A book on a small disk.
struct Book {
    place: Place,
    disk: SmallDisk,
    load: Load,
}

impl Book {
    async fn new() -> (Self, Server) {
        let place = Place::new();
        let load = Load::new(&place);
        let disk = SmallDisk::new(&place, BYTES);
        // What the namespace hides is copied into it.
        for (path, bytes) in place.files() {
            std::fs::write(disk.path(path.file_name().unwrap().to_str().unwrap()), bytes).unwrap();
        }
        let book = Self { place, disk, load };
        let server = book.serve();
        book.load.begin(&server).await;
        (book, server)
    }

    fn serve(&self) -> Server {
        let db = self.place.db();
        let serve = ["serve", "--db", &db, "--listen", "127.0.0.1:0"];
        Server::start(self.disk.command(&self.place, &serve))
    }

    /// Fills the disk while clients are at work, until each was refused.
    async fn fill_under_load(&mut self, server: &Server, dice: &mut Dice) -> Filler {
        let (left, seed) = (dice.below(FREE_MAX), dice.below(u64::MAX));
        let (running, path) = (Running::until_refused(), self.disk.path("somebody-elses"));
        let filling = async {
            running.wait_for(ANSWERS).await;
            Filler::fill(path, left)
        };
        let (filler, ()) = tokio::join!(filling, self.load.run(server, &running, seed));
        filler
    }

    fn verify(&self) {
        let verify = ["verify", "--db", &self.place.db()];
        let report = end(self.disk.command(&self.place, &verify).output().unwrap()).well();
        assert!(report.starts_with("sound: "), "{report}");
    }
}

/// What takes the room.
struct Filler(PathBuf);

impl Filler {
    /// Writes until the disk is full, then gives back so many bytes.
    fn fill(path: PathBuf, left: u64) -> Self {
        let mut file = File::create(&path).unwrap();
        let full = loop {
            if let Err(error) = file.write_all(&[0; 4_096]) {
                break error;
            }
        };
        assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
        let length = file.metadata().unwrap().len();
        file.set_len(length.saturating_sub(left)).unwrap();
        Self(path)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fills_up_under_load_refuses_by_name_and_loses_no_answer() {
    let (times, mut dice) = (said("CREDITS_SOAK_DISKS_FULL", TIMES), Dice(seed()));
    let (mut book, mut server) = Book::new().await;
    let mut settled = 0;
    for _ in 0..times {
        let filler = book.fill_under_load(&server, &mut dice).await;
        book.load.check_refused(&server).await;
        server.stop(Signal::TERM);
        remove_file(&filler.0).unwrap();
        server = book.serve();
        let done = book.load.done();
        settled = book.load.settle(&server, &done).await;
        book.verify();
    }
    println!("{times} full disks, {settled} requests settled, 0 lost");
}
