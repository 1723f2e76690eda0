//! Files as a disk may hold them: what was synced is there; of the rest any part may
//! be, down to the sector.
//!
//! A name is on disk once its folder was synced, a byte once its file was. What a sync
//! promises is what was written before it began.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::strace::Event;

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

/// A number below another one, by chance.
pub type Dice<'d> = &'d mut dyn FnMut(u64) -> u64;

/// A folder and the changes to it that were played.
#[derive(Clone, Debug)]
pub struct Disk {
    folder: PathBuf,
    files: Vec<File>,
    /// As the process sees it.
    names: Names,
    /// What is on disk for sure.
    synced: Names,
    /// What happened to names since, in order.
    pending: Vec<(usize, Renaming)>,
    played: usize,
}

/// A file by its place, or a folder.
type Names = BTreeMap<PathBuf, Option<usize>>;

#[derive(Clone, Debug, Default)]
struct File {
    synced: Vec<u8>,
    pending: Vec<(usize, Change)>,
    length: u64,
}

#[derive(Clone, Debug)]
enum Change {
    Write(u64, Vec<u8>),
    Resize(u64),
}

#[derive(Clone, Debug)]
enum Renaming {
    Made(PathBuf, Option<usize>),
    Removed(PathBuf),
    Renamed(PathBuf, PathBuf),
}

/// What becomes of a file's writes that were not synced.
#[derive(Clone, Copy)]
enum Luck {
    None,
    All,
    Some,
}

impl Disk {
    /// A folder as it is, all of it on disk.
    pub fn of(folder: &Path) -> io::Result<Self> {
        let names = Names::new();
        let mut disk = Self {
            folder: folder.to_owned(),
            files: Vec::new(),
            synced: names.clone(),
            names,
            pending: Vec::new(),
            played: 0,
        };
        disk.find(folder)?;
        disk.synced = disk.names.clone();
        Ok(disk)
    }

    fn find(&mut self, folder: &Path) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                self.find(&path)?;
                self.names.insert(path, None);
            } else {
                let synced = fs::read(&path)?;
                let length = wide(synced.len());
                self.names.insert(path, Some(self.files.len()));
                self.files.push(File { synced, length, pending: Vec::new() });
            }
        }
        Ok(())
    }

    /// Plays what happened, up to an event. Never back.
    pub fn play(&mut self, events: &[Event], end: usize) {
        for (place, event) in events.iter().enumerate().take(end).skip(self.played) {
            self.happen(place, event);
        }
        self.played = self.played.max(end);
    }

    fn happen(&mut self, place: usize, event: &Event) {
        match event {
            Event::Opened { path, is_truncated } => {
                if !self.make(place, path) && *is_truncated {
                    self.resize(place, path, 0);
                }
            }
            Event::Wrote { path, at, data } => {
                if let Some(file) = self.file(path) {
                    let at = at.unwrap_or(file.length);
                    file.length = file.length.max(at + wide(data.len()));
                    file.pending.push((place, Change::Write(at, data.clone())));
                }
            }
            Event::Resized { path, length } => self.resize(place, path, *length),
            Event::MadeFolder(path) => self.rename(place, Renaming::Made(path.clone(), None)),
            Event::Removed(path) => self.rename(place, Renaming::Removed(path.clone())),
            Event::Renamed(from, to) => {
                self.rename(place, Renaming::Renamed(from.clone(), to.clone()));
            }
            Event::Synced { path, began } => self.sync(path, *began),
            Event::SyncBegan(_) | Event::Sent { .. } => {}
        }
    }

    fn file(&mut self, path: &Path) -> Option<&mut File> {
        let place = (*self.names.get(path)?)?;
        self.files.get_mut(place)
    }

    /// Makes a file, if there is none.
    fn make(&mut self, place: usize, path: &Path) -> bool {
        let is_new = !self.names.contains_key(path);
        if is_new {
            let file = self.files.len();
            self.files.push(File::default());
            self.rename(place, Renaming::Made(path.to_owned(), Some(file)));
        }
        is_new
    }

    fn resize(&mut self, place: usize, path: &Path, length: u64) {
        if let Some(file) = self.file(path) {
            file.length = length;
            file.pending.push((place, Change::Resize(length)));
        }
    }

    fn rename(&mut self, place: usize, renaming: Renaming) {
        renaming.apply(&mut self.names);
        self.pending.push((place, renaming));
    }

    fn sync(&mut self, path: &Path, began: usize) {
        if path == self.folder || self.names.get(path) == Some(&None) {
            let pending = std::mem::take(&mut self.pending);
            for (place, renaming) in pending {
                if place < began && renaming.folder() == Some(path) {
                    renaming.apply(&mut self.synced);
                } else {
                    self.pending.push((place, renaming));
                }
            }
        } else if let Some(file) = self.file(path) {
            let pending = std::mem::take(&mut file.pending);
            for (place, change) in pending {
                if place < began {
                    change.apply(&mut file.synced);
                } else {
                    file.pending.push((place, change));
                }
            }
        }
    }

    /// What the process sees: every file in the folder.
    pub fn seen(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let files = self.names.iter().filter_map(|(path, file)| Some((path, (*file)?)));
        files.map(|(path, file)| (path.clone(), self.files[file].now())).collect()
    }

    /// Writes what may be left after a loss of power now to another folder.
    pub fn lose_power(&self, dice: Dice<'_>, to: &Path) -> io::Result<()> {
        let mut names = self.synced.clone();
        // Changes of names reach the disk in their order, up to one of them.
        let count = usize::try_from(dice(wide(self.pending.len()) + 1)).unwrap_or_default();
        for (_, renaming) in &self.pending[..count] {
            renaming.apply(&mut names);
        }
        for (path, file) in &names {
            let place = to.join(path.strip_prefix(&self.folder).map_err(io::Error::other)?);
            match file {
                // One without its folder is lost with it.
                Some(file) if place.parent().is_some_and(Path::is_dir) => {
                    fs::write(place, self.files[*file].after_a_loss(dice))?;
                }
                Some(_) => {}
                None => fs::create_dir(place)?,
            }
        }
        Ok(())
    }
}

