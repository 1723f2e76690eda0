//! The processes of a server: its first one, and those that one made.

use std::path::Path;
use std::process::Child;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// How long a killed process may take to be gone, in steps of [`STEP`].
const STEPS_MAX: u32 = 1_000;
const STEP: Duration = Duration::from_millis(10);

/// Sends the first process a signal. It may have ended by itself.
pub(crate) fn signal(server: &Child, signal: Signal) {
    let _ = kill_process(Pid::from_child(server), signal);
    if signal != Signal::STOP {
        // A frozen one would never get it.
        let _ = kill_process(Pid::from_child(server), Signal::CONT);
    }
}

/// Stops all of them. The first one goes first: it makes no others then.
pub(crate) fn freeze_all(server: &Child) {
    signal(server, Signal::STOP);
    wait_until(|| state(Pid::from_child(server)).is_none_or(|state| "TZ".contains(state)));
    for child in children_of(server.id()) {
        let _ = kill_process(child, Signal::STOP);
    }
}

/// Kills all of them, and waits until the others have let go of what they share.
pub(crate) fn kill_all(server: &Child) {
    freeze_all(server);
    let children = children_of(server.id());
    signal(server, Signal::KILL);
    for child in &children {
        let _ = kill_process(*child, Signal::KILL);
    }
    wait_until(|| children.iter().all(|child| state(*child).is_none_or(|state| state == 'Z')));
}

fn wait_until(is_so: impl Fn() -> bool) {
    for _ in 0..STEPS_MAX {
        if is_so() {
            return;
        }
        std::thread::sleep(STEP);
    }
}

/// The letter for what a process does, as the system has it; none when it is gone.
fn state(process: Pid) -> Option<char> {
    let path = format!("/proc/{}/stat", process.as_raw_nonzero());
    let line = std::fs::read_to_string(Path::new(&path)).ok()?;
    // The name before it stands in parentheses and may have any letter.
    line.rsplit_once(") ")?.1.chars().next()
}

fn children_of(parent: u32) -> Vec<Pid> {
    let path = format!("/proc/{parent}/task/{parent}/children");
    let listed = std::fs::read_to_string(path).unwrap_or_default();
    let numbers = listed.split_whitespace().filter_map(|word| word.parse().ok());
    numbers.filter_map(Pid::from_raw).collect()
}
