//! What a problem says of a payment that is to be made. This module must not know
//! what is paid for.

use app::PaymentNeeded;
use secrecy::SecretString;

/// A payment to make, and how.
#[derive(Clone, Debug)]
pub(crate) struct ToPay {
    /// What the payment provider calls it.
    pub(super) intent: Option<String>,
    /// How far it is, in the provider's words.
    pub(super) status: &'static str,
    /// What the client's own page pays with.
    pub(super) client_secret: Option<SecretString>,
    /// The page to pay on.
    pub(super) checkout_url: Option<String>,
    /// Why the last try was refused.
    pub(super) declined: Option<String>,
}

impl ToPay {
    /// One that its payer confirms, with a client secret or on a page.
    pub(crate) fn confirm(with: String) -> Self {
        let is_page = with.starts_with("https://");
        let (client_secret, checkout_url) =
            if is_page { (None, Some(with)) } else { (Some(with.into()), None) };
        let (intent, declined) = (None, None);
        Self { intent, status: "requires_action", client_secret, checkout_url, declined }
    }
}

impl From<PaymentNeeded> for ToPay {
    fn from(needed: PaymentNeeded) -> Self {
        let PaymentNeeded { intent, status, client_secret, checkout_url, declined, .. } = needed;
        Self { intent, status, client_secret, checkout_url, declined }
    }
}
