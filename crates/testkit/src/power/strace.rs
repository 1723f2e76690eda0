//! What a process did to its files and sockets, as strace saw it, in order.
//!
//! A call that others overlap is written in two pieces. What it does is taken as done
//! when it returned; what it sends, as sent when it began: whoever was answered may
//! have seen it before the call came back.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::line::Line;

/// What strace is told, so that [`read`] understands what it says.
pub const ARGUMENTS: [&str; 6] = ["-f", "-y", "-xx", "-s", "4194304", TRACED];
/// Whatever changes a file, a name, or what is on disk of them.
const TRACED: &str = "-etrace=open,openat,creat,write,writev,pwrite64,pwritev,pwritev2,\
    sendto,sendmsg,sendmmsg,sendfile,copy_file_range,splice,truncate,ftruncate,fallocate,\
    fsync,fdatasync,sync,syncfs,sync_file_range,msync,link,linkat,symlink,symlinkat,\
    unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,rmdir,io_uring_enter";

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A file was opened to be written; one that was not there is there since.
    Opened {
        /// Its name.
        path: PathBuf,
        /// It was made empty.
        is_truncated: bool,
    },
    /// Bytes were written, at the end if no place is said.
    Wrote {
        /// Where to.
        path: PathBuf,
        /// The place of the first.
        at: Option<u64>,
        /// The bytes.
        data: Vec<u8>,
    },
    /// A file got that length.
    Resized {
        /// Which.
        path: PathBuf,
        /// How long it is.
        length: u64,
    },
    /// A folder was made.
    MadeFolder(PathBuf),
    /// A name went.
    Removed(PathBuf),
    /// A name was given to what had another one.
    Renamed(PathBuf, PathBuf),
    /// A file or a folder is being synced.
    SyncBegan(PathBuf),
    /// A file or a folder was synced.
    Synced {
        /// Which.
        path: PathBuf,
        /// The event it began with.
        began: usize,
    },
    /// Bytes left through a socket.
    Sent {
        /// Which one.
        socket: String,
        /// The bytes.
        data: Vec<u8>,
    },
}

/// Reads a recording to its end. Relative names are those of `folder`, and only what
/// is in it is told, or sent. A call that this module can't read is an error.
pub fn read(recording: impl Read, folder: &Path) -> Result<Vec<Event>, String> {
    let mut reading = Reading { folder, events: Vec::new(), unfinished: HashMap::new() };
    let mut lines = BufReader::with_capacity(1 << 20, recording);
    let mut line = Vec::new();
    loop {
        line.clear();
        let count = lines.read_until(b'\n', &mut line).map_err(|error| error.to_string())?;
        if count == 0 {
            return Ok(reading.events);
        }
        reading.take(line.trim_ascii_end())?;
    }
}

struct Reading<'f> {
    folder: &'f Path,
    events: Vec<Event>,
    /// By thread: the text so far, and the event it began with if it has one.
    unfinished: HashMap<Vec<u8>, (Vec<u8>, Option<usize>)>,
}

const UNFINISHED: &[u8] = b" <unfinished ...>";

