//! Answers in a recording, and whether what they tell was synced before they went out.

use std::collections::BTreeMap;
use std::path::Path;

use super::strace::Event;

/// Where an answer over HTTP went out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The event its first byte was in.
    pub first: usize,
    /// The event its last byte was in.
    pub last: usize,
}

/// Every whole answer with a body, by its body. Bodies that are alike share the place
/// of the first.
pub fn answers(events: &[Event]) -> BTreeMap<Vec<u8>, Sent> {
    let mut streams: BTreeMap<&str, Stream> = BTreeMap::new();
    let mut found = BTreeMap::new();
    for (place, event) in events.iter().enumerate() {
        if let Event::Sent { socket, data } = event {
            let stream = streams.entry(socket).or_default();
            if stream.text.is_empty() {
                stream.first = place;
            }
            stream.text.extend(data);
            while let Some(body) = stream.take() {
                found.entry(body).or_insert(Sent { first: stream.first, last: place });
                stream.first = place;
            }
        }
    }
    found
}

/// What a socket sent that is no whole answer yet.
#[derive(Default)]
struct Stream {
    text: Vec<u8>,
    first: usize,
}

impl Stream {
    fn take(&mut self) -> Option<Vec<u8>> {
        const BETWEEN: &[u8] = b"\r\n\r\n";
        let end = self.text.windows(BETWEEN.len()).position(|window| window == BETWEEN)?;
        let head = String::from_utf8_lossy(&self.text[..end]).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.map_or(Some(0), |length| length.trim().parse().ok())?;
        let (start, end) = (end + BETWEEN.len(), end + BETWEEN.len() + length);
        if self.text.len() < end {
            return None;
        }
        let body = self.text[start..end].to_vec();
        self.text.drain(..end);
        Some(body)
    }
}

/// Marks in what was written to a write-ahead log of SQLite's, and when each was on disk.
pub struct Log {
    /// By mark, the event that wrote it first.
    written: BTreeMap<Vec<u8>, usize>,
    /// Events that completed a commit.
    commits: Vec<usize>,
    /// Syncs that returned: when each began, and its event.
    syncs: Vec<(usize, usize)>,
}

impl Log {
    /// What happened to the log at `path`. A mark starts with `prefix` and ends with `;`.
    pub fn read(events: &[Event], path: &Path, prefix: &[u8]) -> Self {
        let mut log = Self { written: BTreeMap::new(), commits: Vec::new(), syncs: Vec::new() };
        // A frame is its header, then its page; that of a commit says how long the
        // file is then.
        let mut commits = false;
        for (place, event) in events.iter().enumerate() {
            match event {
                Event::Wrote { path: file, data, .. } if file == path => {
                    for mark in marks(data, prefix) {
                        log.written.entry(mark).or_insert(place);
                    }
                    if commits {
                        log.commits.push(place);
                    }
                    commits = data.len() == 24 && data[4..8] != [0; 4];
                }
                Event::Synced { path: file, began } if file == path => {
                    log.syncs.push((*began, place));
                }
                _ => {}
            }
        }
        log
    }

    /// The event since which a mark is on disk: the end of the first sync that began
    /// after the commit it is in.
    pub fn synced(&self, mark: &[u8]) -> Option<usize> {
        let written = *self.written.get(mark)?;
        let commit = self.commits.iter().copied().find(|commit| *commit >= written)?;
        let syncs = self.syncs.iter().filter(|(began, _)| *began > commit);
        syncs.map(|(_, ended)| *ended).min()
    }
}

fn marks(data: &[u8], prefix: &[u8]) -> Vec<Vec<u8>> {
    let starts = data.windows(prefix.len()).enumerate().filter(|(_, window)| *window == prefix);
    let ends = starts.filter_map(|(start, _)| {
        let length = data[start..].iter().take(40).position(|byte| *byte == b';')?;
        Some(data[start..=start + length].to_vec())
    });
    ends.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrote(data: &[u8]) -> Event {
        Event::Wrote { path: "/wal".into(), at: Some(0), data: data.to_vec() }
    }

    fn commit(page: &[u8]) -> [Event; 2] {
        let mut header = [0; 24];
        header[7] = 1;
        [wrote(&header), wrote(page)]
    }

    fn sync(began: usize) -> [Event; 2] {
        [Event::SyncBegan("/wal".into()), Event::Synced { path: "/wal".into(), began }]
    }

    fn synced(events: &[Event]) -> Option<usize> {
        Log::read(events, Path::new("/wal"), b"mark-").synced(b"mark-1;")
    }

    #[test]
    fn a_mark_is_on_disk_once_its_commit_was_synced() {
        let events = [&commit(b"..mark-1;..")[..], &sync(2)].concat();
        assert_eq!(synced(&events), Some(3));
    }

    #[test]
    fn a_sync_before_the_commit_is_none() {
        let early = [wrote(&[0; 24]), wrote(b"mark-1;")];
        let events = [&early[..], &sync(2), &commit(b"the rest")].concat();
        assert_eq!(synced(&events), None);
    }

    #[test]
    fn a_sync_that_began_before_the_commit_is_none() {
        let events = [&commit(b"mark-1;")[..], &sync(0)].concat();
        assert_eq!(synced(&events), None);
    }

    #[test]
    fn answers_in_pieces_and_after_one_another_are_told_apart() {
        let sent = |data: &[u8]| Event::Sent { socket: "1".into(), data: data.to_vec() };
        let events = [
            sent(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none"),
            sent(b"HTTP/1.1 201 Created\r\ncontent-length: 3\r\n\r\nt"),
            sent(b"wo"),
        ];
        let found = answers(&events);
        assert_eq!(found[&b"one"[..]], Sent { first: 0, last: 0 });
        assert_eq!(found[&b"two"[..]], Sent { first: 1, last: 2 });
    }
}
