//! A disk with little room, that goes with the test: a tmpfs in a mount namespace of its
//! own. Whoever isn't root is root in a user namespace of their own.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::{need, tool};
use crate::program::Place;

/// Holds the namespace: it ends with its standard input.
const HOLD: &str = r#"mount -t tmpfs -o "size=$1" tmpfs "$0" && echo mounted && exec cat"#;

/// The disk, at the folder of a place. What is to see it is run by [`SmallDisk::command`].
pub(super) struct SmallDisk {
    holder: Child,
    folder: PathBuf,
}

impl SmallDisk {
    pub(super) fn new(place: &Place, bytes: u64) -> Self {
        need("unshare", "util-linux");
        let folder = place.path("").canonicalize().unwrap();
        let mut unshare = tool("unshare");
        unshare.args(["--map-root-user", "--mount", "sh", "-c", HOLD]).arg(&folder);
        unshare.arg(bytes.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut holder = unshare.spawn().unwrap();
        let mut said = String::new();
        BufReader::new(holder.stdout.as_mut().unwrap()).read_line(&mut said).unwrap();
        assert_eq!(said, "mounted\n", "no tmpfs can be mounted in a namespace");
        Self { holder, folder }
    }

    /// A program of the place, which sees the disk.
    pub(super) fn command(&self, place: &Place, arguments: &[&str]) -> Command {
        let inner = place.command(arguments);
        let mut command = tool("nsenter");
        command.arg(format!("--target={}", self.holder.id()));
        command.args(["--user", "--mount", "--preserve-credentials"]);
        command.arg(inner.get_program()).args(inner.get_args()).stdin(Stdio::null());
        command
    }

    /// A file on it, as everybody else finds it.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        let inside = self.folder.strip_prefix("/").unwrap().join(name);
        Path::new("/proc").join(self.holder.id().to_string()).join("root").join(inside)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}
