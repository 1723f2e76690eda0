//! What a repair of rows folded from the journal holds on to.

use ledger::Seq;
use store::rows;

use crate::server::Scratch;

/// Each fails at once where it would have to wait.
const OTHERS: [(&str, bool); 7] = [
    ("UPDATE cursors SET seq = seq", false),
    ("UPDATE projected SET seq = seq", false),
    ("UPDATE wallets SET seq = seq", false),
    ("DELETE FROM history WHERE seq < 0", false),
    ("SELECT name FROM turns WHERE name = 'edit' FOR UPDATE", false),
    ("UPDATE heads SET seq = seq", true),
    ("SELECT wallet_id FROM wallets", true),
];

#[tokio::test]
async fn nobody_projects_counts_or_edits_while_rows_are_repaired() {
    let scratch = Scratch::new().await;
    let (db, other) = (scratch.serve().await, scratch.raw().await);
    other.batch_execute("SET lock_timeout = 1").await.unwrap();
    let went = db.repair::<_, store::Error, _>(move |tx| {
        Box::pin(async move {
            tx.exec(rows::lower_projected(Seq::ZERO)).await?.at_most_one()?;
            let mut went = Vec::new();
            for (text, _) in OTHERS {
                went.push(other.batch_execute(text).await.is_ok());
            }
            Ok(went)
        })
    });
    assert_eq!(went.await.unwrap(), OTHERS.map(|(_, goes)| goes));
    let after = scratch.raw().await;
    for (text, _) in OTHERS {
        after.batch_execute(text).await.unwrap();
    }
    db.close().await;
}
