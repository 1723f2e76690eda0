//! An agreement to top-ups as the answer of its key keeps it: as it was then.

use domain::{Cents, Credits, Time, WalletId};
use serde::{Deserialize, Serialize};
use store::top_ups::{Settings, Terms};

use super::view::TopUpView;
use crate::error::Error;

/// Credits are micro-credits, money is cents, times are microseconds.
#[derive(Deserialize, Serialize)]
pub(super) struct Stored {
    user: i64,
    wallet: i64,
    threshold: i64,
    quantity: i64,
    caps: (i64, i64),
    currency: String,
    cool_down_s: i64,
    payment_method: String,
    agreement: i64,
    consent: (String, String, i64),
    spent: (i64, i64),
}

impl Stored {
    pub(super) fn of(settings: &Settings, (today, this_month): (Cents, Cents)) -> Self {
        let terms = &settings.terms;
        let (text, by) = (terms.consent_text.clone(), terms.consent_by.clone());
        Self {
            user: terms.user_id,
            wallet: terms.wallet_id.number(),
            threshold: terms.threshold.micros(),
            quantity: terms.quantity.micros(),
            caps: (terms.day_cap, terms.month_cap),
            currency: terms.currency.clone(),
            cool_down_s: terms.cool_down_s,
            payment_method: terms.payment_method.clone(),
            agreement: settings.agreement,
            consent: (text, by, terms.consent_at.micros()),
            spent: (today.count(), this_month.count()),
        }
    }

    pub(super) fn into_view(self) -> Result<TopUpView, Error> {
        let (consent_text, consent_by, consent_at) = self.consent;
        let terms = Terms {
            user_id: self.user,
            wallet_id: WalletId::from_number(self.wallet),
            threshold: Credits::from_micros(self.threshold),
            quantity: Credits::from_micros(self.quantity),
            day_cap: self.caps.0,
            month_cap: self.caps.1,
            currency: self.currency,
            cool_down_s: self.cool_down_s,
            payment_method: self.payment_method,
            consent_text,
            consent_by,
            consent_at: Time::from_micros(consent_at),
        };
        let (today, this_month) = self.spent;
        let spent = (Cents::from_count(today), Cents::from_count(this_month));
        let (state, stopped, not_before) = ("on".to_owned(), None, None);
        let settings = Settings { terms, agreement: self.agreement, state, stopped, not_before };
        TopUpView::of(settings, spent, Time::from_micros(consent_at))
    }
}