impl Reading<'_> {
    fn take(&mut self, line: &[u8]) -> Result<(), String> {
        let end = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
        let (thread, text) = (line[..end].to_vec(), line[end..].trim_ascii_start());
        if text.starts_with(b"+++") || text.starts_with(b"---") {
            return Ok(());
        }
        if let Some(begun) = text.strip_suffix(UNFINISHED) {
            let place = self.begin(&parse(begun)?);
            self.unfinished.insert(thread, (begun.to_vec(), place));
            return Ok(());
        }
        let (text, place) = if text.starts_with(b"<... ") {
            let (mut begun, place) =
                self.unfinished.remove(&thread).ok_or("a call resumed that never began")?;
            let resumed = b" resumed>";
            let after = text.windows(resumed.len()).position(|window| window == resumed);
            begun.extend(&text[after.ok_or("a call resumed without saying so")? + resumed.len()..]);
            (begun, place)
        } else {
            (text.to_vec(), None)
        };
        let call = parse(&text)?;
        let place = place.or_else(|| self.begin(&call));
        self.end(&call, place)
    }

    /// A name in the folder; the log's shared memory and the lock are nobody's data.
    fn path(&self, name: &str) -> Option<PathBuf> {
        let is_data = !["-shm", ".lock", " (deleted)"].iter().any(|end| name.ends_with(end));
        (Path::new(name).starts_with(self.folder) && is_data).then(|| name.into())
    }

    /// What is known once a call begins.
    fn begin(&mut self, call: &Line) -> Option<usize> {
        let event = match call.name.as_str() {
            "fsync" | "fdatasync" => Event::SyncBegan(self.path(&call.of)?),
            "write" | "writev" | "sendto" | "sendmsg" if call.of.starts_with("socket:") => {
                Event::Sent { socket: call.of.clone(), data: Vec::new() }
            }
            _ => return None,
        };
        self.events.push(event);
        Some(self.events.len() - 1)
    }

    /// What is known once it returned.
    fn end(&mut self, call: &Line, place: Option<usize>) -> Result<(), String> {
        if call.returned.is_none_or(|returned| returned < 0) || call.is_injected {
            return Ok(());
        }
        if let Some(Event::Sent { data, .. }) = place.and_then(|place| self.events.get_mut(place)) {
            *data = call.sent().unwrap_or_default();
            return Ok(());
        }
        if let Some(event) = self.event(call, place)? {
            self.events.push(event);
        }
        Ok(())
    }

    fn event(&self, call: &Line, began: Option<usize>) -> Result<Option<Event>, String> {
        // Names may be relative, where strace names a descriptor they are not.
        let whole = |name: String| self.folder.join(name).into_os_string().into_string().ok();
        let named = |place| call.path(place).and_then(whole).and_then(|name| self.path(&name));
        Ok(match call.name.as_str() {
            "fsync" | "fdatasync" => {
                self.path(&call.of).zip(began).map(|(path, began)| Event::Synced { path, began })
            }
            "pwrite64" | "write" => self.path(&call.of).zip(call.sent()).map(|(path, data)| {
                let at = if call.name == "write" { None } else { call.last() };
                Event::Wrote { path, at, data }
            }),
            "ftruncate" => self
                .path(&call.of)
                .zip(call.last())
                .map(|(path, length)| Event::Resized { path, length }),
            "open" | "openat" => self
                .path(&call.result_of)
                .filter(|_| is_written(call))
                .map(|path| Event::Opened { path, is_truncated: call.plain.contains("O_TRUNC") }),
            "unlink" => named(0).map(Event::Removed),
            "mkdir" => named(0).map(Event::MadeFolder),
            "rename" => named(0).zip(named(1)).map(|(from, to)| Event::Renamed(from, to)),
            // Sends that have their event, and what goes to a terminal or a pipe.
            "writev" | "sendto" | "sendmsg" if self.path(&call.of).is_none() => None,
            name => return Err(format!("{name} can't be played: {call:?}")),
        })
    }
}

fn is_written(call: &Line) -> bool {
    ["O_CREAT", "O_TRUNC"].iter().any(|flag| call.plain.contains(flag))
}

fn parse(text: &[u8]) -> Result<Line, String> {
    Line::parse(text).ok_or_else(|| {
        format!("not a call: {}", String::from_utf8_lossy(&text[..text.len().min(200)]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Text as strace writes it: what is quoted or bracketed in hexadecimal.
    fn events(text: &str) -> Vec<Event> {
        read(coded(text).as_bytes(), Path::new("/f")).unwrap()
    }

    fn coded(text: &str) -> String {
        let mut is_inside = false;
        let coded = text.chars().map(|c| match c {
            '«' | '»' => {
                is_inside = c == '«';
                String::new()
            }
            c if is_inside => format!("\\x{:02x}", u32::from(c)),
            c => c.to_string(),
        });
        coded.collect()
    }

    fn wal() -> PathBuf {
        "/f/wal".into()
    }

    #[test]
    fn calls_that_overlap_are_told_apart_by_their_threads() {
        let events = events(
            "1 fdatasync(3<«/f/wal»> <unfinished ...>\n\
             2 pwrite64(3<«/f/wal»>, \"«ab»\", 2, 8 <unfinished ...>\n\
             1 <... fdatasync resumed>) = 0\n\
             2 <... pwrite64 resumed>) = 2\n\
             1 +++ exited with 0 +++\n",
        );
        let written = Event::Wrote { path: wal(), at: Some(8), data: b"ab".to_vec() };
        let synced = Event::Synced { path: wal(), began: 0 };
        assert_eq!(events, [Event::SyncBegan(wal()), synced, written]);
    }

    #[test]
    fn what_was_sent_counts_from_when_the_call_began() {
        let events = events(
            "1 sendto(9<«socket:[7]»>, \"«HTTP»\", 4, MSG_NOSIGNAL, NULL, 0 <unfinished ...>\n\
             2 fdatasync(3<«/f/wal»>) = 0\n\
             1 <... sendto resumed>) = 4\n",
        );
        let sent = Event::Sent { socket: "socket:[7]".into(), data: b"HTTP".to_vec() };
        assert_eq!(events[0], sent);
        assert_eq!(events.len(), 3);
    }

    #[test]
    fn a_sync_that_failed_or_was_only_pretended_synced_nothing() {
        for result in ["-1 EIO (Input/output error)", "0 (INJECTED)", "?"] {
            let events = events(&format!("1 fdatasync(3<«/f/wal»>) = {result}\n"));
            assert_eq!(events, [Event::SyncBegan(wal())], "{result}");
        }
    }

    #[test]
    fn a_call_that_can_not_be_played_is_not_passed_over() {
        let text = coded("1 fallocate(3<«/f/wal»>, 0, 0, 4096) = 0\n");
        assert!(read(text.as_bytes(), Path::new("/f")).unwrap_err().starts_with("fallocate"));
    }
}
