//! What may become of a payment of 10 dollars for 100 credits, act by act.

/// Something that somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// The customer buys, maybe with a payment method.
    Buy(Option<&'static str>),
    /// The customer buys on a page of Stripe's.
    BuyOnAPage,
    /// The customer spends credits.
    Spend(&'static str),
    Pay,
    PaySlowly,
    Settle,
    Bounce,
    Decline,
    Cancel,
    PayPage,
    PayPageSlowly,
    DeclinePage,
    /// Somebody refunds cents in Stripe's own pages.
    Refund(i64),
    /// Staff refund cents here.
    RefundByStaff(i64),
    FailRefund,
    Dispute,
    Win,
    Lose,
}

/// What becomes of one payment.
#[derive(Debug)]
pub(crate) struct Plot {
    pub(crate) name: &'static str,
    pub(crate) acts: &'static [Act],
    /// Whether money came in.
    pub(crate) is_paid: bool,
    /// What the customer has in the end: posted, frozen and owed.
    pub(crate) end: [&'static str; 3],
}

const VISA: Act = Act::Buy(Some("pm_card_visa"));
const ASKING: Act = Act::Buy(Some("pm_card_authenticationRequired"));
const BUY: Act = Act::Buy(None);
const PAID: [&str; 3] = ["100", "0", "0"];
const NOTHING: [&str; 3] = ["0", "0", "0"];

const fn paid(name: &'static str, acts: &'static [Act], end: [&'static str; 3]) -> Plot {
    Plot { name, acts, is_paid: true, end }
}

const fn unpaid(name: &'static str, acts: &'static [Act]) -> Plot {
    Plot { name, acts, is_paid: false, end: NOTHING }
}

/// Every plot there is.
pub(crate) const ALL: [Plot; 27] = [
    paid("paid", &[BUY, Act::Pay], PAID),
    unpaid("unpaid", &[BUY]),
    paid("slow", &[BUY, Act::PaySlowly, Act::Settle], PAID),
    unpaid("bounced", &[BUY, Act::PaySlowly, Act::Bounce]),
    paid("declined, then paid", &[BUY, Act::Decline, Act::Pay], PAID),
    paid("asked, then paid", &[ASKING, Act::Pay], PAID),
    paid("paid by card", &[VISA], PAID),
    unpaid("cancelled", &[BUY, Act::Cancel]),
    paid("paid on a page", &[Act::BuyOnAPage, Act::PayPage], PAID),
    paid("slow on a page", &[Act::BuyOnAPage, Act::PayPageSlowly, Act::Settle], PAID),
    paid("declined on a page, then paid", &[Act::BuyOnAPage, Act::DeclinePage, Act::PayPage], PAID),
    unpaid("page left", &[Act::BuyOnAPage]),
    unpaid("bounced on a page", &[Act::BuyOnAPage, Act::PayPageSlowly, Act::Bounce]),
    paid(
        "refunded in parts",
        &[BUY, Act::Pay, Act::Refund(300), Act::Refund(200)],
        ["50", "0", "0"],
    ),
    paid("refunded", &[Act::BuyOnAPage, Act::PayPage, Act::Refund(1_000)], NOTHING),
    paid("refund failed", &[BUY, Act::Pay, Act::Refund(400), Act::FailRefund], PAID),
    paid(
        "refunded in vain, then again",
        &[BUY, Act::Pay, Act::Refund(400), Act::FailRefund, Act::Refund(100)],
        ["90", "0", "0"],
    ),
    paid("refunded by staff", &[VISA, Act::RefundByStaff(250)], ["75", "0", "0"]),
    paid(
        "refunded by staff and elsewhere",
        &[VISA, Act::RefundByStaff(250), Act::Refund(250)],
        ["50", "0", "0"],
    ),
    paid("spent, then refunded", &[VISA, Act::Spend("60"), Act::Refund(1_000)], NOTHING),
    paid("disputed", &[BUY, Act::Pay, Act::Dispute], ["100", "100", "0"]),
    paid("won", &[BUY, Act::Pay, Act::Dispute, Act::Win], PAID),
    paid("lost", &[BUY, Act::Pay, Act::Dispute, Act::Lose], NOTHING),
    paid("lost, then won", &[BUY, Act::Pay, Act::Dispute, Act::Lose, Act::Win], PAID),
    paid("spent, then lost", &[VISA, Act::Spend("60"), Act::Dispute, Act::Lose], ["0", "0", "60"]),
    paid(
        "refunded in part, then lost",
        &[BUY, Act::Pay, Act::Refund(300), Act::Dispute, Act::Lose],
        NOTHING,
    ),
    paid(
        "won, then lost again",
        &[BUY, Act::Pay, Act::Dispute, Act::Win, Act::Dispute, Act::Lose],
        NOTHING,
    ),
];
