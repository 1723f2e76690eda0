//! What the use cases refuse, as problems: a code, and a sentence that says
//! what to do. Whether something is refused is decided elsewhere.

use std::time::Duration;

use app::ledger::SubmitError;
use app::proof::{ProofError, VerifyError};
use app::{Guessed, PaymentNeeded, RefundRefusal, SignInError, SubscriptionRefusal};
use domain::{Invalid, Limit, Refusal};

use super::{Code, FieldError, Figures, Problem, ToPay};

/// How soon to come back while others are served.
const SOON: Duration = Duration::from_secs(1);

/// How soon to come back when a person has to look.
const LATER: Duration = Duration::from_secs(30);

impl From<app::Error> for Problem {
    fn from(error: app::Error) -> Self {
        match error {
            app::Error::NotFound => {
                let detail = "What this request names is not there. Check its ids.";
                Self::new(Code::NotFound, detail)
            }
            app::Error::Forbidden => {
                let detail = "This caller may not do that. Use a key with the scope for it.";
                Self::new(Code::Forbidden, detail)
            }
            app::Error::Invalid(fields) => Self::invalid(
                fields
                    .into_iter()
                    .map(|f| FieldError { pointer: f.pointer, detail: f.detail })
                    .collect(),
            ),
            app::Error::KeyReused => key_reused(),
            app::Error::BelowMinimum { least } => {
                let least = least.to_price();
                let detail = format!("A payment is at least ${least}. Buy more credits at once.");
                Self::new(Code::BelowMinimum, detail)
            }
            app::Error::Promotion { why, how, .. } if why.is_about_uses() => {
                let detail = format!(
                    "The promotion {why}. Try another one, or none, with a new Idempotency-Key."
                );
                Self::new(Code::PromotionExhausted, detail).decided(how)
            }
            app::Error::Promotion { why, field, .. } => {
                Self::about(Code::PromotionNotApplicable, field, why.to_string())
            }
            app::Error::PaymentRequired(needed) => payment_required(*needed),
            app::Error::PaymentCancelled => {
                let detail = "This payment was not made in time, or was cancelled; nothing was \
                              bought. Begin again with a new Idempotency-Key.";
                Self::new(Code::PaymentCancelled, detail)
            }
            app::Error::Signature => {
                let detail = "This is not signed by who it is said to be from, or not about now. \
                              Nothing was done.";
                Self::new(Code::SignatureInvalid, detail)
            }
            app::Error::PaymentsNotSetUp => {
                let detail = "Payments are not set up here, so nothing can be bought. Ask an \
                              admin for credits.";
                Self::new(Code::PaymentRequired, detail)
            }
            app::Error::Refund { refusal, how } => of_refund(&refusal).decided(how),
            app::Error::PaymentNeeded { confirm } => payment_needed(confirm),
            app::Error::PaymentDeclined => {
                let detail = "The payment was declined. Send the request again with a new \
                              Idempotency-Key once another payment method can be charged.";
                Self::new(Code::PaymentRequired, detail)
            }
            app::Error::Subscription { refusal, how } => subscription(refusal).decided(how),
            app::Error::SignIn(error) => error.into(),
            app::Error::TooManyTries { of, wait_s } => too_many_tries(of, wait_s),
            app::Error::Operation { index, source } => Self::from(*source).at_index(index),
            app::Error::Submit(error) => error.into(),
            app::Error::Internal(cause) => Self::internal(chain(&*cause)),
        }
    }
}

/// What its payer has to do first.
fn payment_needed(confirm: Option<String>) -> Problem {
    let Some(confirm) = confirm else {
        let detail = "A payment is not made yet. Send the request again with the same key once \
                      it is.";
        return Problem::new(Code::PaymentRequired, detail);
    };
    let detail = "The payment has to be confirmed. Do that, then send the request again with the \
                  same key.";
    Problem::new(Code::PaymentRequired, detail).with_payment(ToPay::confirm(confirm))
}

