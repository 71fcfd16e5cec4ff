//! A server of the library, in this process, for as long as a test needs it.

use moderato::model::Model;
use moderato::server::config::Config;
use moderato::server::store::Store;
use moderato::server::{App, ModelSet, Served, router, serve};
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// A server that stops when it goes.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) app: App,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<bool>>,
}

impl Running {
    /// Answers with the model inside the program.
    pub(crate) fn with(config: &str) -> Self {
        Self::keeping(config, None)
    }

    /// And keeps decisions.
    pub(crate) fn keeping(config: &str, store: Option<Store>) -> Self {
        static BASE: OnceLock<Arc<Served>> = OnceLock::new();
        let base = BASE.get_or_init(|| {
            Arc::new(Served::new(
                Model::embedded().expect("the model inside is sound"),
                Some("# Card".into()),
            ))
        });
        let set = ModelSet { base: base.clone(), communities: Default::default() };
        let settings = Config::parse(config).and_then(|config| config.settings()).expect("settings");
        let app = App::new(settings, set, store);
        let (stop, stopped) = oneshot::channel::<()>();
        let (ready, address) = std::sync::mpsc::channel();
        let served = app.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
                ready.send(listener.local_addr().expect("an address")).expect("somebody waits");
                let stopped = async {
                    let _ = stopped.await;
                };
                serve(served.clone(), router(served), listener, None, stopped).await
            })
        });
        let address = address.recv().expect("the server listens");
        Self { address, app, stop: Some(stop), thread: Some(thread) }
    }

    /// Asks it to stop.
    pub(crate) fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }

    /// Whether it finished everything.
    pub(crate) fn ends_well(&mut self) -> bool {
        self.stop();
        self.thread.take().is_some_and(|thread| thread.join().unwrap_or(false))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.ends_well();
    }
}

/// One with no settings, for all tests that change nothing.
pub(crate) fn shared() -> SocketAddr {
    static SHARED: OnceLock<Running> = OnceLock::new();
    SHARED.get_or_init(|| Running::with("")).address
}
