//! Encryption of connections, as `sslmode` asks. A server's certificate is always
//! checked, against the system's authorities or those in a file.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::Cause;

/// What connects with encryption.
pub(super) fn connector(roots: Option<&Path>) -> Result<MakeRustlsConnect, Cause> {
    let mut store = RootCertStore::empty();
    if let Some(path) = roots {
        for certificate in CertificateDer::pem_file_iter(path)? {
            store.add(certificate?)?;
        }
    } else {
        let found = rustls_native_certs::load_native_certs();
        // A certificate nobody can read is one the system does not have.
        let _ = store.add_parsable_certificates(found.certs);
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(store)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
