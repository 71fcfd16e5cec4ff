//! What is done when the user breaks off: temporary files go, and what can be gone on with is said.
//!
//! The system's way to end a program leaves what it was writing. Files named here are removed first; one that a later
//! run goes on with stays. Absent: any handler before the first file is named, so that a server has its own.

use super::talk;
use anyhow::Result;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};

/// What is being written.
struct Open {
    temporary: Vec<PathBuf>,
    /// What to say of a run that can be gone on with.
    farewell: Option<String>,
}

static OPEN: Mutex<Open> = Mutex::new(Open { temporary: Vec::new(), farewell: None });

/// 128 and the number of the signal that Ctrl-C sends, as shells count.
const INTERRUPTED: i32 = 130;

/// A temporary file's stay in the list of those to remove; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Guard(PathBuf);

/// Makes a temporary file and has it removed if the user breaks off.
///
/// # Errors
/// Those of `make`.
pub(super) fn removable<T: AsRef<Path>>(make: impl FnOnce() -> Result<T>) -> Result<(T, Guard)> {
    handle();
    // Who breaks off in between waits until the file is in the list.
    let mut open = open();
    let made = make()?;
    open.temporary.push(made.as_ref().to_owned());
    let guard = Guard(made.as_ref().to_owned());
    Ok((made, guard))
}

/// What to say if the user breaks off from here on.
pub(super) fn say_at_the_end(farewell: Option<String>) {
    handle();
    open().farewell = farewell;
}

impl Drop for Guard {
    fn drop(&mut self) {
        open().temporary.retain(|path| *path != self.0);
    }
}

fn open() -> std::sync::MutexGuard<'static, Open> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn handle() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Where no handler can be set the system's own way is as good as before.
        let _ = ctrlc::set_handler(break_off);
    });
}

#[expect(clippy::exit, reason = "the user asked to end the program, and no other thread can be told to")]
fn break_off() {
    let open = open();
    for path in &open.temporary {
        let _ = std::fs::remove_file(path);
    }
    if let Some(farewell) = &open.farewell {
        talk::say(farewell);
    }
    std::process::exit(INTERRUPTED);
}
