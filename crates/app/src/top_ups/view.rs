//! Top-ups as their owner sees them.

use domain::{Cents, Currency, Time, TopUpCaps, TopUpTerms, UserId};
use store::top_ups::{Settings, Terms};

use crate::error::Error;

/// What a user agreed to and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopUpView {
    /// Whose.
    pub user: UserId,
    /// How it stands.
    pub state: TopUpState,
    /// What was agreed to.
    pub terms: TopUpTerms,
    /// In which currency the caps are.
    pub currency: Currency,
    /// What pays.
    pub payment_method: String,
    /// Which text was agreed to,
    pub consent_text: String,
    /// by whom,
    pub consent_by: String,
    /// and when.
    pub consent_at: Time,
    /// Begun today, in UTC, and not failed.
    pub today: Cents,
    /// Begun this month, in UTC, and not failed.
    pub this_month: Cents,
    /// Nothing is bought before.
    pub not_before: Option<Time>,
}

/// How top-ups stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TopUpState {
    /// The balance is watched.
    On,
    /// They stopped by themselves, for that reason.
    Stopped(String),
    /// Somebody turned them off.
    Off,
}

impl TopUpView {
    pub(super) fn of(
        settings: Settings,
        (today, this_month): (Cents, Cents),
        now: Time,
    ) -> Result<Self, Error> {
        let Settings { terms, state, stopped, not_before, .. } = settings;
        let currency = Currency::parse(&terms.currency);
        let state = match (state.as_str(), stopped) {
            ("on", None) => TopUpState::On,
            ("off", None) => TopUpState::Off,
            ("stopped", Some(reason)) => TopUpState::Stopped(reason),
            _ => return Err(Error::internal("a stored state of top-ups is none")),
        };
        Ok(Self {
            user: UserId::from_number(terms.user_id),
            state,
            terms: agreed(&terms),
            currency: currency.ok_or_else(|| Error::internal("a stored currency is none"))?,
            payment_method: terms.payment_method,
            consent_text: terms.consent_text,
            consent_by: terms.consent_by,
            consent_at: terms.consent_at,
            today,
            this_month,
            // A wait that is over is none.
            not_before: not_before.filter(|until| *until > now),
        })
    }
}

/// Stored terms.
pub(super) const fn agreed(terms: &Terms) -> TopUpTerms {
    TopUpTerms {
        threshold: terms.threshold,
        quantity: terms.quantity,
        caps: TopUpCaps {
            day: Cents::from_count(terms.day_cap),
            month: Cents::from_count(terms.month_cap),
        },
        cool_down_s: terms.cool_down_s,
    }
}
