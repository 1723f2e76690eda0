//! A second server that has all the first one acknowledged, and takes its place.
//!
//! Both wait for a standby of this name before they say that something is committed:
//! one that was promoted acknowledges nothing until it has a standby of its own, so
//! there are two copies at any time.

use anyhow::{Context as _, Result, ensure};

use crate::{Cluster, Disk, Host, Programs};

/// What a standby calls itself, and what its primary waits for.
const NAME: &str = "standby";

impl Cluster {
    /// Starts one that acknowledges nothing before a [standby](Self::standby) has it.
    pub fn start_synchronous(programs: &Programs, disk: Disk) -> Result<Self> {
        Self::start_with(programs, disk, waits_for_a_standby())
    }

    /// The same on a host of a network.
    pub fn start_synchronous_on(programs: &Programs, disk: Disk, host: Host) -> Result<Self> {
        let mut cluster = Self::empty(programs, disk)?;
        cluster.host = Some(host);
        cluster.begin(waits_for_a_standby())
    }

    /// The same on a host of a network, at this one's port.
    pub fn standby_on(&self, disk: Disk, host: Host) -> Result<Self> {
        let mut standby = Self::empty(&self.programs, disk)?;
        (standby.host, standby.port) = (Some(host), self.port);
        self.begin_standby(standby)
    }

    /// Copies this one and starts the copy as its standby, on a port of another that is
    /// no more or on a new one.
    pub fn standby(&self, disk: Disk, port: Option<u16>) -> Result<Self> {
        let mut standby = Self::empty(&self.programs, disk)?;
        standby.port = port.unwrap_or(standby.port);
        self.begin_standby(standby)
    }

    fn begin_standby(&self, mut standby: Self) -> Result<Self> {
        self.copy_to(&standby)?;
        standby.settings = waits_for_a_standby();
        standby.settings.push(format!(
            "primary_conninfo=host={} port={} user=postgres application_name={NAME}",
            self.address(),
            self.port
        ));
        standby.start_again()?;
        Ok(standby)
    }

    fn copy_to(&self, standby: &Self) -> Result<()> {
        let mut copy = self.command("pg_basebackup");
        copy.args(["-h", &self.address(), "-U", "postgres", "-p", &self.port.to_string()]);
        copy.args(["-X", "stream", "-c", "fast", "--no-sync", "-D"]).arg(standby.data());
        let copied = copy.output().context("pg_basebackup can't be run")?;
        let said = String::from_utf8_lossy(&copied.stderr);
        ensure!(copied.status.success(), "pg_basebackup: {said}");
        let signal = standby.data().join("standby.signal");
        std::fs::write(&signal, "")?;
        if let Some((user, group)) = self.programs.owner {
            std::os::unix::fs::chown(signal, Some(user), Some(group))?;
        }
        Ok(())
    }

    /// Makes a standby a server of its own, and waits until it takes writes.
    pub fn promote(&mut self) -> Result<()> {
        let mut promote = self.command("pg_ctl");
        promote.arg("promote").arg("-w").arg("-D").arg(self.data());
        let promoted = promote.output().context("pg_ctl can't be run")?;
        let said = String::from_utf8_lossy(&promoted.stderr);
        ensure!(promoted.status.success(), "pg_ctl: {said}");
        Ok(())
    }
}

fn waits_for_a_standby() -> Vec<String> {
    vec![format!("synchronous_standby_names={NAME}"), "synchronous_commit=on".to_owned()]
}
