//! A server under strace, whose every write, sync and answer is kept.

use std::path::{Path, PathBuf};

use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::process::Signal;
use tempfile::TempDir;
use testkit::power::disk::Disk;
use testkit::power::strace::{ARGUMENTS, Event, read};
use tokio::task::JoinSet;

use super::load::{Load, Pace, Running};
use super::{need, tool};
use crate::program::{Place, Server};

/// Answers at a quiet pace.
const QUIET_ANSWERS: usize = 8;

/// A load, and what its server did for it.
pub(super) struct Recording {
    /// The folder before.
    pub(super) before: Disk,
    pub(super) events: Vec<Event>,
    pub(super) load: Load,
    /// The log.
    pub(super) log: PathBuf,
    /// Where it was made.
    _place: Place,
}

/// Runs a load on a new book, to a clean end: so many answers, then some at a quiet pace.
/// A library goes before the C library if one is named.
pub(super) async fn record(answers: usize, seed: u64, library: Option<&Path>) -> Recording {
    let place = Place::new();
    let mut load = Load::new(&place);
    let (server, watching) = Watching::start(&place, library);
    load.begin(&server).await;
    load.run(&server, &Running::until(answers), seed).await;
    load.pace = Pace::Quiet;
    load.run(&server, &Running::until(QUIET_ANSWERS), seed).await;
    assert_eq!(server.stop(Signal::TERM).0, Some(0));
    let Watched { before, events, folder } = watching.end().await;
    Recording { before, events, load, log: folder.join("book.db-wal"), _place: place }
}

/// A server's way from nothing to its end.
pub(super) async fn record_a_first_start() -> (Disk, Vec<Event>) {
    let place = Place::new();
    let (server, watching) = Watching::start(&place, None);
    assert_eq!(server.stop(Signal::TERM).0, Some(0));
    let watched = watching.end().await;
    (watched.before, watched.events)
}

/// Somebody reads what strace says of a server.
struct Watching {
    before: Disk,
    folder: PathBuf,
    reading: JoinSet<Result<Vec<Event>, String>>,
    _pipe: TempDir,
}

/// What was seen.
struct Watched {
    before: Disk,
    events: Vec<Event>,
    folder: PathBuf,
}

impl Watching {
    fn start(place: &Place, library: Option<&Path>) -> (Server, Self) {
        need("strace", "strace");
        let folder = place.path("").canonicalize().unwrap();
        let before = Disk::of(&folder).unwrap();
        let outside = tempfile::tempdir().unwrap();
        let pipe = outside.path().join("trace");
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        let mut reading = JoinSet::new();
        let (from, inside) = (pipe.clone(), folder.clone());
        reading.spawn_blocking(move || read(std::fs::File::open(from).unwrap(), &inside));
        let server = Server::start(traced(place, &pipe, library));
        (server, Self { before, folder, reading, _pipe: outside })
    }

    async fn end(mut self) -> Watched {
        let events = self.reading.join_next().await.unwrap().unwrap().unwrap();
        let Self { before, folder, .. } = self;
        check(before.clone(), &events);
        tell(&events, &folder);
        Watched { before, events, folder }
    }
}

/// The server is our child, strace is a stranger that watches it.
fn traced(place: &Place, pipe: &Path, library: Option<&Path>) -> std::process::Command {
    let mut command = tool("strace");
    command.current_dir(place.path("")).args(["-D", "-o"]).arg(pipe).args(ARGUMENTS);
    if let Some(library) = library {
        command.arg("-E").arg(format!("LD_PRELOAD={}", library.display()));
    }
    let serve = place.command(&["serve", "--db", &place.db(), "--listen", "127.0.0.1:0"]);
    command.arg(serve.get_program()).args(serve.get_args());
    command
}

/// Nothing was overseen: what was played is what is there.
fn check(mut disk: Disk, events: &[Event]) {
    disk.play(events, events.len());
    for (path, bytes) in disk.seen() {
        let name = path.display();
        assert!(std::fs::read(&path).unwrap() == bytes, "{name} was changed unseen");
    }
}

/// What there is to lose.
fn tell(events: &[Event], folder: &Path) {
    for name in ["book.db-wal", "book.db"] {
        let file = folder.join(name);
        let (mut writes, mut begun, mut syncs) = (0, 0, 0);
        for event in events {
            match event {
                Event::Wrote { path, at, .. } if *path == file => {
                    writes += 1;
                    begun += u32::from(*at == Some(0));
                }
                Event::Synced { path, .. } if *path == file => syncs += 1,
                _ => {}
            }
        }
        println!("{name}: {writes} writes, {begun} of them at its beginning, {syncs} syncs");
    }
}
