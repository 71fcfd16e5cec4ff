//! `moderato serve`: Perspective's calls, answered on this machine.

mod beside;
mod files;
mod log;

use super::problem::in_words;
use super::{Outcome, Problem, input, output};
use crate::server::config::{Config, RateConfig, TlsConfig, UnknownAttributes};
use crate::server::{App, Limits, router, serve, store::Store, tls};
use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use files::{Files, Watch};
use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::{Path, PathBuf};
use tokio::net::{TcpListener, TcpSocket};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_rustls::TlsAcceptor;

/// Answer Perspective's calls, and our own, over HTTP
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  moderato serve
  moderato serve -m desk.safetensors --listen 127.0.0.1:8080 --store desk.sqlite
  moderato serve --config serve.toml
  moderato serve --store moving.sqlite --keep-text \\
      --record https://commentanalyzer.googleapis.com/v1alpha1

Clients of Perspective call http://127.0.0.1:8080 with any key; Coral's custom endpoint is \
http://127.0.0.1:8080/v1alpha1. The page at http://127.0.0.1:8080/ shows what waits to be decided. What \
else is answered: docs/serve.md, and for programs GET /v1/openapi.json.

Flags win over the file of settings. A model file that changes is read again, as it is on SIGHUP; one that \
cannot be read leaves the old model in service. SIGTERM and SIGINT finish what was accepted.

Logs are JSON lines on standard error, and hold no comment and no key.")]
pub(super) struct ServeArgs {
    /// A model file; the model inside the program unless given
    #[arg(short, long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one, which the log names
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// The address clients reach the server by, where it is not the one they name
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Settings, as TOML
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// What becomes of attributes no label answers to
    #[arg(long, value_enum, value_name = "WHAT")]
    unknown_attributes: Option<Unknown>,
    /// Refuse comments in languages the model does not know
    #[arg(long)]
    strict_language: bool,
    /// A folder of model files named by community, such as `Coral%3Ahttps%3A%2F%2Fnews.example.safetensors`
    #[arg(long, value_name = "DIR")]
    communities: Option<PathBuf>,
    /// Keep decisions in this file of SQLite
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,
    /// Keep the comments' texts with the decisions, and those that are asked about for the page at `/`, where callers
    /// do not forbid it
    #[arg(long)]
    keep_text: bool,
    #[command(flatten)]
    beside: beside::BesideArgs,
    /// Certificates, as PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Their key, as PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Let pages of this origin call from a browser; `*` for all
    #[arg(long, value_name = "ORIGIN")]
    cors: Vec<String>,
    /// How many calls a second are answered of one address; the others with 429
    #[arg(long, value_name = "N", value_parser = input::count::<NonZeroU32>)]
    rate: Option<NonZeroU32>,
    /// What to log
    #[arg(long, value_enum, default_value_t = log::Level::Info, value_name = "LEVEL")]
    log: log::Level,
    /// How many threads answer; all cores unless given
    #[arg(long, value_name = "N", value_parser = input::count::<NonZeroUsize>)]
    threads: Option<NonZeroUsize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Unknown {
    /// A neighbour answers to Perspective's names; names nobody knows are refused
    Map,
    /// They are refused
    Refuse,
    /// They are left out of the answer
    Omit,
}

const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

/// Files that are open besides connections.
const OTHER_FILES: u64 = 64;

pub(super) fn run(args: &ServeArgs) -> Result<Outcome> {
    let config = config(args)?;
    let named = args.config.as_deref().map_or(String::new(), |path| format!("{}: ", path.display()));
    let mut settings = config.settings().map_err(|error| Problem::new(format!("{named}{error}")))?;
    settings.limits = fitting(&settings.limits);
    let listen = config.listen.as_deref().unwrap_or(DEFAULT_LISTEN);
    let address: SocketAddr = listen.parse().map_err(|_| {
        Problem::new(format!(
            "{named}found `listen = \"{listen}\"`, expected an address such as 127.0.0.1:8080"
        ))
    })?;
    let acceptor = config.tls.as_ref().map(acceptor).transpose()?;
    let files = Files {
        base: config.model.clone(),
        communities: config.communities.clone(),
        folder: args.communities.clone(),
    };
    let (models, watch) = files.load()?;
    if let Some(attribute) = settings.coral.as_ref().and_then(|phase| phase.unanswered(&models)) {
        let message = format!(
            "{named}`coral.rule`: rule on `{attribute}`: no label of {} answers it, expected one of {}",
            models.base.id,
            models.base.attributes.names().join(", ")
        );
        return Err(Problem::new(message).into());
    }
    config.store.as_deref().map(check_store).transpose()?;
    let store = match &config.store {
        Some(path) => Some(Store::open(path)?.keeping_text(config.keep_text)),
        None => None,
    };
    if config.keep_text && store.is_none() {
        let problem = Problem::new(format!("{named}found no store to keep texts in, expected `--store`"));
        return Err(problem
            .hint("for instance `--store decisions.sqlite`, or leave out `--keep-text`")
            .into());
    }
    let beside = args.beside.open(store.is_some())?;
    log::start(args.log);
    if !address.ip().is_loopback() && settings.keys.is_open() {
        tracing::warn!(%address, "whoever reaches this address may call: no keys are set");
    }
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if let Some(threads) = args.threads {
        runtime.worker_threads(threads.get());
    }
    let runtime = runtime.enable_all().build().context("cannot start threads")?;
    let app = App::with(settings, models, store, beside);
    let finished = runtime.block_on(listen_on(address, app, acceptor, watch))?;
    if !finished {
        tracing::warn!("stopped before every call was answered");
    }
    Ok(Outcome::Done)
}

/// Refuses a store that is a folder, or has none to stand in.
fn check_store(path: &Path) -> Result<()> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    match folder.is_none_or(Path::is_dir) {
        _ if path.is_dir() => {
            let message = format!("{}: found a folder, expected a store of decisions", path.display());
            Err(Problem::new(message).into())
        }
        true => Ok(()),
        false => Err(output::not_made(path, &std::io::ErrorKind::NotFound.into())),
    }
}

