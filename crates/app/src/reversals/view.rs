//! A reversal as people see it.

use domain::{
    Cents, Credits, Currency, MissingCredits, PaymentIntent, ReversalId, ReversalKind,
    ReversalState, Time, UserId,
};
use store::reversals::Reversal;

use crate::error::{Error, stored};

/// A refund or chargeback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReversalView {
    /// Its id.
    pub id: ReversalId,
    /// What it is.
    pub kind: ReversalKind,
    /// Where it stands.
    pub state: ReversalState,
    /// The payment.
    pub intent: PaymentIntent,
    /// Whose credits it bought.
    pub user: UserId,
    /// How much money.
    pub amount: Cents,
    /// In which currency.
    pub currency: Currency,
    /// Credits it took, what is owed included, less what came again.
    pub taken: Credits,
    /// What happens to credits that are not there any more.
    pub missing: MissingCredits,
    /// Why, in words of staff.
    pub reason: Option<String>,
    /// Why the provider declined.
    pub declined: Option<String>,
    /// What the provider calls it.
    pub provider_id: Option<String>,
    /// When it was asked for or heard of.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

impl ReversalView {
    pub(super) fn of(row: &Reversal) -> Result<Self, Error> {
        let (of, currency) = (&row.of, Currency::parse(&row.of.currency));
        Ok(Self {
            id: ReversalId::from_number(row.id),
            kind: kind(row)?,
            state: state(row)?,
            intent: PaymentIntent::parse(&of.payment_intent).map_err(stored("payment"))?,
            user: UserId::from_number(of.user_id),
            amount: Cents::from_count(of.cents),
            currency: currency.ok_or_else(|| Error::internal("a stored currency is none"))?,
            taken: row.taken,
            missing: missing(row),
            reason: of.reason.clone(),
            declined: row.declined.clone(),
            provider_id: row.standing.provider_id.clone(),
            created_at: of.created_at,
            updated_at: row.updated_at,
        })
    }

    /// Whether money went back or may: not what staff merely tried.
    pub const fn is_real(&self) -> bool {
        !matches!(self.state, ReversalState::Asking | ReversalState::Declined)
    }
}

pub(super) fn kind(row: &Reversal) -> Result<ReversalKind, Error> {
    let kind = ReversalKind::parse(&row.of.kind);
    kind.ok_or_else(|| Error::internal("a stored kind of reversal is none"))
}

pub(super) fn state(row: &Reversal) -> Result<ReversalState, Error> {
    let state = ReversalState::parse(&row.standing.state);
    state.ok_or_else(|| Error::internal("a stored state of a reversal is none"))
}

pub(super) const fn missing(row: &Reversal) -> MissingCredits {
    if row.of.owes { MissingCredits::Owed } else { MissingCredits::Forgiven }
}
