//! The program under test: run to its end, or as a server that goes away with
//! its test.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use client::{Client, Key, NewGrant};
use testkit::TestPlace;

/// How a run of the program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// What it printed, if it ended well.
    #[track_caller]
    pub(crate) fn well(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out
    }
}

/// A folder of its own, and the program in it.
pub(crate) struct Place {
    folder: tempfile::TempDir,
    db: Where,
}

/// Where the database of a place is.
enum Where {
    /// It is made for the test and goes with it.
    Ours(TestPlace),
    /// On a server that the test has for itself.
    At(String),
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Where::Ours(db) = &self.db {
            db.drop_blocking();
        }
    }
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Where::Ours(TestPlace::fresh_blocking(folder.path()));
        Self { folder, db }
    }

    /// On an empty database that stays.
    pub(crate) fn on(url: String) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), db: Where::At(url) }
    }

    /// On the file in a folder that is there.
    pub(crate) fn in_folder(folder: tempfile::TempDir) -> Self {
        let db = Where::At(format!("sqlite:{}", folder.path().join("book.db").display()));
        Self { folder, db }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The database that every command here is about.
    pub(crate) fn db(&self) -> String {
        match &self.db {
            Where::Ours(db) => db.url(),
            Where::At(url) => url.clone(),
        }
    }

    /// The program, in an environment that says nothing to it.
    pub(crate) fn command<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_credits"));
        command.args(arguments).env_clear().current_dir(self.folder.path());
        command.stdin(Stdio::null());
        command
    }

    pub(crate) fn run<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Ended {
        end(self.command(arguments).output().unwrap())
    }

    /// Runs a command about the database of this place.
    pub(crate) fn run_on_db(&self, arguments: &[&str]) -> Ended {
        let db = self.db();
        self.run(&[arguments, &["--db", &db]].concat())
    }

    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &str) -> Ended {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        end(child.wait_with_output().unwrap())
    }

    /// A new customer's id.
    pub(crate) fn user(&self, name: &str) -> i64 {
        let email = format!("{name}@example.com");
        let made = self.run_on_db(&["user", "create", "--email", &email, "--name", name]);
        made.well().trim().parse().unwrap()
    }

    /// Runs statements on its database behind the product's back.
    pub(crate) async fn tamper(&self, statements: &str) {
        match &self.db {
            Where::Ours(db) => db.tamper(statements).await,
            Where::At(url) => panic!("{url} is not this test's own"),
        }
    }

    /// A new key.
    pub(crate) fn key(&self, name: &str, scopes: &str) -> String {
        let made = self.run_on_db(&["key", "create", "--name", name, "--scopes", scopes]);
        made.well().trim().to_owned()
    }

    pub(crate) fn serve(&self) -> Server {
        let db = self.db();
        Server::start(self.command(&["serve", "--db", &db, "--listen", "127.0.0.1:0"]))
    }

    /// Every file of the place with its bytes.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        files(self.folder.path())
    }
}

fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            found.push((path, bytes));
        }
    }
    found.sort();
    found
}

pub(crate) fn end(output: std::process::Output) -> Ended {
    Ended {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A server that is ready. It is killed when its test ends.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
    /// What else comes on standard output.
    rest: BufReader<std::process::ChildStdout>,
}

impl Server {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut rest = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        rest.read_line(&mut line).unwrap();
        let url = line.strip_prefix("listening on ").expect("the server is ready").trim();
        Self { child, url: url.to_owned(), rest }
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn client(&self, key: &str) -> Client {
        Client::new(&self.url, key).unwrap()
    }

    /// kill -9.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end by a signal, and waits until it has. What it printed after
    /// its first line comes back too.
    pub(crate) fn stop(mut self, signal: rustix::process::Signal) -> (Option<i32>, String) {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, signal).unwrap();
        let status = self.child.wait().unwrap();
        let mut rest = String::new();
        std::io::Read::read_to_string(&mut self.rest, &mut rest).unwrap();
        (status.code(), rest)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Grants whole credits.
pub(crate) async fn grant(client: &Client, user_id: i64, credits: i64) {
    let grant = NewGrant {
        user_id,
        amount: credits.to_string().parse().unwrap(),
        source: "promotion".into(),
        description: "For a test".into(),
    };
    let key = Key::new(format!("grant-{user_id}-{credits}"));
    client.grant(&key, &grant).await.unwrap();
}

/// The journal's last record, as the server's metrics have it.
pub(crate) async fn head(server: &Server) -> i64 {
    let admin = tokio::net::TcpStream::connect(server.url.trim_start_matches("http://"));
    let mut stream = admin.await.unwrap();
    let request = b"GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    tokio::io::AsyncWriteExt::write_all(&mut stream, request).await.unwrap();
    let mut text = String::new();
    tokio::io::AsyncReadExt::read_to_string(&mut stream, &mut text).await.unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("credits_ledger_head_seq "));
    line.expect("the metrics have the head").parse().unwrap()
}
