//! The stable words of refusals. What each means to a person is on its page,
//! `docs/errors/CODE.md`; this module must not know when one is given.

use http::StatusCode;

/// A stable word a program can act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// The body is no JSON.
    MalformedJson,
    /// A mutation came without `Idempotency-Key`.
    IdempotencyKeyMissing,
    /// The `Idempotency-Key` is not 1 to 255 visible ASCII characters.
    IdempotencyKeyInvalid,
    /// A webhook is not signed by who it is said to be from.
    SignatureInvalid,
    /// No token, or none that is known.
    Unauthenticated,
    /// Fewer credits are available than needed.
    InsufficientCredits,
    /// The payment is not made yet.
    PaymentRequired,
    /// The caller may not do this.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// The path is right and the method is not.
    MethodNotAllowed,
    /// The account is paused.
    AccountPaused,
    /// The account is suspended.
    AccountSuspended,
    /// The hold is captured or released.
    HoldSettled,
    /// The hold has expired.
    HoldExpired,
    /// The hold has open children.
    HoldHasChildren,
    /// More than the hold may capture.
    OverCapture,
    /// More than is left to refund.
    RefundExceeds,
    /// There is no money to give back.
    NotRefundable,
    /// The payment provider does not make the refund.
    RefundDeclined,
    /// The grant is frozen already.
    GrantFrozen,
    /// The grant is not frozen.
    GrantNotFrozen,
    /// A bound of the account.
    LimitReached,
    /// The promotion has no use left.
    PromotionExhausted,
    /// There is a subscription already.
    SubscriptionExists,
    /// The subscription can't become that from where it stands.
    SubscriptionState,
    /// The payment was cancelled.
    PaymentCancelled,
    /// The asked place of the journal was not reached in time.
    SeqNotReached,
    /// The body is larger than this endpoint takes.
    BodyTooLarge,
    /// The body is not sent as JSON.
    UnsupportedMediaType,
    /// A value is not one that is taken.
    InvalidRequest,
    /// The key was used for another request.
    IdempotencyKeyReused,
    /// The payment is below the least there is.
    BelowMinimum,
    /// The promotion does not hold here.
    PromotionNotApplicable,
    /// Too many requests.
    RateLimited,
    /// Something broke that the caller can't mend.
    Internal,
    /// More work waits than is taken.
    Overloaded,
    /// The ledger stopped itself.
    LedgerStopped,
    /// The server's clock jumped.
    ClockJump,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 38] = [
        Self::MalformedJson,
        Self::IdempotencyKeyMissing,
        Self::IdempotencyKeyInvalid,
        Self::SignatureInvalid,
        Self::Unauthenticated,
        Self::InsufficientCredits,
        Self::PaymentRequired,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::AccountPaused,
        Self::AccountSuspended,
        Self::HoldSettled,
        Self::HoldExpired,
        Self::HoldHasChildren,
        Self::OverCapture,
        Self::RefundExceeds,
        Self::NotRefundable,
        Self::RefundDeclined,
        Self::GrantFrozen,
        Self::GrantNotFrozen,
        Self::LimitReached,
        Self::PromotionExhausted,
        Self::SubscriptionExists,
        Self::SubscriptionState,
        Self::PaymentCancelled,
        Self::SeqNotReached,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::InvalidRequest,
        Self::IdempotencyKeyReused,
        Self::BelowMinimum,
        Self::PromotionNotApplicable,
        Self::RateLimited,
        Self::Internal,
        Self::Overloaded,
        Self::LedgerStopped,
        Self::ClockJump,
    ];

    /// The word on the wire, and the name of its page.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MalformedJson => "malformed_json",
            Self::IdempotencyKeyMissing => "idempotency_key_missing",
            Self::IdempotencyKeyInvalid => "idempotency_key_invalid",
            Self::SignatureInvalid => "signature_invalid",
            Self::Unauthenticated => "unauthenticated",
            Self::InsufficientCredits => "insufficient_credits",
            Self::PaymentRequired => "payment_required",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::AccountPaused => "account_paused",
            Self::AccountSuspended => "account_suspended",
            Self::HoldSettled => "hold_settled",
            Self::HoldExpired => "hold_expired",
            Self::HoldHasChildren => "hold_has_children",
            Self::OverCapture => "over_capture",
            Self::RefundExceeds => "refund_exceeds",
            Self::NotRefundable => "not_refundable",
            Self::RefundDeclined => "refund_declined",
            Self::GrantFrozen => "grant_frozen",
            Self::GrantNotFrozen => "grant_not_frozen",
            Self::LimitReached => "limit_reached",
            Self::PromotionExhausted => "promotion_exhausted",
            Self::SubscriptionExists => "subscription_exists",
            Self::SubscriptionState => "subscription_state",
            Self::PaymentCancelled => "payment_cancelled",
            Self::SeqNotReached => "seq_not_reached",
            Self::BodyTooLarge => "body_too_large",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::InvalidRequest => "invalid_request",
            Self::IdempotencyKeyReused => "idempotency_key_reused",
            Self::BelowMinimum => "below_minimum",
            Self::PromotionNotApplicable => "promotion_not_applicable",
            Self::RateLimited => "rate_limited",
            Self::Internal => "internal",
            Self::Overloaded => "overloaded",
            Self::LedgerStopped => "ledger_stopped",
            Self::ClockJump => "clock_jump",
        }
    }

    /// The code of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == word)
    }

    /// The status it is answered with.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::MalformedJson
            | Self::IdempotencyKeyMissing
            | Self::IdempotencyKeyInvalid
            | Self::SignatureInvalid => StatusCode::BAD_REQUEST,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::InsufficientCredits | Self::PaymentRequired => StatusCode::PAYMENT_REQUIRED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::AccountPaused
            | Self::AccountSuspended
            | Self::HoldSettled
            | Self::HoldExpired
            | Self::HoldHasChildren
            | Self::OverCapture
            | Self::RefundExceeds
            | Self::NotRefundable
            | Self::RefundDeclined
            | Self::GrantFrozen
            | Self::GrantNotFrozen
            | Self::LimitReached
            | Self::PromotionExhausted
            | Self::SubscriptionExists
            | Self::SubscriptionState
            | Self::PaymentCancelled
            | Self::SeqNotReached => StatusCode::CONFLICT,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::InvalidRequest
            | Self::IdempotencyKeyReused
            | Self::BelowMinimum
            | Self::PromotionNotApplicable => StatusCode::UNPROCESSABLE_ENTITY,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Overloaded | Self::LedgerStopped | Self::ClockJump => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }

    /// What kind of thing happened: the same for every occurrence.
    pub const fn title(self) -> &'static str {
        match self {
            Self::MalformedJson => "The body is not JSON",
            Self::IdempotencyKeyMissing => "The Idempotency-Key is missing",
            Self::IdempotencyKeyInvalid => "The Idempotency-Key is not valid",
            Self::SignatureInvalid => "The signature is not valid",
            Self::Unauthenticated => "Not signed in",
            Self::InsufficientCredits => "Not enough credits",
            Self::PaymentRequired => "A payment is needed",
            Self::Forbidden => "Not allowed",
            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "No such method here",
            Self::AccountPaused => "The account is paused",
            Self::AccountSuspended => "The account is suspended",
            Self::HoldSettled => "The hold is settled",
            Self::HoldExpired => "The hold has expired",
            Self::HoldHasChildren => "The hold has open children",
            Self::OverCapture => "More than the hold may capture",
            Self::RefundExceeds => "More than is left to refund",
            Self::NotRefundable => "No money to give back",
            Self::RefundDeclined => "The refund was declined",
            Self::GrantFrozen => "The grant is frozen",
            Self::GrantNotFrozen => "The grant is not frozen",
            Self::LimitReached => "A limit is reached",
            Self::PromotionExhausted => "The promotion is used up",
            Self::SubscriptionExists => "There is a subscription",
            Self::SubscriptionState => "Not from where the subscription stands",
            Self::PaymentCancelled => "The payment was cancelled",
            Self::SeqNotReached => "Not there yet",
            Self::BodyTooLarge => "The body is too large",
            Self::UnsupportedMediaType => "The body is not sent as JSON",
            Self::InvalidRequest => "A value is not valid",
            Self::IdempotencyKeyReused => "The key was used for another request",
            Self::BelowMinimum => "Below the minimum",
            Self::PromotionNotApplicable => "The promotion does not hold here",
            Self::RateLimited => "Too many requests",
            Self::Internal => "Something broke",
            Self::Overloaded => "Too much waits already",
            Self::LedgerStopped => "The ledger has stopped",
            Self::ClockJump => "The server's clock jumped",
        }
    }
}
