//! A replay through the HTTP API, as any client would do it.

use std::process::ExitCode;

use anyhow::anyhow;
use client::{Capture, Charge, Client, Error, Hold, Key, NewHold, Quantities};
use domain::{Credits, HoldId, UserId};

use super::plan::{Run, Step};
use super::target::{Failure, Held, Settled, Verdict};

/// A server, a key for it, and the user who pays.
pub(super) struct OverHttp {
    client: Client,
    user: i64,
    service: String,
}

impl OverHttp {
    pub(super) fn new(url: &str, key: &str, user: UserId, service: &str) -> anyhow::Result<Self> {
        let client = Client::new(url, key)?;
        Ok(Self { client, user: user.number(), service: service.to_owned() })
    }

    pub(super) async fn quote(&self, run: &Run) -> Result<Credits, Failure> {
        let quote = self.client.quote(self.user, &self.service, &quantities(run)).await;
        quote.map(|quote| exact(quote.amount)).map_err(failure)
    }

    pub(super) async fn hold(&self, run: &Run) -> Result<Held, Failure> {
        let charge = Charge::service(self.user, &self.service, quantities(run));
        let charge = charge.job(run.job()).description("An LLM call");
        let hold = NewHold { charge, expires_in: None };
        let answer = self.client.hold(&key(run, Step::Hold), &hold).await.map_err(failure)?;
        let id = answer.value.id.parse().map_err(|_| foreign(&answer.value))?;
        Ok(Held { id, amount: exact(answer.value.amount), replayed: answer.replayed })
    }

    pub(super) async fn capture(&self, run: &Run, id: HoldId) -> Result<Settled, Failure> {
        let used = Capture::Quantities(quantities(run));
        let key = key(run, Step::Settle);
        let answer = self.client.capture(&key, &id.to_string(), &used).await.map_err(failure)?;
        Ok(Settled { replayed: answer.replayed, ..settled(&answer.value.hold) })
    }

    pub(super) async fn release(&self, run: &Run, id: HoldId) -> Result<Settled, Failure> {
        let key = key(run, Step::Settle);
        let answer = self.client.release(&key, &id.to_string()).await.map_err(failure)?;
        Ok(Settled { replayed: answer.replayed, ..settled(&answer.value) })
    }

    /// Asks the server, if the key may.
    pub(super) async fn verify(&self) -> anyhow::Result<Verdict> {
        match self.client.verify().await {
            Ok(report) if report["sound"] == true => {
                Ok(Verdict { sentence: "sound, says the server".into(), exit: ExitCode::SUCCESS })
            }
            Ok(report) => {
                let sentence = format!("TAMPERED, says the server: {report}");
                Ok(Verdict { sentence, exit: ExitCode::from(2) })
            }
            Err(Error::Refused(problem)) if problem.status == 403 => Ok(Verdict {
                sentence: "this key may not ask for it: run `credits verify` beside the server"
                    .into(),
                exit: ExitCode::SUCCESS,
            }),
            Err(error) => Err(error.into()),
        }
    }
}

fn key(run: &Run, step: Step) -> Key {
    Key::new(run.key(step))
}

fn quantities(run: &Run) -> Quantities {
    let of = |(dimension, count): (&str, u32)| (dimension.to_owned(), u64::from(count));
    run.quantities().into_iter().map(of).collect()
}

fn exact(amount: client::Credits) -> Credits {
    Credits::from_micros(amount.micros())
}

/// What a hold came to, as if it were the first time.
fn settled(hold: &Hold) -> Settled {
    let (captured, released) = (exact(hold.captured), exact(hold.released));
    Settled { captured, released, replayed: false }
}

fn foreign(hold: &Hold) -> Failure {
    Failure::Broken(anyhow!("`{}` is not the id of a hold", hold.id))
}

fn failure(error: Error) -> Failure {
    match error {
        Error::Refused(problem) if matches!(problem.status, 402 | 409) => Failure::Refused,
        Error::Refused(problem) if problem.code == "idempotency_key_reused" => Failure::Refused,
        other => Failure::Broken(other.into()),
    }
}
