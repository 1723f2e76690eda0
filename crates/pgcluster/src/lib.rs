//! A PostgreSQL of one's own for tests: made in a temporary folder, gone with its
//! owner. It may be stopped, killed and started again.
//!
//! Development only. It knows the server's programs and nothing of ours.

mod network;
mod processes;
mod programs;
mod standby;
mod warden;

use std::fs::File;
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

pub use network::{Host, Network};
pub use programs::Programs;
use warden::Warden;

/// Settings beside the server's own defaults. What makes a commit durable is left on.
const SETTINGS: &[&str] = &[
    "max_connections=300",
    "shared_buffers=128MB",
    "logging_collector=off",
    "log_destination=stderr",
];

/// How many ports are tried, at most, where somebody else is faster.
const PORTS_MAX: usize = 4;

/// What PostgreSQL says then.
const PORT_TAKEN: &str = "could not create any TCP/IP sockets";

/// How long it may take to be ready, in steps of [`STEP`].
const STEPS_MAX: u32 = 2_400;
const STEP: std::time::Duration = std::time::Duration::from_millis(50);
/// Free bytes that make it worth keeping the data in memory.
const MEMORY_MIN: u64 = 3 << 30;

/// Where the data lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disk {
    /// In the system's temporary folder.
    Real,
    /// In memory where there is enough: for tests that aren't about durability.
    Memory,
}

/// A running server.
pub struct Cluster {
    programs: Programs,
    /// Goes before the folder does.
    _warden: Warden,
    folder: TempDir,
    port: u16,
    /// Where it runs, unless that is this machine.
    host: Option<Host>,
    /// What it is started with beside [`SETTINGS`].
    settings: Vec<String>,
    server: Option<Child>,
}

impl Cluster {
    /// Makes a cluster and starts it.
    pub fn start(programs: &Programs, disk: Disk) -> Result<Self> {
        Self::start_with(programs, disk, Vec::new())
    }

    /// The same with settings of its own, `NAME=VALUE`.
    pub fn start_with(programs: &Programs, disk: Disk, settings: Vec<String>) -> Result<Self> {
        Self::empty(programs, disk)?.begin(settings)
    }

    /// The same with a certificate and its key, in PEM, for connections that ask for encryption.
    pub fn start_encrypted(programs: &Programs, (certificate, key): (&str, &str)) -> Result<Self> {
        let cluster = Self::empty(programs, Disk::Memory)?;
        let mut settings = vec!["ssl=on".to_owned()];
        for (setting, text) in [("ssl_cert_file", certificate), ("ssl_key_file", key)] {
            let path = cluster.folder.path().join(setting);
            std::fs::write(&path, text)?;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
            cluster.give(&path)?;
            settings.push(format!("{setting}={}", path.display()));
        }
        cluster.begin(settings)
    }

    /// Makes it and starts it with settings of its own.
    fn begin(mut self, settings: Vec<String>) -> Result<Self> {
        self.make()?;
        self.settings = settings;
        for _ in 1..PORTS_MAX {
            match self.start_again() {
                // Somebody else took it between our look and its start.
                Err(error) if error.to_string().contains(PORT_TAKEN) => self.port = free_port()?,
                started => return started.map(|()| self),
            }
        }
        self.start_again()?;
        Ok(self)
    }

