//! Ids in paths. A malformed one is 404, but only after the body was found
//! right: so a handler asks for it last.

use std::str::FromStr;

use axum::extract::{FromRequestParts, Path};
use domain::{
    HoldId, JobId, PackageId, PaymentIntent, PromotionId, PurchaseId, ReversalId, ServiceKey,
    SubscriptionId, Text, TxId, UserId,
};
use http::request::Parts;

use crate::api::Api;
use crate::problem::{Code, Problem};

/// The id in the path, if it is one.
pub(crate) struct Named<T>(Option<T>);

/// What a path can name.
pub(crate) trait InPath: Sized {
    /// What it is called in a sentence.
    const WHAT: &'static str;

    fn parse(segment: &str) -> Option<Self>;
}

impl<T: InPath> Named<T> {
    /// The id, or 404.
    pub(crate) fn get(self) -> Result<T, Problem> {
        self.0.ok_or_else(|| Problem::not_found(T::WHAT))
    }
}

impl<T: InPath + Send> FromRequestParts<Api> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let segment = Path::<String>::from_request_parts(parts, api).await;
        Ok(Self(segment.ok().and_then(|Path(segment)| T::parse(&segment))))
    }
}

macro_rules! in_paths {
    ($($kind:ty, $what:literal, $parse:expr;)+) => {$(
        impl InPath for $kind {
            const WHAT: &'static str = $what;

            fn parse(segment: &str) -> Option<Self> {
                $parse(segment).ok()
            }
        }
    )+};
}

impl InPath for Code {
    const WHAT: &'static str = "error code";

    fn parse(segment: &str) -> Option<Self> {
        Self::parse(segment)
    }
}

in_paths! {
    TxId, "transaction", Self::from_str;
    HoldId, "hold", Self::from_str;
    UserId, "user", Self::from_str;
    SubscriptionId, "subscription", Self::from_str;
    JobId, "job", Self::from_str;
    PurchaseId, "purchase", Self::from_str;
    ReversalId, "refund or chargeback", Self::from_str;
    PaymentIntent, "payment", Self::parse;
    PackageId, "package", Self::from_str;
    PromotionId, "promotion", Self::from_str;
    ServiceKey, "service", Self::parse;
    Text, "key", Self::parse;
}
