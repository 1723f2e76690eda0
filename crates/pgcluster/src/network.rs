//! A network of one's own: hosts on a bridge, each a network namespace whose cable can
//! be cut. Needs root, and `ip` (Debian's iproute2).
//!
//! Addresses are of the range that is set aside for measuring (198.18.0.0/15).

use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

/// A bridge on this machine.
pub struct Network {
    number: u32,
}

/// A host on it. What runs there is reached from this machine and from other hosts,
/// until its cable is cut.
pub struct Host {
    network: u32,
    number: u8,
}

impl Network {
    /// A new one, without hosts.
    pub fn new() -> Result<Self> {
        // Two at once have different owners.
        let network = Self { number: std::process::id() };
        let bridge = network.bridge();
        ip(&["link", "add", &bridge, "type", "bridge"])?;
        ip(&["address", "add", &format!("{}/24", address(network.number, 1)), "dev", &bridge])?;
        ip(&["link", "set", &bridge, "up"])?;
        Ok(network)
    }

    /// The host of that number, from 2 on.
    pub fn host(&self, number: u8) -> Result<Host> {
        let host = Host { network: self.number, number };
        let (namespace, cable) = (host.namespace(), host.cable());
        ip(&["netns", "add", &namespace])?;
        let inside = ["peer", "name", "eth0", "netns", &namespace];
        ip(&[&["link", "add", &cable, "type", "veth"], &inside[..]].concat())?;
        ip(&["link", "set", &cable, "master", &self.bridge(), "up"])?;
        let ours = format!("{}/24", host.address());
        ip(&["-n", &namespace, "address", "add", &ours, "dev", "eth0"])?;
        ip(&["-n", &namespace, "link", "set", "eth0", "up"])?;
        ip(&["-n", &namespace, "link", "set", "lo", "up"])?;
        Ok(host)
    }

    /// The address of the host of that number, there or not.
    pub fn address(&self, number: u8) -> String {
        address(self.number, number)
    }

    fn bridge(&self) -> String {
        format!("cr{}", self.number)
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        let _ = ip(&["link", "delete", &self.bridge()]);
    }
}

impl Host {
    /// Its address.
    pub fn address(&self) -> String {
        address(self.network, self.number)
    }

    /// From here on nothing reaches it, and nothing it says reaches anyone. Nobody is
    /// told: connections fall silent.
    pub fn cut(&self) -> Result<()> {
        ip(&["link", "set", &self.cable(), "down"])
    }

    /// A command that runs there, as another user if one is named.
    pub(crate) fn command(&self, program: &std::path::Path, user: Option<(u32, u32)>) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.namespace()]);
        if let Some((user, group)) = user {
            command.arg("setpriv").arg(format!("--reuid={user}")).arg(format!("--regid={group}"));
            command.arg("--clear-groups");
        }
        command.arg(program);
        command
    }

    fn namespace(&self) -> String {
        format!("cr{}-{}", self.network, self.number)
    }

    /// Its end on this machine.
    fn cable(&self) -> String {
        format!("cr{}c{}", self.network, self.number)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = ip(&["link", "delete", &self.cable()]);
        let _ = ip(&["netns", "delete", &self.namespace()]);
    }
}

fn address(network: u32, host: u8) -> String {
    let [_, _, high, low] = network.to_be_bytes();
    format!("198.{}.{low}.{host}", 18 + (high & 1))
}

fn ip(arguments: &[&str]) -> Result<()> {
    let mut ip = Command::new("ip");
    let ran = ip.args(arguments).stdin(Stdio::null()).output();
    let ran = ran.context("`ip` is missing: apt-get install iproute2")?;
    let said = String::from_utf8_lossy(&ran.stderr);
    ensure!(ran.status.success(), "ip {}: {}", arguments.join(" "), said.trim());
    Ok(())
}
