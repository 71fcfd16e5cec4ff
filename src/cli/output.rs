//! Where results go: standard output, or a file that appears whole or not at all.

use super::Problem;
use super::comments::Summary;
use super::interrupt::{self, Guard};
use super::journal::{self, Journal, Point};
use super::walk::Input;
use anyhow::{Context, Result};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Takes what a command writes.
pub(super) enum Output {
    /// Standard output.
    Stdout(BufWriter<StdoutLock<'static>>),
    /// A temporary file beside its destination, renamed when [`finish`](Output::finish)ed and removed otherwise.
    File { file: BufWriter<NamedTempFile>, path: PathBuf, guard: Guard },
    /// A part that grows beside its destination with a journal, and stays if the run is broken off.
    Part(Part),
    /// What is there already and no regular file: a device, a pipe; and its name.
    Device(BufWriter<File>, PathBuf),
}

/// A part of a file, and how far it has come.
pub(super) struct Part {
    file: BufWriter<File>,
    bytes: u64,
    journal: Journal,
    path: PathBuf,
}

const BUFFER: usize = 1 << 18;

/// Refuses to write over one of the files that are read.
pub(super) fn check_apart<'p>(
    outputs: impl IntoIterator<Item = impl AsRef<Path>>,
    inputs: impl IntoIterator<Item = &'p PathBuf>,
) -> Result<()> {
    let inputs: Vec<PathBuf> = inputs.into_iter().filter_map(|input| input.canonicalize().ok()).collect();
    for named in outputs {
        let named = named.as_ref();
        let found = named.canonicalize().ok().filter(|path| path.is_file());
        if found.is_some_and(|output| inputs.contains(&output)) {
            let message = format!("{}: found the same file as input and as output", named.display());
            return Err(Problem::new(message).hint("name another output; the input would be lost").into());
        }
    }
    Ok(())
}

/// Finds out before the work, not after it, that its result has no place to go.
pub(super) fn check_place(output: Option<&Path>) -> Result<()> {
    output.map_or(Ok(()), |path| Output::open(Some(path)).map(drop))
}

/// Refuses outputs that no later run could go on with.
pub(super) fn check_resumable(output: Option<&Path>) -> Result<()> {
    let found = match output {
        Some(path) if path == Path::new("-") => "`-`: standard output".to_owned(),
        Some(path) if path.exists() && !path.is_file() => format!("{}: no regular file", path.display()),
        _ => return Ok(()),
    };
    let problem = Problem::new(format!("{found}, which cannot be gone on with, expected a file"));
    Err(problem.hint("leave out `--resume`, or name a file").into())
}

impl Output {
    /// The file at `path`, or standard output for none and for `-`.
    pub(super) fn open(path: Option<&Path>) -> Result<Self> {
        match path.filter(|path| *path != Path::new("-")) {
            None => Ok(Self::Stdout(BufWriter::with_capacity(BUFFER, io::stdout().lock()))),
            Some(named) => {
                let cannot = || format!("{}: cannot write", named.display());
                // A link stands for what it leads to; a file that is not there yet leads nowhere.
                let path = named.canonicalize().unwrap_or_else(|_| named.to_owned());
                match std::fs::metadata(&path) {
                    // Devices and pipes take bytes as they come, and must not be replaced by a file.
                    Ok(found) if !found.is_file() && !found.is_dir() => {
                        let file = OpenOptions::new().write(true).open(&path).with_context(cannot)?;
                        Ok(Self::Device(BufWriter::with_capacity(BUFFER, file), named.to_owned()))
                    }
                    Ok(found) if found.is_dir() => {
                        let message =
                            format!("{}: found a folder, expected a file to write", named.display());
                        Err(Problem::new(message).into())
                    }
                    found => {
                        let (file, guard) = interrupt::removable(|| temporary_beside(&path))?;
                        if let Ok(found) = found {
                            file.as_file().set_permissions(found.permissions()).with_context(cannot)?;
                        }
                        Ok(Self::File { file: BufWriter::with_capacity(BUFFER, file), path, guard })
                    }
                }
            }
        }
    }

    /// The same, but a file at `path` grows in a part that a later run can go on with, if this one is broken off; if
    /// `resume`, the part that an earlier run left is gone on with, and the point it had come to is given back.
    ///
    /// # Errors
    /// If nothing can be written there, or the part is of another run.
    pub(super) fn open_part(
        path: Option<&Path>,
        settings: &str,
        inputs: &[Input],
        resume: bool,
    ) -> Result<(Self, Option<(Point, Summary)>)> {
        let file = path.filter(|path| *path != Path::new("-"));
        let Some(path) = file.filter(|path| !path.exists() || path.is_file()) else {
            return Ok((Self::open(path)?, None));
        };
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let left = if resume { Journal::resume(&path, settings, inputs)? } else { None };
        let (journal, file, bytes, point) = match left {
            Some(left) => (left.journal, left.part, left.bytes, Some((left.point, left.summary))),
            None => {
                let (journal, file) = Journal::begin(&path, settings)?;
                (journal, file, 0, None)
            }
        };
        let file = BufWriter::with_capacity(BUFFER, file);
        Ok((Self::Part(Part { file, bytes, journal, path }), point))
    }

