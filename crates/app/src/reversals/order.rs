//! A planned step as a command of the ledger, keyed by the economic fact:
//! `refund:ID`, `refund:ID:owed`, `refund:ID:failed`, `dispute:ID:withdrawn`,
//! `dispute:ID:lost`, `dispute:ID:lost:owed`, `dispute:ID:thawed`,
//! `dispute:ID:won`; behind it the grant, where it is not the paid one.

use domain::settlement::{Step, StepAction};
use domain::{Cost, Description, ReversalKind, Source, Text, WalletId};
use ledger::{Actor, Command, Order, Shortfall, command};
use store::reversal_steps;
use store::reversals::Reversal;

use super::view;
use crate::App;
use crate::error::{Error, stored};
use crate::fingerprint::Canonical;
use crate::words;

/// A step with all that its command needs.
pub(super) struct Planned {
    pub(super) intent: String,
    pub(super) wallet: WalletId,
    pub(super) step: Step,
    /// Whether its grant is the one that was paid for.
    pub(super) is_paid: bool,
    /// What its credits had cost, of one that was paid for.
    pub(super) cost: Option<Cost>,
    pub(super) row: reversal_steps::Step,
    pub(super) reversal: Reversal,
}

impl Planned {
    pub(super) fn order(&self, app: &App) -> Result<Order, Error> {
        let fact = self.fact()?;
        let fingerprint = Canonical::of("reversals.step").text("fact", &fact);
        let fingerprint = fingerprint.seal(&app.ledger().book().fingerprint_secret);
        let key = match self.row.attempt {
            1 => text(&fact)?,
            attempt => text(&format!("{fact}:{attempt}"))?,
        };
        let description = Description::parse(self.description()?).map_err(stored("text"))?;
        let request = self.reversal.of.request_id.as_deref().map(text).transpose()?;
        Ok(Order {
            key: Some((key, fingerprint)),
            reference: Some(text(&fact)?),
            request,
            words: words::write(app.entropy(), Some(&description), None),
            ..Order::bare(Actor::System, self.command()?)
        })
    }

    fn command(&self) -> Result<Command, Error> {
        let (wallet, grant) = (self.wallet, self.step.grant);
        let clawback = |total: domain::Credits, of: domain::Credits, shortfall| {
            let (refunded_total, paid) = (total.micros(), of.micros());
            Command::Clawback(command::Clawback { wallet, grant, refunded_total, paid, shortfall })
        };
        Ok(match self.step.action {
            StepAction::Freeze => Command::Freeze(wallet, grant),
            StepAction::Thaw => Command::Thaw(wallet, grant),
            StepAction::Take { total, of } => clawback(total, of, Shortfall::Forgive),
            StepAction::Owe { total, of } => clawback(total, of, Shortfall::Owe),
            StepAction::Restore { amount } => {
                let plain = command::Grant::plain(wallet, amount, Source::Refund);
                Command::Grant(command::Grant { cost: self.cost, ..plain })
            }
            StepAction::Skip => return Err(Error::internal("nothing is no command")),
        })
    }

    /// What the step follows from, which happens once.
    fn fact(&self) -> Result<String, Error> {
        let id = self.reversal.standing.provider_id.as_deref();
        let id = id.ok_or_else(|| Error::internal("what happened has no id"))?;
        let fact = match (view::kind(&self.reversal)?, self.step.action) {
            (ReversalKind::Refund, StepAction::Take { .. }) => format!("refund:{id}"),
            (ReversalKind::Refund, StepAction::Owe { .. }) => format!("refund:{id}:owed"),
            (ReversalKind::Refund, StepAction::Restore { .. }) => format!("refund:{id}:failed"),
            (_, StepAction::Freeze) => format!("dispute:{id}:withdrawn"),
            (_, StepAction::Thaw) => format!("dispute:{id}:thawed"),
            (_, StepAction::Take { .. }) => format!("dispute:{id}:lost"),
            (_, StepAction::Owe { .. }) => format!("dispute:{id}:lost:owed"),
            (_, StepAction::Restore { .. }) => format!("dispute:{id}:won"),
            (_, StepAction::Skip) => return Err(Error::internal("nothing is no fact")),
        };
        if self.is_paid { Ok(fact) } else { Ok(format!("{fact}:{}", self.step.grant)) }
    }

    /// What the owner reads: what staff said, or what it is.
    fn description(&self) -> Result<&str, Error> {
        let kind = view::kind(&self.reversal)?;
        Ok(match (kind, self.step.action) {
            (ReversalKind::Refund, StepAction::Restore { .. }) => "Refund did not go through",
            (ReversalKind::Chargeback, StepAction::Restore { .. }) => "Chargeback was won",
            (ReversalKind::Refund, _) => {
                self.reversal.of.reason.as_deref().unwrap_or("Refund of a payment")
            }
            (ReversalKind::Chargeback, _) => "Chargeback of a payment",
        })
    }
}

fn text(text: &str) -> Result<Text, Error> {
    Text::parse(text).map_err(|error| stored("text")(error.into()))
}