    /// A folder for its data, and a port.
    fn empty(programs: &Programs, disk: Disk) -> Result<Self> {
        let folder = folder(disk)?;
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755))?;
        let data = folder.path().join("data");
        std::fs::create_dir(&data)?;
        std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o700))?;
        let (programs, port) = (programs.clone(), free_port()?);
        let made = Self {
            programs,
            _warden: Warden::of(folder.path()).context("sh is missing")?,
            folder,
            port,
            host: None,
            settings: Vec::new(),
            server: None,
        };
        made.give(&data)?;
        Ok(made)
    }

    /// Makes a path the server's own, where that runs as another user.
    fn give(&self, path: &Path) -> Result<()> {
        if let Some((user, group)) = self.programs.owner {
            std::os::unix::fs::chown(path, Some(user), Some(group))?;
        }
        Ok(())
    }

    /// The address of a database in it; `postgres` is always there.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@{}:{}/{database}", self.address(), self.port)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where it runs, unless that is this machine.
    pub fn host(&self) -> Option<&Host> {
        self.host.as_ref()
    }

    fn address(&self) -> String {
        self.host.as_ref().map_or_else(|| "127.0.0.1".to_owned(), Host::address)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn command(&self, program: &str) -> Command {
        let (program, owner) = (self.programs.folder.join(program), self.programs.owner);
        let mut command = match (&self.host, owner) {
            (Some(host), owner) => host.command(&program, owner),
            (None, owner) => {
                let mut command = Command::new(program);
                if let Some((user, group)) = owner {
                    command.gid(group).uid(user);
                }
                command
            }
        };
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        if let Some(libraries) = &self.programs.libraries {
            command.env("LD_LIBRARY_PATH", libraries);
        }
        command
    }

    fn make(&self) -> Result<()> {
        let mut command = self.command("initdb");
        command.arg("-D").arg(self.data());
        command.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
        let made = command.output().context("initdb can't be run")?;
        ensure!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        if self.host.is_some() {
            let mut rules = File::options().append(true).open(self.data().join("pg_hba.conf"))?;
            writeln!(rules, "host all,replication all samenet trust")?;
        }
        Ok(())
    }

    /// Starts it where it was stopped or killed, and waits until it answers.
    pub fn start_again(&mut self) -> Result<()> {
        self.gone();
        let log = File::options().create(true).append(true).open(self.log())?;
        let mut command = self.command("postgres");
        command.arg("-D").arg(self.data()).args(["-p", &self.port.to_string()]);
        command.arg("-c").arg("unix_socket_directories=");
        command.arg("-c").arg(format!("listen_addresses={}", self.address()));
        let settings = self.settings.iter().map(String::as_str);
        for setting in SETTINGS.iter().copied().chain(settings) {
            command.args(["-c", setting]);
        }
        command.stdout(log.try_clone()?).stderr(log);
        self.server = Some(command.spawn().context("postgres can't be run")?);
        self.wait_until_ready()
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        for _ in 0..STEPS_MAX {
            if let Some(status) = self.server.as_mut().and_then(|one| one.try_wait().ok().flatten())
            {
                anyhow::bail!("postgres ended with {status}: {}", self.last_words());
            }
            let mut ask = self.command("pg_isready");
            ask.args(["-q", "-h", &self.address(), "-p", &self.port.to_string()]);
            if ask.status().is_ok_and(|status| status.success()) {
                return Ok(());
            }
            std::thread::sleep(STEP);
        }
        anyhow::bail!("postgres is not ready: {}", self.last_words())
    }

    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(self.log()).unwrap_or_default();
        log.lines().rev().take(3).collect::<Vec<_>>().join(" / ")
    }

    /// SIGKILL to the server and all of its processes, as when a machine loses them.
    pub fn kill(&mut self) {
        if let Some(server) = &self.server {
            processes::kill_all(server);
        }
        self.gone();
    }

    /// An immediate stop: no checkpoint, connections cut.
    pub fn stop_at_once(&mut self) {
        if let Some(server) = &self.server {
            processes::signal(server, rustix::process::Signal::QUIT);
        }
        self.gone();
    }

    /// Stops all of its processes where they are: it takes connections and says nothing,
    /// as one that hangs or is cut off. Killing is all that is left to do with it.
    pub fn freeze(&self) {
        if let Some(server) = &self.server {
            processes::freeze_all(server);
        }
    }

    /// Waits until the process is no more.
    fn gone(&mut self) {
        if let Some(mut server) = self.server.take() {
            let _ = server.wait();
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop_at_once();
    }
}

fn folder(disk: Disk) -> Result<TempDir> {
    let memory = Path::new("/dev/shm");
    let is_roomy = rustix::fs::statvfs(memory)
        .is_ok_and(|found| found.f_bavail.saturating_mul(found.f_frsize) >= MEMORY_MIN);
    let made = match disk {
        Disk::Memory if is_roomy => {
            tempfile::Builder::new().prefix("credits-pg-").tempdir_in(memory)
        }
        Disk::Memory | Disk::Real => tempfile::Builder::new().prefix("credits-pg-").tempdir(),
    };
    made.context("a temporary folder can't be made")
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_somebody_took_is_left_to_them() {
        let wheels = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/postgres");
        let programs = Programs::find(&wheels).unwrap();
        let theirs = TcpListener::bind("127.0.0.1:0").unwrap();
        let taken = theirs.local_addr().unwrap().port();
        let mut cluster = Cluster::empty(&programs, Disk::Memory).unwrap();
        cluster.port = taken;
        assert_ne!(cluster.begin(Vec::new()).unwrap().port(), taken);
    }
}