fn subscription(refusal: SubscriptionRefusal) -> Problem {
    match refusal {
        SubscriptionRefusal::Exists => {
            let detail = "There is a subscription already. Change it instead, or cancel it first.";
            Problem::new(Code::SubscriptionExists, detail)
        }
        SubscriptionRefusal::State(error) => {
            let detail = format!("That can't be done: {error}.");
            Problem::new(Code::SubscriptionState, detail)
        }
    }
}

/// What could be guessed was tried too often.
fn too_many_tries(of: Guessed, wait_s: i64) -> Problem {
    let detail = format!(
        "Too many {of}; this one was not looked at. Retry after as many seconds as \
         Retry-After says."
    );
    Problem::new(Code::RateLimited, detail).retry_after(Duration::from_secs(wait_s.unsigned_abs()))
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Wrong => {
                let detail = "No user has this address with this password. Check both.";
                Self::new(Code::Unauthenticated, detail)
            }
            SignInError::Suspended => {
                Self::new(Code::AccountSuspended, "The account is suspended. Ask an admin.")
            }
            SignInError::Closed => {
                let detail = "Nobody makes an account themselves here. Ask an admin for one.";
                Self::new(Code::Forbidden, detail)
            }
            SignInError::Busy => {
                let detail = "Too many people sign in at once. Retry a little later.";
                Self::new(Code::Overloaded, detail).retry_after(SOON)
            }
        }
    }
}

impl From<SubmitError> for Problem {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Refused { refusal, how } => of_refusal(refusal).decided(how),
            SubmitError::Overloaded => {
                let detail = "Too much waits already; nothing was done. Retry a little later, with \
                              the same Idempotency-Key.";
                Self::new(Code::Overloaded, detail).retry_after(SOON)
            }
            SubmitError::Unknown => {
                let detail = "It is not known whether this was done. Retry a little later with \
                              the same Idempotency-Key: it tells.";
                Self::new(Code::Overloaded, detail).retry_after(SOON)
            }
            SubmitError::Stopped => {
                let detail = "The ledger has stopped and an operator has to restart it. Retry \
                              later with the same Idempotency-Key: it tells whether this was done.";
                Self::new(Code::LedgerStopped, detail).retry_after(LATER)
            }
            SubmitError::ClockJump(_) => {
                let detail = "The server's clock jumped; nothing was done. Retry once an operator \
                              has confirmed the time.";
                Self::new(Code::ClockJump, detail).retry_after(LATER)
            }
            SubmitError::SeqNotReached(seq) => {
                let detail =
                    format!("Record {seq} has not been reached yet. Retry a little later.");
                Self::new(Code::SeqNotReached, detail).retry_after(SOON)
            }
            other @ (SubmitError::Store(_) | SubmitError::Journal(_)) => {
                Self::internal(chain(&other))
            }
        }
    }
}

impl From<ProofError> for Problem {
    fn from(error: ProofError) -> Self {
        Self::internal(chain(&error))
    }
}

impl From<VerifyError> for Problem {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Busy => {
                let detail = "The book is being verified already, which is done once at a time. \
                              Retry when that is over.";
                Self::new(Code::RateLimited, detail).retry_after(LATER)
            }
            other => Self::internal(chain(&other)),
        }
    }
}

/// Why money is not given back.
fn of_refund(refusal: &RefundRefusal) -> Problem {
    let (code, what_to_do) = match refusal {
        RefundRefusal::NotPaid => {
            (Code::NotRefundable, "Nothing was bought with it yet, or it cost nothing.")
        }
        RefundRefusal::Exceeds { .. } => {
            (Code::RefundExceeds, "Refund at most that, with a new Idempotency-Key.")
        }
        RefundRefusal::Declined { .. } => {
            (Code::RefundDeclined, "Look at the payment there, then send a new Idempotency-Key.")
        }
    };
    Problem::new(code, sentence(&refusal.to_string(), what_to_do))
}

/// A payment that is not in, and what there is to do.
fn payment_required(needed: PaymentNeeded) -> Problem {
    let detail = match (needed.declined.as_deref(), needed.status) {
        (Some(why), _) => format!(
            "The payment was declined: {why}. Pay in another way, then repeat this request with \
             the same Idempotency-Key."
        ),
        (None, "processing") => "The payment is on its way. Repeat this request later with the \
                                 same Idempotency-Key; the credits come by themselves too."
            .to_owned(),
        (None, _) => "The payment has not been made yet. Complete it, then repeat this request \
                      with the same Idempotency-Key."
            .to_owned(),
    };
    Problem::new(Code::PaymentRequired, detail).with_payment(needed.into())
}

