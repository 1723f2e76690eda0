//! The book as a whole: its records, its totals, and whether it is sound.

use app::Exported;
use app::proof::{Finding, Outcome, Report, TrialBalance};
use data_encoding::BASE64;
use domain::{Seq, Turnover};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::input::In;
use super::output::{Decimal, Instant, Shown, hex};
use super::scalar::{Whole, WholeIn};
use crate::extract::Form;
use crate::problem::Problem;

/// From which record on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExportQuery {
    /// The first record; 1 if left out.
    #[param(value_type = Option<i64>, minimum = 1)]
    from_seq: Option<WholeIn>,
}

impl Form for ExportQuery {
    type Request = Seq;

    fn into_request(self) -> Result<Seq, Problem> {
        match self.from_seq {
            Some(In(Whole(0))) => Err(Problem::invalid_at("/from_seq", "must be at least 1")),
            Some(In(seq)) => Ok(seq.into()),
            None => Ok(Seq::from_number(1)),
        }
    }
}

/// A record of the journal, one line of the export.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JournalLine {
    seq: i64,
    at: Instant,
    /// `spend`, `grant`, `authorize`, …
    #[schema(examples("spend"))]
    kind: &'static str,
    /// The record that opened the wallet it is about.
    wallet: Option<i64>,
    /// `user:7`, `key:worker`, `system`.
    #[schema(examples("key:worker"))]
    actor: String,
    /// The credits it moves.
    posting: Option<JournalPosting>,
    /// Description and metadata; null where there are none or they were erased.
    words: Option<String>,
    /// The canonical bytes, Base64.
    body: String,
    /// `SHA-256(previous hash ‖ body)`, hexadecimal.
    hash: String,
}

/// Credits leave `debit` and enter `credit`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JournalPosting {
    #[schema(examples("wallet/2"))]
    debit: String,
    #[schema(examples("revenue/llm"))]
    credit: String,
    amount: Decimal,
}

impl From<Exported> for JournalLine {
    fn from(exported: Exported) -> Self {
        let record = exported.record;
        Self {
            seq: record.seq.number(),
            at: Instant(record.at),
            kind: record.event.kind().as_str(),
            wallet: record.wallet.map(domain::WalletId::number),
            actor: record.actor.to_string(),
            posting: record.posting.map(|posting| JournalPosting {
                debit: posting.debit.to_string(),
                credit: posting.credit.to_string(),
                amount: posting.amount.into(),
            }),
            words: exported.words,
            body: BASE64.encode(&exported.body),
            hash: hex(&exported.hash.0),
        }
    }
}

/// What every account has been debited and credited.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrialBalanceTotals {
    /// The last record that is counted.
    as_of_seq: i64,
    /// Whether debits and credits sum to the same.
    balanced: bool,
    accounts: Vec<AccountTotal>,
}

/// An account's totals; all wallets together are one.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountTotal {
    #[schema(value_type = String, examples("issuance/purchase"))]
    account: Shown<String>,
    /// What left it.
    debits: Decimal,
    /// What entered it.
    credits: Decimal,
}

impl AccountTotal {
    fn of((account, turnover): (&str, &Turnover)) -> Self {
        Self {
            account: Shown(account.to_owned()),
            debits: Decimal::of_micros(turnover.debits),
            credits: Decimal::of_micros(turnover.credits),
        }
    }
}

impl From<TrialBalance> for TrialBalanceTotals {
    fn from(balance: TrialBalance) -> Self {
        Self {
            as_of_seq: balance.as_of.number(),
            balanced: balance.totals.balance(),
            accounts: balance.totals.lines().map(AccountTotal::of).collect(),
        }
    }
}

/// Whether the book is sound.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VerifyReport {
    /// Whether everything is as the journal says, and the journal as signed.
    sound: bool,
    /// The first thing that is not.
    finding: Option<VerifyFinding>,
    /// The last record that was refolded.
    head_seq: i64,
    /// How many records were refolded.
    records: i64,
    wallets: usize,
    /// How many checkpoints agreed.
    checkpoints: usize,
}

/// Something that was tampered with, or is damaged.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VerifyFinding {
    /// The record it is about, where it is about one.
    seq: Option<i64>,
    /// Where.
    place: String,
    /// What is wrong there.
    what: String,
}

impl From<Finding> for VerifyFinding {
    fn from(finding: Finding) -> Self {
        let seq = finding.seq().map(Seq::number);
        Self { seq, place: finding.place.to_string(), what: finding.what }
    }
}

impl From<Report> for VerifyReport {
    fn from(report: Report) -> Self {
        let finding = match report.outcome {
            Outcome::Sound => None,
            Outcome::Tampered(finding) => Some(finding.into()),
        };
        Self {
            sound: finding.is_none(),
            finding,
            head_seq: report.head.seq.number(),
            records: report.records,
            wallets: report.wallets,
            checkpoints: report.checkpoints,
        }
    }
}
