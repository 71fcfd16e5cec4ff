//! How far a long run has come, so that one that was broken off can be gone on with.
//!
//! Beside the output `FILE` grow `FILE.part`, what has been written, and `FILE.journal`, a line for each point up to
//! which `FILE.part` is whole: the input, the pieces of it that are done, the bytes they made, and what came of them.
//! Whatever ends a run, the next one finds the last such point, cuts `FILE.part` there and goes on behind it, so no
//! piece is lost and none is written twice. When all is done `FILE.part` becomes `FILE` and the journal goes. While a
//! run is at work no other may write the same output.
//! Absent: any look at the inputs' content; one that was changed in between is read as it is now.

use super::Problem;
use super::comments::Summary;
use super::output;
use super::walk::Input;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How far a run has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Point {
    /// The input at work, from 0.
    pub(super) input: usize,
    /// Pieces of it that are done; `None` says that all are.
    pub(super) pieces: Option<u64>,
}

/// A line of the journal.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entry {
    #[serde(flatten)]
    point: Point,
    /// Bytes of the part that are whole.
    bytes: u64,
    /// The settings, and all inputs up to this one: who goes on with others would mix two runs.
    run: String,
    summary: Summary,
}

/// The journal of an output.
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    run: Run,
    written: Option<Instant>,
}

/// What an earlier run left.
pub(super) struct Left {
    pub(super) journal: Journal,
    pub(super) part: File,
    /// Bytes of the part.
    pub(super) bytes: u64,
    pub(super) point: Point,
    pub(super) summary: Summary,
}

/// Between two points goes at least this long: each makes the system write.
const PAUSE: Duration = Duration::from_millis(50);

/// Where the part of an output stands.
pub(super) fn part_of(output: &Path) -> PathBuf {
    with_ending(output, ".part")
}

/// Where the journal of an output stands.
pub(super) fn journal_of(output: &Path) -> PathBuf {
    with_ending(output, ".journal")
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Takes the journal for this run alone; the system gives it back when the run ends, however it does.
///
/// # Errors
/// If another run has it.
#[cfg(unix)]
fn claim(journal: &File, output: &Path) -> Result<()> {
    use rustix::fs::{FlockOperation, flock};
    // Where the file system knows no locks there are none.
    if flock(journal, FlockOperation::NonBlockingLockExclusive) == Err(rustix::io::Errno::WOULDBLOCK) {
        let problem = Problem::new(format!("{}: found another run that is writing it", output.display()));
        return Err(problem.hint("wait for its end, or name another output").into());
    }
    Ok(())
}

#[cfg(not(unix))]
fn claim(_: &File, _: &Path) -> Result<()> {
    Ok(())
}

/// What a run is known by: its settings and the inputs up to the one at work.
struct Run {
    hash: Sha256,
    n_inputs: usize,
}

impl Run {
    fn new(settings: &str) -> Self {
        let mut run = Self { hash: Sha256::new(), n_inputs: 0 };
        run.take(settings.as_bytes());
        run
    }

    fn take(&mut self, part: &[u8]) {
        self.hash.update((part.len() as u64).to_le_bytes());
        self.hash.update(part);
    }

    /// The run's name as far as input number `input`, from 0; later calls ask for later inputs.
    fn up_to(&mut self, input: usize, inputs: &[Input]) -> String {
        while self.n_inputs <= input {
            match inputs.get(self.n_inputs) {
                Some(Ok(path)) => self.take(path.as_os_str().as_encoded_bytes()),
                Some(Err(problem)) => self.take(problem.to_string().as_bytes()),
                None => self.take(b""),
            }
            self.n_inputs += 1;
        }
        let digest = self.hash.clone().finalize();
        digest.iter().take(16).map(|b| format!("{b:02x}")).collect()
    }
}

impl Journal {
    /// A new journal for `output`, and the empty part.
    ///
    /// # Errors
    /// If either cannot be written.
    pub(super) fn begin(output: &Path, settings: &str) -> Result<(Self, File)> {
        let path = journal_of(output);
        // Emptied only when it is ours: another run may be at work on it.
        let file = OpenOptions::new().create(true).append(true).open(&path);
        let file = file.map_err(|error| output::not_made(output, &error))?;
        claim(&file, output)?;
        file.set_len(0).with_context(|| format!("{}: cannot write", path.display()))?;
        let part = File::create(part_of(output)).map_err(|error| output::not_made(output, &error))?;
        Ok((Self { path, file, run: Run::new(settings), written: None }, part))
    }

    /// The journal and part that an earlier run left, the part cut behind the last point, and that point; nothing if
    /// there is none.
    ///
    /// # Errors
    /// If they cannot be read, or are of another run.
    pub(super) fn resume(output: &Path, settings: &str, inputs: &[Input]) -> Result<Option<Left>> {
        let path = journal_of(output);
        let Ok(earlier) = OpenOptions::new().read(true).append(true).open(&path) else { return Ok(None) };
        claim(&earlier, output)?;
        let cannot = || format!("{}: cannot go on", path.display());
        let mut part = match OpenOptions::new().read(true).write(true).open(part_of(output)) {
            Ok(part) => part,
            Err(_) => return Ok(None),
        };
        let length = part.metadata().with_context(cannot)?.len();
        let mut last: Option<Entry> = None;
        for line in BufReader::new(&earlier).lines() {
            // A line may be half written, and what it speaks of may not have reached the disk.
            let Ok(entry) = serde_json::from_str::<Entry>(&line.with_context(cannot)?) else { continue };
            if entry.bytes <= length {
                last = Some(entry);
            }
        }
        let Some(entry) = last else { return Ok(None) };
        let mut run = Run::new(settings);
        let same = run.up_to(entry.point.input, inputs) == entry.run && entry.point.input < inputs.len();
        if !same {
            let found = format!("{}: found the journal of another call", path.display());
            let hint = "call it with the inputs and flags it began with, or without `--resume` to begin anew";
            return Err(Problem::new(found).hint(hint).into());
        }
        part.set_len(entry.bytes).with_context(cannot)?;
        part.seek(SeekFrom::End(0)).with_context(cannot)?;
        let mut file = earlier;
        // A half written line must not swallow the next one.
        writeln!(file).with_context(cannot)?;
        let journal = Self { path, file, run, written: Some(Instant::now()) };
        Ok(Some(Left { journal, part, bytes: entry.bytes, point: entry.point, summary: entry.summary }))
    }

    /// Whether it is time for a point: the first is written at once, so that every run can be gone on with.
    pub(super) fn is_due(&self) -> bool {
        self.written.is_none_or(|at| at.elapsed() >= PAUSE)
    }

    /// Whether a later run has something to go on with.
    pub(super) fn has_points(&self) -> bool {
        self.written.is_some()
    }

    /// Notes that the part is whole up to `bytes`, which have been written.
    ///
    /// # Errors
    /// If the journal cannot be written.
    pub(super) fn note(
        &mut self,
        point: Point,
        bytes: u64,
        inputs: &[Input],
        summary: &Summary,
    ) -> Result<()> {
        let run = self.run.up_to(point.input, inputs);
        let entry = Entry { point, bytes, run, summary: summary.clone() };
        let mut line = serde_json::to_vec(&entry)?;
        line.push(b'\n');
        self.file.write_all(&line).with_context(|| format!("{}: cannot write", self.path.display()))?;
        self.written = Some(Instant::now());
        Ok(())
    }
}