impl File {
    fn now(&self) -> Vec<u8> {
        let mut bytes = self.synced.clone();
        for (_, change) in &self.pending {
            change.apply(&mut bytes);
        }
        bytes
    }

    fn after_a_loss(&self, dice: Dice<'_>) -> Vec<u8> {
        let luck = match dice(4) {
            0 => Luck::None,
            1 => Luck::All,
            _ => Luck::Some,
        };
        let mut bytes = self.synced.clone();
        for (_, change) in &self.pending {
            match luck {
                Luck::None => {}
                Luck::All => change.apply(&mut bytes),
                Luck::Some => match dice(3) {
                    0 => {}
                    1 => change.apply(&mut bytes),
                    _ => change.tear(&mut bytes, dice),
                },
            }
        }
        bytes
    }
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Write(at, data) => put(bytes, narrow(*at), data),
            Self::Resize(length) => bytes.resize(narrow(*length), 0),
        }
    }

    /// Does it sector by sector, each or not.
    fn tear(&self, bytes: &mut Vec<u8>, dice: Dice<'_>) {
        let Self::Write(at, data) = self else { return self.apply(bytes) };
        let (start, mut done) = (narrow(*at), 0);
        while done < data.len() {
            let to_the_next = SECTOR - (start + done) % SECTOR;
            let end = data.len().min(done + to_the_next);
            if dice(2) == 0 {
                put(bytes, start + done, &data[done..end]);
            }
            done = end;
        }
    }
}

fn put(bytes: &mut Vec<u8>, at: usize, data: &[u8]) {
    let end = at + data.len();
    if bytes.len() < end {
        bytes.resize(end, 0);
    }
    bytes[at..end].copy_from_slice(data);
}

impl Renaming {
    fn apply(&self, names: &mut Names) {
        match self {
            Self::Made(path, file) => {
                names.insert(path.clone(), *file);
            }
            Self::Removed(path) => {
                names.remove(path);
            }
            Self::Renamed(from, to) => {
                if let Some(file) = names.remove(from) {
                    names.insert(to.clone(), file);
                }
            }
        }
    }

