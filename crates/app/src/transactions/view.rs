//! A transaction as its owner sees it, from its record alone.

use domain::{
    Cost, Credits, HoldId, Seq, SubscriptionId, Text, Time, TransactionType, TxId, UserId,
};
use ledger::{Kind, Record};

use crate::metadata::Metadata;
use crate::subscriptions::SubscriptionView;
use crate::words::Words;

/// A change of a user's balance.
#[expect(clippy::struct_field_names, reason = "what it is has one name everywhere")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// Its id.
    pub id: TxId,
    /// Whose credits.
    pub user: UserId,
    /// Positive in, negative out.
    pub amount: Credits,
    /// In words.
    pub description: String,
    /// What it is.
    pub transaction_type: TransactionType,
    /// The subscription that caused it.
    pub subscription: Option<SubscriptionId>,
    /// That as it is now, where transactions are looked at.
    pub caused_by: Option<Box<SubscriptionView>>,
    /// The job it was for.
    pub job: Option<Text>,
    /// What was paid for the credits; `None` on spends.
    pub paid: Option<Cost>,
    /// The payment that caused it.
    pub payment_intent: Option<String>,
    /// The caller's.
    pub metadata: Option<Metadata>,
    /// When it was recorded.
    pub created_at: Time,
    /// When it took effect, where that was before: an expiry.
    pub effective_at: Option<Time>,
    /// When the work was done, where the caller said so.
    pub occurred_at: Option<Time>,
    /// Its place in the journal.
    pub seq: Seq,
    /// Its place among the user's transactions, from 1.
    pub account_seq: i64,
    /// All credits of the user behind it.
    pub balance_after: Credits,
    /// What they were spent on.
    pub service: Option<Text>,
    /// The version of the service's price, its hold's where it captured one.
    pub price_version: Option<i64>,
    /// What was used, in millionths of a unit, by dimension.
    pub quantities: Vec<(Text, i64)>,
    /// The hold it captured.
    pub hold: Option<HoldId>,
    /// Pairs to slice usage by, by name; may be empty.
    pub labels: Vec<(Text, Text)>,
}

impl Transaction {
    /// The transaction of a record; `None` where it is none.
    pub(crate) fn of(user: UserId, record: &Record, words: Option<&str>) -> Option<Self> {
        let transaction_type = TransactionType::of(record)?;
        let after = record.after?;
        let words = words.map(Words::read).unwrap_or_default();
        let kind = record.event.kind();
        let made = record.grants.iter().find_map(|change| change.made.as_ref());
        Some(Self {
            id: TxId(record.seq),
            user,
            amount: record.amount()?,
            description: words.description.unwrap_or_else(|| describe(record)),
            transaction_type,
            subscription: cause(record, "subscription:")
                .and_then(|rest| rest.parse().ok())
                .map(SubscriptionId::from_number),
            caused_by: None,
            job: record.job.clone(),
            paid: made.filter(|_| kind == Kind::Grant).and_then(|terms| terms.cost),
            payment_intent: cause(record, "payment_intent:").map(str::to_owned),
            metadata: words.metadata,
            created_at: record.at,
            effective_at: record.effective_at,
            occurred_at: record.occurred_at,
            seq: record.seq,
            account_seq: after.account_seq,
            balance_after: after.posted,
            service: record.usage.service.clone(),
            price_version: record.usage.price_version,
            quantities: record.usage.quantities.clone(),
            hold: hold(record),
            labels: record.labels.clone(),
        })
    }
}

/// The hold a capture captured: the first its record changes.
fn hold(record: &Record) -> Option<HoldId> {
    let change = record.holds.first()?;
    (record.event.kind() == Kind::Capture).then_some(change.id)
}

/// The first part of a reference behind its kind: `7` of
/// `subscription:7:2026-11-01`.
fn cause<'r>(record: &'r Record, kind: &str) -> Option<&'r str> {
    let rest = record.reference.as_ref()?.as_str().strip_prefix(kind)?;
    rest.split(':').next()
}

/// What a transaction is called where nobody said, or what was said is erased.
fn describe(record: &Record) -> String {
    let service = record.usage.service.as_ref();
    match record.event.kind() {
        Kind::Spend | Kind::Capture => match service {
            Some(service) => format!("Usage of {service}"),
            None => "Usage".to_owned(),
        },
        Kind::Grant => "Credits added".to_owned(),
        Kind::Remove => "Credits removed".to_owned(),
        Kind::Expire => "Credits expired".to_owned(),
        Kind::Refund => "Credits given back".to_owned(),
        Kind::Clawback => "Credits taken back".to_owned(),
        Kind::Repay => "Debt paid".to_owned(),
        other => other.as_str().to_owned(),
    }
}
