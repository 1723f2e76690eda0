//! The page of each code, as it stands in `docs/errors/`.

use super::Code;

/// A code with its page, by the name of the file.
macro_rules! pages {
    ($($code:ident: $file:literal;)+) => {
        impl Code {
            /// What it means and what to do, in Markdown.
            pub const fn page(self) -> &'static str {
                match self {
                    $(Self::$code => include_str!(concat!("../../../../docs/errors/", $file)),)+
                }
            }
        }
    };
}

pages! {
    MalformedJson: "malformed_json.md";
    IdempotencyKeyMissing: "idempotency_key_missing.md";
    IdempotencyKeyInvalid: "idempotency_key_invalid.md";
    SignatureInvalid: "signature_invalid.md";
    Unauthenticated: "unauthenticated.md";
    InsufficientCredits: "insufficient_credits.md";
    PaymentRequired: "payment_required.md";
    Forbidden: "forbidden.md";
    NotFound: "not_found.md";
    MethodNotAllowed: "method_not_allowed.md";
    AccountPaused: "account_paused.md";
    AccountSuspended: "account_suspended.md";
    HoldSettled: "hold_settled.md";
    HoldExpired: "hold_expired.md";
    HoldHasChildren: "hold_has_children.md";
    OverCapture: "over_capture.md";
    RefundExceeds: "refund_exceeds.md";
    NotRefundable: "not_refundable.md";
    RefundDeclined: "refund_declined.md";
    GrantFrozen: "grant_frozen.md";
    GrantNotFrozen: "grant_not_frozen.md";
    LimitReached: "limit_reached.md";
    PromotionExhausted: "promotion_exhausted.md";
    SubscriptionExists: "subscription_exists.md";
    SubscriptionState: "subscription_state.md";
    PaymentCancelled: "payment_cancelled.md";
    SeqNotReached: "seq_not_reached.md";
    BodyTooLarge: "body_too_large.md";
    UnsupportedMediaType: "unsupported_media_type.md";
    InvalidRequest: "invalid_request.md";
    IdempotencyKeyReused: "idempotency_key_reused.md";
    BelowMinimum: "below_minimum.md";
    PromotionNotApplicable: "promotion_not_applicable.md";
    RateLimited: "rate_limited.md";
    Internal: "internal.md";
    Overloaded: "overloaded.md";
    LedgerStopped: "ledger_stopped.md";
    ClockJump: "clock_jump.md";
}