    /// The folder whose sync keeps it; a name goes from one to another in the same.
    fn folder(&self) -> Option<&Path> {
        match self {
            Self::Made(path, _) | Self::Removed(path) | Self::Renamed(_, path) => path.parent(),
        }
    }
}

fn wide(number: usize) -> u64 {
    u64::try_from(number).expect("a length")
}

fn narrow(number: u64) -> usize {
    usize::try_from(number).expect("a place in a file")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &str, at: u64, data: &[u8]) -> Event {
        Event::Wrote { path: path.into(), at: Some(at), data: data.to_vec() }
    }

    fn sync(path: &str, began: usize) -> Event {
        Event::Synced { path: path.into(), began }
    }

    /// What may be left of `/f` after a loss, over many throws.
    fn left(events: &[Event]) -> Vec<BTreeMap<String, Vec<u8>>> {
        let mut disk = Disk {
            folder: "/f".into(),
            files: Vec::new(),
            names: Names::new(),
            synced: Names::new(),
            pending: Vec::new(),
            played: 0,
        };
        disk.play(events, events.len());
        let mut state = 7_u64;
        let mut dice = |end: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % end
        };
        let images = (0..64).map(|_| {
            let to = tempfile();
            disk.lose_power(&mut dice, &to).unwrap();
            let files = fs::read_dir(&to).unwrap().map(|entry| entry.unwrap());
            let image = files
                .map(|entry| {
                    let name = entry.file_name().into_string().unwrap();
                    (name, fs::read(entry.path()).unwrap())
                })
                .collect();
            fs::remove_dir_all(to).unwrap();
            image
        });
        images.collect()
    }

    fn tempfile() -> PathBuf {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("disk-{}-{number}", std::process::id()));
        fs::create_dir(&path).unwrap();
        path
    }

    fn made() -> [Event; 2] {
        [Event::Opened { path: "/f/a".into(), is_truncated: false }, sync("/f", 1)]
    }

    #[test]
    fn what_was_synced_is_there_whatever_happens() {
        let [opened, kept] = made();
        let events =
            [opened, kept, write("/f/a", 0, b"one"), sync("/f/a", 3), write("/f/a", 3, b"two")];
        let images = left(&events);
        assert!(images.iter().all(|image| image["a"].starts_with(b"one")));
        assert!(images.iter().any(|image| image["a"] == b"one"), "the rest may be gone");
        assert!(images.iter().any(|image| image["a"] == b"onetwo"), "or not");
    }

    #[test]
    fn a_sync_promises_nothing_of_what_came_after_it_began() {
        let [opened, kept] = made();
        let images = left(&[opened, kept, write("/f/a", 0, b"one"), sync("/f/a", 2)]);
        assert!(images.iter().any(|image| image["a"].is_empty()));
    }

    #[test]
    fn a_name_that_was_not_synced_may_be_gone_with_its_synced_bytes() {
        let [opened, _] = made();
        let images = left(&[opened, write("/f/a", 0, b"one"), sync("/f/a", 2)]);
        assert!(images.iter().any(BTreeMap::is_empty));
        assert!(images.iter().any(|image| image.get("a").is_some_and(|bytes| bytes == b"one")));
    }

    #[test]
    fn a_write_tears_between_sectors_and_nowhere_else() {
        let [opened, kept] = made();
        let images = left(&[opened, kept, write("/f/a", 500, &[1; 1_000])]);
        let torn = images.iter().find(|image| {
            let bytes = &image["a"];
            bytes.len() == 1_500 && bytes[500] == 0
        });
        let bytes = &torn.expect("a torn write")["a"];
        for sector in bytes[512..1_024].chunks(512) {
            assert!(sector.iter().all(|byte| *byte == sector[0]), "a sector is whole");
        }
    }

    #[test]
    fn a_file_that_was_removed_may_still_be_there() {
        let [opened, kept] = made();
        let images = left(&[opened, kept, Event::Removed("/f/a".into())]);
        assert!(images.iter().any(|image| image.contains_key("a")));
        assert!(images.iter().any(BTreeMap::is_empty));
    }
}
