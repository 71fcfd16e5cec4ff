//! Connections in, calls to the router, until it is time to stop.

use super::addresses::Peer;
use super::connections::{Connections, Place};
use super::stalled::Patient;
use super::{App, body, router};
use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::header::HOST;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Version};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

/// How long to wait when the system has no room for another connection.
const NO_ROOM: Duration = Duration::from_millis(50);

/// Answers whoever connects to `listener` until `stop` is ready, then finishes what was accepted and returns; with
/// `tls`, encrypted. Says whether everything was finished in time.
pub async fn serve(
    app: App,
    routes: Router,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    stop: impl Future<Output = ()>,
) -> bool {
    let limits = app.settings().limits.clone();
    let connections = Connections::new(limits.max_connections);
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = async {
            let (stream, from) = listener.accept().await?;
            let place = connections.enter(|| {
                app.metrics().evicted.inc();
            });
            Ok((stream, from, place.await))
        };
        let accepted: io::Result<_> = tokio::select! {
            biased;
            () = &mut stop => break,
            accepted = accepted => accepted,
        };
        match accepted {
            Ok((stream, from, Some(place))) => {
                // Only told where somebody asks: it costs something at every call.
                let peer = app.settings().addresses.as_ref().map(|_| Peer(from.ip()));
                let connection = Open { app: app.clone(), routes: routes.clone(), place, peer };
                tokio::spawn(connection.run(stream, tls.clone()));
            }
            Ok((_, _, None)) => break,
            Err(error) => {
                // Too many open files, or a connection that went before it came: neither is for ever.
                tracing::warn!(%error, "cannot accept");
                tokio::time::sleep(NO_ROOM).await;
            }
        }
    }
    drop(listener);
    app.stop();
    body::within(limits.stop, connections.close()).await.is_some()
}

/// A connection.
struct Open {
    app: App,
    routes: Router,
    place: Place,
    peer: Option<Peer>,
}

impl Open {
    async fn run(self, stream: TcpStream, tls: Option<TlsAcceptor>) {
        // Answers are written in one piece; waiting for more only costs.
        let _ = stream.set_nodelay(true);
        let limits = &self.app.settings().limits;
        let (write, idle) = (limits.write, limits.idle);
        match tls {
            None => self.answer(Patient::new(stream, write)).await,
            Some(tls) => {
                // Who does not shake hands, or not in time, is not heard.
                let leave = self.place.connection.clone();
                let stream = tokio::select! {
                    stream = body::within(idle, tls.accept(stream)) => stream,
                    () = leave.asked_to_leave() => None,
                };
                if let Some(Ok(stream)) = stream {
                    self.answer(Patient::new(stream, write)).await;
                }
            }
        }
    }

    async fn answer<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(self, stream: S) {
        let Self { app, routes, place, peer } = self;
        app.metrics().connections.inc();
        let place = Arc::new(place);
        let (of_app, of_calls) = (app.clone(), place.clone());
        let service = service_fn(move |mut request: Request<Incoming>| {
            if let Some(peer) = peer {
                request.extensions_mut().insert(peer);
            }
            let (app, routes, place) = (of_app.clone(), routes.clone(), of_calls.clone());
            async move {
                if !names_one_host(&request) {
                    return Ok(router::without_host(&app));
                }
                place.begin();
                let response = routes.oneshot(request.map(Body::new)).await;
                place.end();
                response
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(app.settings().limits.idle)
            // A caller may say that it has nothing more to say, and still listen.
            .half_close(true)
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = std::pin::pin!(connection);
        // How it ends is the caller's concern: it went away, was too slow, or sent what is not HTTP.
        tokio::select! {
            _ = connection.as_mut() => {}
            () = place.connection.asked_to_leave() => {
                // At once if it is idle, else after the call that is being answered.
                connection.as_mut().graceful_shutdown();
                let _ = connection.await;
            }
        }
        app.metrics().connections.dec();
    }
}

/// Whether a call says once whom it is for (RFC 9112, 3.2); before version 1.1 it need not say so at all.
fn names_one_host<B>(request: &Request<B>) -> bool {
    match request.headers().get_all(HOST).iter().count() {
        1 => true,
        n => n == 0 && request.version() < Version::HTTP_11,
    }
}
