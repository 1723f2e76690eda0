//! The subscriptions of many users in one question to a server: who comes while others
//! are being looked up waits for them, and goes then with all who wait. As a spend
//! costs a share of a round trip, so does a balance.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::UserId;
use store::shown_subscriptions::{self as rows, Shown};
use tokio::sync::oneshot;
use tokio_util::task::TaskTracker;

use crate::App;
use crate::error::Error;

/// The most users of one statement.
const USERS_MAX: usize = 256;

/// Who waits.
#[derive(Clone, Default)]
pub(crate) struct Gathering(Arc<Shared>);

#[derive(Default)]
struct Shared {
    tasks: TaskTracker,
    desk: Mutex<Desk>,
}

#[derive(Default)]
struct Desk {
    waiting: Vec<Asked>,
    /// Somebody looks up, and goes on while anyone waits.
    is_at_work: bool,
}

struct Asked {
    user: i64,
    /// Nothing where the server is away.
    reply: oneshot::Sender<Option<Vec<Shown>>>,
}

/// The one who looks up.
struct AtWork {
    gathering: Gathering,
    is_over: bool,
}

impl Drop for AtWork {
    /// Where they end early nobody waits for them for ever.
    fn drop(&mut self) {
        if !self.is_over {
            let mut desk = self.gathering.desk();
            desk.is_at_work = false;
            desk.waiting.clear();
        }
    }
}

impl Gathering {
    /// Ends once nobody waits.
    pub(crate) async fn close(&self) {
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.0.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits from now on; who is to look up, where nobody does.
    fn put(&self, asked: Asked) -> Option<AtWork> {
        let mut desk = self.desk();
        desk.waiting.push(asked);
        let was_at_work = std::mem::replace(&mut desk.is_at_work, true);
        (!was_at_work).then(|| AtWork { gathering: self.clone(), is_over: false })
    }
}

impl AtWork {
    /// Some who wait. Where nobody does it is over.
    fn take(&mut self) -> Option<Vec<Asked>> {
        let mut desk = self.gathering.desk();
        let count = desk.waiting.len().min(USERS_MAX);
        desk.is_at_work = count > 0;
        let taken = (count > 0).then(|| desk.waiting.drain(..count).collect());
        drop(desk);
        self.is_over = taken.is_none();
        taken
    }
}

impl App {
    /// The rows of a user's subscription that has not ended, as they are after now.
    pub(super) async fn live_rows(&self, user: UserId) -> Result<Vec<Shown>, Error> {
        let (user, gathering) = (user.number(), &self.parts.subscriptions);
        if !self.parts.directory.db().is_shared() {
            // A file is no round trip away, and answers several at a time.
            return self.all(rows::live([user])).await;
        }
        let (reply, found) = oneshot::channel();
        if let Some(at_work) = gathering.put(Asked { user, reply }) {
            gathering.0.tasks.spawn(look_up(self.clone(), at_work));
        }
        match found.await {
            Ok(rows) => rows.ok_or_else(|| store::Error::Busy.into()),
            // Something is wrong with one of many: each asks alone, and hears it or not.
            Err(_) => self.all(rows::live([user])).await,
        }
    }
}

async fn look_up(app: App, mut at_work: AtWork) {
    while let Some(asked) = at_work.take() {
        let users = asked.iter().map(|asked| asked.user);
        let rows = match app.parts.directory.db().all(rows::live(users)).await {
            Ok(rows) => rows,
            Err(store::Error::Busy | store::Error::Lost(_)) => {
                for asked in asked {
                    drop(asked.reply.send(None));
                }
                continue;
            }
            Err(_) => continue,
        };
        let mut of_users: HashMap<i64, Vec<Shown>> = HashMap::new();
        for row in rows {
            of_users.entry(row.subscription.user_id).or_default().push(row);
        }
        for Asked { user, reply } in asked {
            let rows = of_users.get(&user).cloned().unwrap_or_default();
            // Who asked may be gone.
            drop(reply.send(Some(rows)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn come(gathering: &Gathering) -> (Option<AtWork>, oneshot::Receiver<Option<Vec<Shown>>>) {
        let (reply, found) = oneshot::channel();
        (gathering.put(Asked { user: 7, reply }), found)
    }

    #[test]
    fn one_looks_up_until_nobody_waits_and_then_the_next_who_comes() {
        let gathering = Gathering::default();
        let (first, _found) = come(&gathering);
        let (second, _found) = come(&gathering);
        let mut first = first.unwrap();
        assert!(second.is_none());
        assert_eq!(first.take().map(|asked| asked.len()), Some(2));
        assert!(come(&gathering).0.is_none(), "it looks again");
        assert_eq!(first.take().map(|asked| asked.len()), Some(1));
        assert!(first.take().is_none());
        let (next, mut found) = come(&gathering);
        drop(first);
        assert!(matches!(found.try_recv(), Err(oneshot::error::TryRecvError::Empty)));
        assert_eq!(next.unwrap().take().map(|asked| asked.len()), Some(1));
    }

    #[test]
    fn nobody_waits_for_one_who_ended_early() {
        let gathering = Gathering::default();
        let (first, mut found) = come(&gathering);
        drop(first);
        assert!(matches!(found.try_recv(), Err(oneshot::error::TryRecvError::Closed)));
        assert!(come(&gathering).0.is_some());
    }
}