/// A refusal of the ledger's rules.
fn of_refusal(refusal: Refusal) -> Problem {
    let (code, what_to_do) = match refusal {
        Refusal::KeyReused => return key_reused(),
        Refusal::Insufficient { required, available, held } => {
            let detail = format!(
                "{required} credits are needed and {available} are available. Add credits, or ask \
                 for less, and send a new Idempotency-Key."
            );
            let figures = Figures { required, available, held };
            return Problem::new(Code::InsufficientCredits, detail).with_figures(figures);
        }
        Refusal::UnknownWallet => return Problem::not_found("account"),
        Refusal::UnknownHold => return Problem::not_found("hold"),
        Refusal::UnknownGrant => return Problem::not_found("grant"),
        Refusal::UnknownRecord => return Problem::not_found("transaction"),
        Refusal::AmountOutOfRange => return Problem::invalid_at("/amount", range()),
        Refusal::Invalid(invalid) => {
            let (pointer, detail) = terms(invalid);
            return Problem::invalid_at(pointer, detail);
        }
        Refusal::Paused => (Code::AccountPaused, "Resume it, then send a new Idempotency-Key."),
        Refusal::Suspended => (Code::AccountSuspended, "Ask an admin."),
        Refusal::HoldSettled => (Code::HoldSettled, "Place a new hold."),
        Refusal::HoldExpired => (Code::HoldExpired, "Place a new hold."),
        Refusal::HoldHasChildren => (Code::HoldHasChildren, ""),
        Refusal::OverCapture { .. } => {
            (Code::OverCapture, "Capture less, or place holds with over_capture up_to_available.")
        }
        Refusal::RefundExceeds { .. } => (Code::RefundExceeds, "Refund at most that."),
        Refusal::GrantFrozen => (Code::GrantFrozen, "Thaw it first."),
        Refusal::GrantNotFrozen => (Code::GrantNotFrozen, "There is nothing to thaw."),
        Refusal::Limit(limit) => (Code::LimitReached, way_out(limit)),
    };
    Problem::new(code, sentence(&refusal.to_string(), what_to_do))
}

/// `The hold is settled. Place a new hold.`
fn sentence(what: &str, what_to_do: &str) -> String {
    let mut letters = what.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    let what: String = first.chain(letters).collect();
    if what_to_do.is_empty() { format!("{what}.") } else { format!("{what}. {what_to_do}") }
}

fn way_out(limit: Limit) -> &'static str {
    match limit {
        Limit::OpenGrants => "Let some be spent first.",
        Limit::OpenHolds => "Capture or release some first.",
        Limit::HoldDepth => "Use a hold nearer to the top as the parent.",
        Limit::HoldLife => "Place a new hold.",
        Limit::Balance => "Add less.",
    }
}

/// The field that holds terms no command may have, and what it must be.
fn terms(invalid: Invalid) -> (&'static str, &'static str) {
    match invalid {
        Invalid::Priority => ("/priority", "must be a whole number from 0 to 100"),
        Invalid::ExpiresBeforeEffective => {
            ("/expires_at", "must be behind effective_at, and not in the past")
        }
        Invalid::ExpiresIn => ("/expires_in", "must be 1 to 2592000 seconds"),
        Invalid::Labels => ("/labels", "must be at most 8, each named once"),
        Invalid::Share => ("", "must refund more than 0 and at most what was paid"),
    }
}

fn range() -> &'static str {
    "must be more than 0 and at most 1000000000"
}

fn key_reused() -> Problem {
    let detail = "This Idempotency-Key was used for another request. Send a new key, or the \
                  request it was used for.";
    Problem::new(Code::IdempotencyKeyReused, detail)
}

/// An error with all that is behind it, for the log.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let sources = std::iter::successors(Some(error), |error| error.source());
    sources.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
