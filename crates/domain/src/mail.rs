//! What people are written for. What is written is not known here.

/// What a mail tells.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $word:literal;)+) => {
        /// What a mail tells.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum MailKind {
            $($(#[$doc])* $kind,)+
        }

        impl MailKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// The word on the wire and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $word),+ }
            }
        }
    };
}

kinds! {
    /// Money came in, and what it bought is there.
    PaymentConfirmation = "payment_confirmation";
    /// Money did not come in.
    PaymentFailure = "payment_failure";
    /// Money was given back.
    PaymentRefunded = "payment_refunded";
    /// The bank asks for money back: what it bought is frozen until that is decided.
    ChargebackOpened = "chargeback_opened";
    /// The bank took the money back.
    ChargebackLost = "chargeback_lost";
    /// The bank left the money: what it bought is there again.
    ChargebackWon = "chargeback_won";
    /// A subscription will be renewed soon.
    RenewalReminder = "renewal_reminder";
    /// A subscription, or its trial, began.
    SubscriptionStarted = "subscription_started";
    /// A trial will become a paid subscription soon.
    TrialEnding = "trial_ending";
    /// A period was paid, and its credits are there.
    SubscriptionRenewed = "subscription_renewed";
    /// Another package, now or from the period's end.
    SubscriptionChanged = "subscription_changed";
    /// No more bills and credits from the period's end.
    SubscriptionPaused = "subscription_paused";
    /// Bills and credits again.
    SubscriptionResumed = "subscription_resumed";
    /// A period could not be paid; it will be tried again.
    SubscriptionPastDue = "subscription_past_due";
    /// It ends, or has ended.
    SubscriptionCancelled = "subscription_cancelled";
    /// It goes on after all.
    SubscriptionCancelUndone = "subscription_cancel_undone";
    /// It ended by itself.
    SubscriptionExpired = "subscription_expired";
    /// A promotion gave credits.
    PromotionRedeemed = "promotion_redeemed";
    /// Credits are bought by themselves from now on.
    TopUpStarted = "top_up_started";
    /// They no longer are, and why.
    TopUpStopped = "top_up_stopped";
    /// Few credits are left.
    LowBalance = "low_balance";
    /// Hardly any are.
    CriticalBalance = "critical_balance";
    /// Some expire soon.
    CreditsExpiring = "credits_expiring";
}

impl MailKind {
    /// The kind of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_reads_back_as_it_is_written_and_nothing_else_reads() {
        for kind in MailKind::ALL {
            assert_eq!(MailKind::parse(kind.as_str()), Some(*kind));
        }
        assert_eq!(MailKind::parse("Payment_Confirmation"), None);
    }
}
