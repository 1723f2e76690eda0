//! A promised price: who, how many, for how much, until when, sealed with a
//! secret of the book. Who has it pays exactly that.

use data_encoding::BASE64URL_NOPAD;
use domain::{Cents, Currency, Promotion, PromotionCode, PurchasePrice, QuoteToken, Time, UserId};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use super::PurchaseAsk;
use crate::App;
use crate::error::Error;
use crate::fingerprint::Canonical;

/// Bytes of a seal.
const SEAL: usize = 16;

/// A price that is promised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurchaseQuote {
    /// What the buyer sends back.
    pub token: QuoteToken,
    /// Until when it holds.
    pub expires_at: Time,
}

/// What a token says.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct Promised {
    user: i64,
    credits: i64,
    promotion: Option<String>,
    pub(super) price: KeptPrice,
    expires_at: i64,
}

/// How a price came about, as tokens and rows keep it: millionths of a dollar
/// and of the whole, micro-credits, cents.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct KeptPrice {
    base: i64,
    unit: i64,
    /// From how many on, and what is let go.
    bulk: Option<(i64, i64)>,
    lines: Vec<(String, i64)>,
    total: i64,
    currency: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) promotion: Option<KeptPromotion>,
}

/// The promotion in a price.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct KeptPromotion {
    pub(super) id: i64,
    /// What it takes off.
    pub(super) off: i64,
    /// What it gives.
    pub(super) credits: i64,
}

impl KeptPrice {
    pub(super) fn of(price: &PurchasePrice, promotion: Option<&Promotion>) -> Self {
        let line = |line: &domain::PurchaseLine| (line.reason.as_str().into(), line.amount.count());
        Self {
            base: price.base.micros(),
            unit: price.unit.micros(),
            bulk: price.tier.map(|tier| (tier.credits_min.micros(), tier.discount.millionths())),
            lines: price.lines.iter().map(line).collect(),
            total: price.total.count(),
            currency: price.currency.to_string(),
            promotion: promotion.map(|promotion| KeptPromotion {
                id: promotion.id.number(),
                off: price.promoted().count(),
                credits: promotion.free_credits().micros(),
            }),
        }
    }

    pub(super) const fn total(&self) -> Cents {
        Cents::from_count(self.total)
    }

    pub(super) fn currency(&self) -> Result<Currency, Error> {
        Currency::parse(&self.currency).ok_or_else(|| Error::internal("a kept currency is none"))
    }
}

impl Promised {
    pub(super) fn is_for(&self, user: UserId, ask: &PurchaseAsk) -> bool {
        self.user == user.number()
            && self.credits == ask.credits.micros()
            && self.promotion.as_deref() == ask.promotion.as_ref().map(PromotionCode::as_str)
    }

    pub(super) const fn expires_at(&self) -> Time {
        Time::from_micros(self.expires_at)
    }
}

impl App {
    /// Promises a price for so many seconds.
    pub(super) fn promise(
        &self,
        user: UserId,
        ask: &PurchaseAsk,
        (price, seconds): (KeptPrice, i64),
    ) -> Result<PurchaseQuote, Error> {
        let expires_at = self.ledger().time()?.plus(seconds.saturating_mul(Time::SECOND));
        let promised = Promised {
            user: user.number(),
            credits: ask.credits.micros(),
            promotion: ask.promotion.as_ref().map(|code| code.as_str().to_owned()),
            price,
            expires_at: expires_at.micros(),
        };
        let json = serde_json::to_string(&promised).map_err(Error::internal)?;
        let sealed = [self.seal_quote(&json).as_slice(), json.as_bytes()].concat();
        let token = format!("{}{}", QuoteToken::PREFIX, BASE64URL_NOPAD.encode(&sealed));
        let token = QuoteToken::parse(&token).map_err(Error::internal)?;
        Ok(PurchaseQuote { token, expires_at })
    }

    /// What a token says, if the seal on it is ours.
    pub(super) fn open_quote(&self, token: &QuoteToken) -> Result<Promised, Error> {
        let foreign = || Error::invalid("/quote", "is not a quote of this server");
        let sealed = BASE64URL_NOPAD.decode(token.sealed().as_bytes()).map_err(|_| foreign())?;
        let (seal, json) = sealed.split_at_checked(SEAL).ok_or_else(foreign)?;
        let json = std::str::from_utf8(json).map_err(|_| foreign())?;
        if !bool::from(self.seal_quote(json).ct_eq(seal)) {
            return Err(foreign());
        }
        serde_json::from_str(json).map_err(Error::internal)
    }

    fn seal_quote(&self, json: &str) -> [u8; SEAL] {
        let secret = &self.ledger().book().fingerprint_secret;
        Canonical::of("purchases.quote").text("quote", json).seal(secret).0
    }
}