    /// Notes how far the work has come, if this is a part and it is time to.
    ///
    /// # Errors
    /// If what has been written cannot be put in place.
    pub(super) fn note(&mut self, point: Point, inputs: &[Input], summary: &Summary) -> Result<()> {
        let Self::Part(part) = self else { return Ok(()) };
        if !part.journal.is_due() {
            return Ok(());
        }
        part.file.flush().with_context(|| format!("{}: cannot write", part.path.display()))?;
        if !part.journal.has_points() {
            let name = part.path.display();
            interrupt::say_at_the_end(Some(format!(
                "broken off: what is done is in {name}.part, and the same call with `--resume` goes on"
            )));
        }
        part.journal.note(point, part.bytes, inputs, summary)
    }

    /// Makes the result appear.
    pub(super) fn finish(mut self) -> Result<()> {
        if let Self::Part(part) = &mut self {
            return part.finish();
        }
        match self {
            Self::Part(_) => Ok(()),
            Self::Stdout(mut out) => Ok(out.flush().map_err(|error| on(Path::new(STDOUT), &error))?),
            Self::Device(mut out, path) => Ok(out.flush().map_err(|error| on(&path, &error))?),
            Self::File { file, path, guard } => {
                let cannot = || format!("{}: cannot write", path.display());
                let file = file.into_inner().map_err(io::IntoInnerError::into_error).with_context(cannot)?;
                file.persist(&path).map_err(|e| e.error).with_context(cannot)?;
                drop(guard);
                Ok(())
            }
        }
    }
}

impl Part {
    /// Puts the part in its place and takes the journal away.
    fn finish(&mut self) -> Result<()> {
        let cannot = || format!("{}: cannot write", self.path.display());
        self.file.flush().with_context(cannot)?;
        let part = journal::part_of(&self.path);
        if let Ok(found) = std::fs::metadata(&self.path) {
            self.file.get_ref().set_permissions(found.permissions()).with_context(cannot)?;
        }
        std::fs::rename(&part, &self.path).with_context(cannot)?;
        interrupt::say_at_the_end(None);
        // The journal of a part that is gone is of no use to anyone.
        let _ = std::fs::remove_file(journal::journal_of(&self.path));
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // A part that nobody can go on with is litter.
        if !self.journal.has_points() {
            let _ = std::fs::remove_file(journal::part_of(&self.path));
            let _ = std::fs::remove_file(journal::journal_of(&self.path));
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(out) => out.write(bytes).map_err(|error| on(Path::new(STDOUT), &error)),
            Self::Device(out, path) => out.write(bytes).map_err(|error| on(path, &error)),
            Self::File { file, path, .. } => file.write(bytes).map_err(|error| on(path, &error)),
            Self::Part(part) => {
                let n = part.file.write(bytes).map_err(|error| on(&part.path, &error))?;
                part.bytes += n as u64;
                Ok(n)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(out) => out.flush().map_err(|error| on(Path::new(STDOUT), &error)),
            Self::Device(out, path) => out.flush().map_err(|error| on(path, &error)),
            Self::File { file, path, .. } => file.flush().map_err(|error| on(path, &error)),
            Self::Part(part) => part.file.flush().map_err(|error| on(&part.path, &error)),
        }
    }
}

/// An error with the place where it was met; its kind stays, by which a reader that went away is known.
pub(super) fn on(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: cannot write: {error}", path.display()))
}

/// Why a file cannot be made at `path`: most often its folder is not there.
pub(super) fn not_made(path: &Path, error: &io::Error) -> anyhow::Error {
    match (error.kind(), path.parent()) {
        (io::ErrorKind::NotFound, Some(folder)) => {
            let message = format!("{}: no folder `{}` to write to", path.display(), folder.display());
            Problem::new(message).hint("make the folder first, or name another").into()
        }
        _ => on(path, error).into(),
    }
}

/// What standard output is called.
pub(super) const STDOUT: &str = "standard output";

/// Refuses a folder to write to that is a file.
pub(super) fn check_folder(folder: Option<&Path>) -> Result<()> {
    match folder {
        Some(folder) if folder.exists() && !folder.is_dir() => {
            Err(Problem::new(format!("{}: found a file, expected a folder", folder.display())).into())
        }
        _ => Ok(()),
    }
}

/// Writes a whole file at once, or nothing.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut output = Output::open(Some(path))?;
    output.write_all(bytes)?;
    output.finish()
}

fn temporary_beside(path: &Path) -> Result<NamedTempFile> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".moderato-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // A temporary file is private by default; this one becomes an ordinary file, as the user's mask allows.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    // The system's reason, without the name that nobody gave.
    builder.tempfile_in(folder).map_err(|error| not_made(path, &error.kind().into()))
}

/// Whether a person reads standard output.
pub(super) fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Whether colour may be used on standard output: on a terminal, unless `NO_COLOR` says otherwise.
pub(super) fn stdout_has_color() -> bool {
    stdout_is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// The columns of the terminal; 80 where there is none.
pub(super) fn terminal_width() -> usize {
    terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0)).clamp(40, 200)
}

/// Whether the error, or one below it, is a reader that went away: that is success.
pub(super) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe))
}
