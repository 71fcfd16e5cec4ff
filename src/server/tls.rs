//! Certificates: PEM in, what accepts encrypted connections out.

use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Bytes that nobody can guess.
///
/// # Panics
/// If the system has none to give.
pub(super) fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    ring::default_provider().secure_random.fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

/// Why certificates cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// No certificate in the chain.
    #[error("found no certificate, expected a chain as PEM")]
    NoCertificate,
    /// Not PEM, or no key.
    #[error("{0}")]
    Pem(String),
    /// They do not belong together, or are of a kind that is not known.
    #[error("{0}")]
    Mismatch(String),
}

/// An acceptor for a chain of certificates and their key, both as PEM; TLS 1.2 and 1.3.
///
/// # Errors
/// If either is no PEM of its kind, or they do not belong together.
pub fn acceptor(chain: &[u8], key: &[u8]) -> Result<TlsAcceptor, TlsError> {
    let pem = |what: &str, error: &dyn std::fmt::Display| TlsError::Pem(format!("{what}: {error}"));
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(chain)
        .collect::<Result<_, _>>()
        .map_err(|e| pem("certificate", &e))?;
    if chain.is_empty() {
        return Err(TlsError::NoCertificate);
    }
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|e| pem("key", &e))?;
    let mismatch = |error: tokio_rustls::rustls::Error| TlsError::Mismatch(error.to_string());
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(mismatch)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(mismatch)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