async fn listen_on(address: SocketAddr, app: App, tls: Option<TlsAcceptor>, watch: Watch) -> Result<bool> {
    let listener = listener(address).with_context(|| format!("{address}: cannot listen"))?;
    let bound = listener.local_addr().with_context(|| format!("{address}: cannot listen"))?;
    let (terminate, interrupt) = (signals(SignalKind::terminate())?, signals(SignalKind::interrupt())?);
    let hangup = signals(SignalKind::hangup())?;
    let model = app.models().now().base.id.clone();
    tracing::info!(address = %bound, tls = tls.is_some(), %model, "listening");
    let watching = tokio::spawn(watch.run(app.clone(), hangup));
    let finished = serve(app.clone(), router(app), listener, tls, asked_to_stop(terminate, interrupt)).await;
    watching.abort();
    tracing::info!("stopped");
    Ok(finished)
}

/// How many callers may wait for the server to take their connection, as far as the system allows so many.
const WAITING: u32 = 4096;

/// Listens, with room for a crowd that comes at once: who finds none asks again after a second, which is longer than
/// Coral waits for an answer, and the usual room is for 128.
fn listener(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A server that is started again may have the address of the one before at once.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING)
}

fn signals(kind: SignalKind) -> Result<Signal> {
    signal(kind).context("cannot receive signals")
}

async fn asked_to_stop(mut terminate: Signal, mut interrupt: Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping");
}

