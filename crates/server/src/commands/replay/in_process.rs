//! A replay in this process: opens the book, sees to a user who can pay, and
//! calls the use cases.

use anyhow::{Context as _, anyhow};
use app::ledger::{How, SubmitError};
use app::{
    Answer, Caller, CaptureCharge, CaptureRequest, Charge, GrantRequest, GrantRequestTerms,
    HoldRequest, HoldRequestTerms, HoldView, NewUser, Particulars, QuoteRequest, Whose,
};
use domain::{
    Credits, Description, Dimension, Email, HoldId, IdempotencyKey, Price, Quantities, Quantity,
    Role, ServiceKey, Source, Text, UserId,
};
use ledger::{Completion, Hash};

use super::plan::{Plan, Run, Step, draw};
use super::target::{Failure, Held, Settled, Verdict};
use crate::commands::verify;
use crate::config::Config;
use crate::wiring::Running;

/// A book this process opened, and the user who pays.
pub(super) struct InProcess {
    running: Running,
    user: UserId,
    service: ServiceKey,
}

impl InProcess {
    /// Opens the book; makes the user and grants them what the trace costs,
    /// unless an earlier replay of the same did.
    pub(super) async fn open(config: &Config, plan: &Plan) -> anyhow::Result<Self> {
        let running = Running::start(config).await?;
        match prepare(&running, plan).await {
            Ok(user) => Ok(Self { running, user, service: plan.service.clone() }),
            Err(error) => {
                running.stop().await?;
                Err(error)
            }
        }
    }

    pub(super) fn user(&self) -> UserId {
        self.user
    }

    pub(super) async fn quote(&self, run: &Run) -> Result<Credits, Failure> {
        let request = QuoteRequest {
            whose: Some(self.whose()),
            service: self.service.clone(),
            quantities: quantities(run)?,
        };
        let quote = self.running.app.quote(&Caller::SYSTEM, request).await;
        quote.map(|quote| quote.amount).map_err(failure)
    }

    pub(super) async fn hold(&self, run: &Run) -> Result<Held, Failure> {
        let service = self.service.clone();
        let request = HoldRequest {
            whose: self.whose(),
            charge: Charge::Quantities { service, quantities: quantities(run)? },
            particulars: Particulars {
                description: Some(described("An LLM call")?),
                job: Some(Text::parse(&run.job()).map_err(broken)?),
                ..Particulars::default()
            },
            terms: HoldRequestTerms::default(),
        };
        let key = key(&run.key(Step::Hold))?;
        let answer = self.running.app.authorize(&Caller::SYSTEM, Some(key), request).await;
        let Answer { value, how } = answer.map_err(failure)?;
        Ok(Held { id: value.id, amount: value.amount, replayed: how == How::Replayed })
    }

    pub(super) async fn capture(&self, run: &Run, id: HoldId) -> Result<Settled, Failure> {
        let request = CaptureRequest {
            hold: id,
            charge: CaptureCharge::Quantities(quantities(run)?),
            completion: Completion::Final,
            description: None,
        };
        let key = key(&run.key(Step::Settle))?;
        let answer = self.running.app.capture(&Caller::SYSTEM, Some(key), request).await;
        let answer = answer.map_err(failure)?;
        Ok(settled(&answer.value.hold, answer.how))
    }

    pub(super) async fn release(&self, run: &Run, id: HoldId) -> Result<Settled, Failure> {
        let key = key(&run.key(Step::Settle))?;
        let answer = self.running.app.release(&Caller::SYSTEM, Some(key), id).await;
        let answer = answer.map_err(failure)?;
        Ok(settled(&answer.value, answer.how))
    }

    pub(super) async fn verify(&self) -> anyhow::Result<Verdict> {
        let report = self.running.proof.verify().await?;
        Ok(Verdict { sentence: verify::as_text(&report), exit: verify::exit(&report) })
    }

    pub(super) async fn close(self) -> anyhow::Result<()> {
        self.running.stop().await
    }

    fn whose(&self) -> Whose {
        Whose::User(self.user)
    }
}

/// The user, with a grant of what this trace costs at today's prices.
async fn prepare(running: &Running, plan: &Plan) -> anyhow::Result<UserId> {
    let app = &running.app;
    let service = app.get_service(&Caller::SYSTEM, plan.service.clone()).await;
    let service = service.with_context(|| format!("there is no service `{}`", plan.service))?;
    let price = service.prices.first().context("the service has no price")?;
    let cost = cost(price, plan)?;
    let user = NewUser {
        email: Email::parse("replay@credits.invalid")?,
        name: Text::parse("Replay")?,
        role: Role::Customer,
        external_id: Some(Text::parse("replay")?),
        password_hash: None,
    };
    let user = app.create_user(&Caller::SYSTEM, None, user).await?.value.id;
    let what = format!("grant {cost} {}", plan.calls.len());
    let key = format!("replay-grant-{}", &Hash(draw(plan.seed, 0, &what)).to_string()[..32]);
    let request = GrantRequest {
        whose: Whose::User(user),
        amount: cost,
        source: Source::Trial,
        description: Description::parse("What a replay costs")?,
        terms: GrantRequestTerms::default(),
    };
    app.grant(&Caller::SYSTEM, Some(IdempotencyKey::parse(&key)?), request).await?;
    Ok(user)
}

/// What every call of the plan costs together.
fn cost(price: &Price, plan: &Plan) -> anyhow::Result<Credits> {
    let mut sum = Credits::ZERO;
    for run in plan.runs() {
        let quantities = quantities(&run).map_err(|_| anyhow!("the trace can't be priced"))?;
        let amount = price.of(&quantities).context("the trace can't be priced")?.amount;
        sum = sum.checked_add(amount).context("the trace costs more than there is")?;
    }
    Ok(sum)
}

fn quantities(run: &Run) -> Result<Quantities, Failure> {
    let mut parsed = Vec::new();
    for (dimension, count) in run.quantities() {
        let quantity = count.to_string().parse::<Quantity>().map_err(broken)?;
        parsed.push((Dimension::parse(dimension).map_err(broken)?, quantity));
    }
    Quantities::parse(parsed).map_err(broken)
}

fn key(text: &str) -> Result<IdempotencyKey, Failure> {
    IdempotencyKey::parse(text).map_err(broken)
}

fn described(text: &str) -> Result<Description, Failure> {
    Description::parse(text).map_err(broken)
}

fn settled(hold: &HoldView, how: How) -> Settled {
    let replayed = how == How::Replayed;
    Settled { captured: hold.captured, released: hold.released, replayed }
}

fn failure(error: app::Error) -> Failure {
    match error {
        app::Error::Submit(SubmitError::Refused { .. }) => Failure::Refused,
        other => broken(other),
    }
}

fn broken(error: impl Into<anyhow::Error>) -> Failure {
    Failure::Broken(error.into())
}
