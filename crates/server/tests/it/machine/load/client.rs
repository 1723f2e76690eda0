//! A client: what it asks, how hard it works, when it ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Semaphore;

use super::{Asked, CLIENTS};
use crate::fleet::Dice;
use crate::machine::wire::Wire;

/// How hard clients work.
#[derive(Clone, Copy)]
pub(crate) enum Pace {
    /// All of them, one request after the other.
    Busy,
    /// One, with large batches and nothing between them: the log is copied whole there,
    /// and begins anew.
    Quiet,
}

impl Pace {
    pub(super) const fn clients(self) -> usize {
        match self {
            Self::Busy => CLIENTS,
            Self::Quiet => 1,
        }
    }

    /// Looks at the server between two requests.
    const fn looks(self) -> u32 {
        match self {
            Self::Busy => 0,
            Self::Quiet => 500,
        }
    }

    /// Operations of a batch: of a large one as many as make a page of the log each.
    const fn operations(self) -> usize {
        match self {
            Self::Busy => 3,
            Self::Quiet => 150,
        }
    }

    /// Letters that an operation keeps beside its description.
    const fn words(self) -> usize {
        match self {
            Self::Busy => 0,
            Self::Quiet => 4_000,
        }
    }
}

/// Good answers so far, and how many are wanted.
pub(crate) struct Running {
    wanted: usize,
    count: AtomicUsize,
    answered: Semaphore,
}

impl Running {
    pub(crate) fn until(wanted: usize) -> Arc<Self> {
        Arc::new(Self { wanted, count: AtomicUsize::new(0), answered: Semaphore::new(0) })
    }

    /// Until each client had an answer that was not good.
    pub(crate) fn until_refused() -> Arc<Self> {
        Self::until(usize::MAX)
    }

    /// Waits until so many answers were good.
    pub(crate) async fn wait_for(&self, answers: u64) {
        let answers = u32::try_from(answers).unwrap();
        self.answered.acquire_many(answers).await.unwrap().forget();
    }

    fn goes_on(&self) -> bool {
        self.count.load(Ordering::Relaxed) < self.wanted
    }

    fn add_one(&self) {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.answered.add_permits(1);
    }
}

/// One of them.
pub(super) struct Client {
    pub(super) wire: Wire,
    pub(super) user: i64,
    /// What its keys and marks begin with.
    pub(super) name: String,
    pub(super) dice: Dice,
    pub(super) running: Arc<Running>,
    pub(super) pace: Pace,
    pub(super) asked: Vec<Asked>,
}

impl Client {
    pub(super) async fn live(mut self) -> Vec<Asked> {
        while self.running.goes_on() {
            let went_well = match self.dice.below(10) {
                _ if self.pace.words() > 0 => self.batch().await,
                0..5 => self.spend().await,
                5..7 => self.hold_and_capture().await,
                7 => self.batch().await,
                8 => self.grant().await,
                _ => self.user().await,
            };
            if !went_well {
                break;
            }
            self.rest().await;
        }
        self.asked
    }

    /// Lets the server come to rest, if there is time for that.
    async fn rest(&mut self) {
        for _ in 0..self.pace.looks() {
            self.wire.get("/healthz").await;
        }
    }

    fn mark(&self) -> String {
        format!("{}-{};", self.name, self.asked.len())
    }

    async fn spend(&mut self) -> bool {
        let (user, mark) = (self.user, self.mark());
        let body = format!(r#"{{"user_id":{user},"amount":"0.01","description":"{mark}"}}"#);
        self.ask("/api/credits/spend", body, -1).await
    }

    async fn hold_and_capture(&mut self) -> bool {
        let (user, mark) = (self.user, self.mark());
        let body = format!(r#"{{"user_id":{user},"amount":"0.05","description":"{mark}"}}"#);
        if !self.ask("/api/credits/holds", body, 0).await {
            return false;
        }
        let held = self.asked.last().and_then(|one| one.answer.as_ref()).unwrap().json();
        let path = format!("/api/credits/holds/{}/capture", held["id"].as_str().unwrap());
        let body = format!(r#"{{"amount":"0.03","description":"{}"}}"#, self.mark());
        self.ask(&path, body, -3).await
    }

    async fn batch(&mut self) -> bool {
        let (user, mark) = (self.user, self.mark());
        let mark = mark.trim_end_matches(';');
        let count = self.pace.operations();
        let marks: Vec<String> = (0..count).map(|number| format!("{mark}-{number};")).collect();
        let words = "x".repeat(self.pace.words());
        let spend = |mark: &String| {
            format!(
                r#"{{"op":"spend","key":"{mark}","user_id":{user},"amount":"0.02",
                    "description":"{mark}","metadata":{{"words":"{words}"}}}}"#
            )
        };
        let spends: Vec<String> = marks.iter().map(spend).collect();
        let body = format!(r#"{{"operations":[{}]}}"#, spends.join(","));
        let effect = -2 * i64::try_from(count).unwrap();
        self.ask_marked("/api/credits/batch", body, (effect, marks)).await
    }

    async fn grant(&mut self) -> bool {
        let (user, mark) = (self.user, self.mark());
        let body = format!(
            r#"{{"user_id":{user},"amount":"0.04","source":"promotion","description":"{mark}"}}"#
        );
        self.ask("/api/credits/grants", body, 4).await
    }

    async fn user(&mut self) -> bool {
        let (mark, number) = (self.mark(), self.asked.len());
        let email = format!("{}-{number}@example.com", self.name);
        let body = format!(r#"{{"email":"{email}","name":"{mark}","role":"customer"}}"#);
        self.ask("/api/admin/users", body, 0).await
    }

    async fn ask(&mut self, path: &str, body: String, effect: i64) -> bool {
        let marks = vec![self.mark()];
        self.ask_marked(path, body, (effect, marks)).await
    }

    async fn ask_marked(
        &mut self,
        path: &str,
        body: String,
        (effect, marks): (i64, Vec<String>),
    ) -> bool {
        let key = format!("{}-{}", self.name, self.asked.len());
        let mut asked = Asked { path: path.into(), key, body, marks, effect, answer: None };
        asked.answer = self.wire.ask(asked.request()).await.ok();
        let is_done = asked.is_done();
        self.asked.push(asked);
        if is_done {
            self.running.add_one();
        }
        is_done
    }
}
