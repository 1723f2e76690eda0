//! Connections that are encrypted: a server is known by its certificate, or not used.

use pgcluster::Cluster;
use rcgen::generate_simple_self_signed;
use store::{Address, Db, Error, OpenError, ServerOptions, projections};
use tempfile::TempDir;

use crate::server::{NOW, programs, raw};

/// A certificate of a name and its key, in PEM.
fn certified(name: &str) -> (String, String) {
    let made = generate_simple_self_signed([name.to_owned()]).unwrap();
    (made.cert.pem(), made.signing_key.serialize_pem())
}

async fn open(cluster: &Cluster, query: &str) -> Result<Db, OpenError> {
    let address = Address::parse(&format!("{}?{query}", cluster.url("postgres"))).unwrap();
    Db::connect(&ServerOptions::serve(address, NOW)).await
}

/// Why it is not used: the last of the causes.
async fn refused(cluster: &Cluster, query: &str) -> String {
    let error = open(cluster, query).await.map(drop).unwrap_err();
    let mut last: &dyn std::error::Error = &error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last.to_string()
}

/// Whether the connections of a database that was just read are encrypted.
async fn are_encrypted(cluster: &Cluster, db: &Db) -> Vec<bool> {
    db.read::<_, Error, _>(|tx| Box::pin(projections::projected(tx))).await.unwrap();
    let look = "SELECT DISTINCT ssl
        FROM pg_stat_ssl
        JOIN pg_stat_activity USING (pid)
        WHERE application_name = 'credits'";
    let rows = raw(&cluster.url("postgres")).await.query(look, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_known_by_its_certificate_or_not_used() {
    let folder = TempDir::new().unwrap();
    let roots = |name: &str, certificate: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, certificate).unwrap();
        format!("sslmode=require&sslrootcert={}", path.display())
    };
    let (ours, others, elsewhere) =
        (certified("127.0.0.1"), certified("127.0.0.1"), certified("db.example"));

    let started = Cluster::start_encrypted(&programs(), (&ours.0, &ours.1));
    let cluster = match started {
        // The other test here holds for it all the same.
        Err(error) if error.to_string().contains("SSL is not supported by this build") => {
            println!("skipped: this PostgreSQL was built without TLS");
            return;
        }
        started => started.unwrap(),
    };
    let db = open(&cluster, &roots("ours", &ours.0)).await.unwrap();
    assert_eq!(are_encrypted(&cluster, &db).await, [true]);
    db.close().await;
    let refusals = [
        ("the system's authorities", refused(&cluster, "sslmode=require").await),
        ("another certificate", refused(&cluster, &roots("others", &others.0)).await),
        ("no file", refused(&cluster, "sslmode=require&sslrootcert=/nowhere").await),
    ];

    let cluster = Cluster::start_encrypted(&programs(), (&elsewhere.0, &elsewhere.1)).unwrap();
    let named = refused(&cluster, &roots("elsewhere", &elsewhere.0)).await;
    let refusals = [&refusals[..], &[("another name", named)]].concat();
    insta::assert_debug_snapshot!(refusals);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_encryption_is_not_used_where_it_is_asked_for() {
    let cluster = Cluster::start(&programs(), pgcluster::Disk::Memory).unwrap();
    insta::assert_snapshot!(refused(&cluster, "sslmode=require").await);
}
