//! What is left when an owner ends without a word, by ctrl-C or kill -9, is cleared
//! away: a small shell of its own process group waits for that.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Waits for the end of process `$1`, then stops the server whose data is in `$2` and
/// removes the folder.
const SCRIPT: &str = r#"
while kill -0 "$1" 2>/dev/null; do sleep 1; done
server=$(head -n 1 "$2/data/postmaster.pid" 2>/dev/null) && kill -QUIT "$server"
sleep 1
rm -rf "$2"
"#;

/// Watches over a folder until it is dropped.
pub(crate) struct Warden(Child);

impl Warden {
    pub(crate) fn of(folder: &Path) -> std::io::Result<Self> {
        let mut shell = Command::new("sh");
        shell.args(["-c", SCRIPT, "warden", &std::process::id().to_string()]).arg(folder);
        shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        shell.process_group(0).spawn().map(Self)
    }
}

impl Drop for Warden {
    fn drop(&mut self) {
        // The owner clears away itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