/// The file of settings, with the flags in their places.
fn config(args: &ServeArgs) -> Result<Config> {
    let mut config = match &args.config {
        None => Config::default(),
        Some(path) => {
            let bytes = input::read_file(path)?;
            let text = String::from_utf8(bytes)
                .map_err(|_| Problem::new(format!("{}: found no UTF-8, expected TOML", path.display())))?;
            let mut config = Config::parse(&text).map_err(|error| {
                Problem::new(format!("{}:{}", path.display(), in_words(&error.to_string())))
            })?;
            from_folder(&mut config, path.parent().unwrap_or(Path::new("")));
            config
        }
    };
    let or = |flag: &Option<PathBuf>, written: &mut Option<PathBuf>| {
        if let Some(flag) = flag {
            *written = Some(flag.clone());
        }
    };
    or(&args.model, &mut config.model);
    or(&args.store, &mut config.store);
    if let Some(listen) = args.listen {
        config.listen = Some(listen.to_string());
    }
    if args.public_url.is_some() {
        config.public_url.clone_from(&args.public_url);
    }
    if let Some(unknown) = args.unknown_attributes {
        config.unknown_attributes = Some(match unknown {
            Unknown::Map => UnknownAttributes::Map,
            Unknown::Refuse => UnknownAttributes::Refuse,
            Unknown::Omit => UnknownAttributes::Omit,
        });
    }
    config.strict_language |= args.strict_language;
    config.keep_text |= args.keep_text;
    if let (Some(cert), Some(key)) = (&args.tls_cert, &args.tls_key) {
        config.tls = Some(TlsConfig { cert: cert.clone(), key: key.clone() });
    }
    if let Some(per_second) = args.rate {
        config.rate = Some(RateConfig { per_second, burst: None });
    }
    config.cors.origins.extend(args.cors.iter().cloned());
    Ok(config)
}

/// Paths in a file begin where the file is.
fn from_folder(config: &mut Config, folder: &Path) {
    let paths = config.model.iter_mut().chain(&mut config.store).chain(config.communities.values_mut());
    let certificates = config.tls.iter_mut().flat_map(|tls| [&mut tls.cert, &mut tls.key]);
    for path in paths.chain(certificates) {
        *path = folder.join(&*path);
    }
}

fn acceptor(config: &TlsConfig) -> Result<TlsAcceptor> {
    let (chain, key) = (input::read_file(&config.cert)?, input::read_file(&config.key)?);
    let named = || format!("{}, {}", config.cert.display(), config.key.display());
    tls::acceptor(&chain, &key).with_context(named)
}

/// The same limits, with no more connections than the system lets this process have files, once it was asked for as
/// many as it gives.
fn fitting(limits: &Limits) -> Limits {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let found = getrlimit(Resource::Nofile);
    let wanted = limits.max_connections as u64 + OTHER_FILES;
    if found.current.is_some_and(|current| current < wanted) {
        let most = found.maximum.map_or(wanted, |most| wanted.min(most));
        // Where it is refused there are as many as there were.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum: found.maximum });
    }
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let connections = usize::try_from(files.saturating_sub(OTHER_FILES)).unwrap_or(usize::MAX).max(1);
    Limits { max_connections: limits.max_connections.min(connections), ..limits.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::net::TcpStream;
    use std::time::Duration;

    #[test]
    fn a_crowd_that_comes_at_once_waits_for_no_second_try() {
        const CROWD: u32 = 512;
        let allowed = std::fs::read_to_string("/proc/sys/net/core/somaxconn").unwrap_or_default();
        if allowed.trim().parse().is_ok_and(|allowed: u32| allowed < CROWD) {
            let _ = writeln!(std::io::stderr(), "skipped: this system lets {} wait", allowed.trim());
            return;
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        // Nobody takes a connection.
        let listener = runtime.block_on(async { listener(([127, 0, 0, 1], 0).into()) }).unwrap();
        let address = listener.local_addr().unwrap();
        let mut crowd = Vec::new();
        for number in 0..CROWD {
            let stream = TcpStream::connect_timeout(&address, Duration::from_secs(20));
            crowd.push(stream.unwrap_or_else(|error| panic!("caller {number} of {CROWD}: {error}")));
        }
    }
}
