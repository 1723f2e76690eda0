//! What use cases leave behind: jobs and mails, put there by a test.

use domain::{MailKind, UserId};
use store::{Priority, Tx, Work, jobs, mails};

use super::{NOON, TestApp};

impl TestApp {
    /// Has a job done that this server may not know.
    pub async fn enqueue(&self, name: &'static str, key: &str) {
        let (key, payload) = (key.to_owned(), "null".to_owned());
        let new = jobs::NewJob { name, key, payload, run_at: NOON };
        self.leave(move |tx| Box::pin(async move { jobs::enqueue(tx, &new).await })).await;
    }

    /// Queues a mail.
    pub async fn queue_mail(&self, user: UserId, kind: MailKind, key: &str) {
        let new = mails::New {
            key: format!("{}:{key}", kind.as_str()),
            kind: kind.as_str().to_owned(),
            user_id: user.number(),
            data: r#"{"credits":1000000}"#.to_owned(),
            created_at: NOON,
        };
        self.leave(move |tx| {
            Box::pin(async move { tx.exec(mails::queue(&new)).await?.expect_one() })
        })
        .await;
    }

    async fn leave<F>(&self, work: F)
    where
        F: for<'t> FnOnce(&'t mut Tx) -> Work<'t, (), store::Error> + Send + 'static,
    {
        self.opened.db.write(Priority::Edit, work).await.expect("it is left");
    }
}
