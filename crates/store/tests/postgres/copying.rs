//! What a copy holds on to while it reads.

use store::copying;

use crate::server::Scratch;

/// Both fail at once where they would have to wait.
const EDIT: &str = "SET lock_timeout = 1; SELECT name FROM turns WHERE name = 'edit' FOR UPDATE";
const APPEND: &str = "SET lock_timeout = 1; UPDATE heads SET seq = seq";

#[tokio::test]
async fn nobody_appends_or_edits_while_a_copy_reads() {
    let scratch = Scratch::new().await;
    let (db, other) = (scratch.serve().await, scratch.raw().await);
    let refused = db.still::<_, store::Error, _>(move |tx| {
        Box::pin(async move {
            let table = copying::tables().next().unwrap();
            tx.one(table.count()).await?;
            let mut refused = Vec::new();
            for text in [EDIT, APPEND] {
                refused.push(other.batch_execute(text).await.is_err());
            }
            Ok(refused)
        })
    });
    assert_eq!(refused.await.unwrap(), [true, true]);
    let after = scratch.raw().await;
    for text in [EDIT, APPEND] {
        after.batch_execute(text).await.unwrap();
    }
    db.close().await;
}
