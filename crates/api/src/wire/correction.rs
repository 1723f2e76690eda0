//! Corrections by staff, and what comes of them.

use app::{Correction, CorrectionRequest};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::input::In;
use super::output::Decimal;
use super::scalar::{Amount, DescriptionIn, ReasonIn, UserIdIn};
use super::transaction::CreditTransaction;
use crate::extract::Form;
use crate::problem::Problem;

/// Credits to be added or removed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "user_id": 7,
    "amount": 25,
    "reason": "Goodwill for the outage",
    "admin_notes": "Asked for by support"
})))]
pub(crate) struct CorrectionBody {
    /// Whose.
    user_id: UserIdIn,
    /// How many.
    amount: Amount,
    /// Why: what the user reads beside the transaction.
    reason: ReasonIn,
    /// For the audit log alone: no customer sees it.
    admin_notes: Option<DescriptionIn>,
}

impl Form for CorrectionBody {
    type Request = CorrectionRequest;

    fn into_request(self) -> Result<CorrectionRequest, Problem> {
        Ok(CorrectionRequest {
            user: self.user_id.into_inner(),
            amount: self.amount.into_inner(),
            reason: self.reason.into_inner(),
            admin_notes: self.admin_notes.map(In::into_inner),
        })
    }
}

/// A correction that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Corrected {
    /// True: what was not done is a problem.
    success: bool,
    #[schema(examples("Added 25 credits to user 7."))]
    message: String,
    transaction: CreditTransaction,
    /// All credits of the user behind it, and behind the debt that added
    /// credits pay at once.
    new_balance: Decimal,
}

impl From<Correction> for Corrected {
    fn from(Correction { transaction, new_balance }: Correction) -> Self {
        let (amount, user) = (transaction.amount, transaction.user);
        let message = match amount.checked_neg().filter(|removed| removed.is_positive()) {
            Some(removed) => format!("Removed {removed} credits from user {user}."),
            None => format!("Added {amount} credits to user {user}."),
        };
        Self {
            success: true,
            message,
            transaction: transaction.into(),
            new_balance: new_balance.into(),
        }
    }
}
