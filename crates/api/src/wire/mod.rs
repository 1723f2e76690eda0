//! JSON as clients see it: what requests may hold and how answers are written.
//!
//! Wire types are apart from the product's: a request turns into the arguments
//! of one use case, a view into an answer. Nothing here decides anything but
//! form. One module a noun; the rest is what they share.

mod api_key;
mod audit;
mod balance;
mod batch;
mod batch_result;
mod batch_schema;
mod billing;
mod bought;
mod charge;
mod collection;
mod correction;
mod explanation;
mod grant;
mod hold;
mod input;
mod job;
mod journal;
mod mail;
mod output;
mod package;
mod package_admin;
mod payment;
mod promotion;
mod purchase;
mod quote;
mod rate;
mod rates;
mod reconciliation;
mod redemption;
mod reversal;
mod scalar;
mod service;
mod session;
mod standing;
mod status;
mod subscription;
mod subscription_period;
mod summary;
mod tag;
mod top_up;
mod transaction;
mod user;

pub(crate) use api_key::{ApiKeyBody, ApiKeyList, ApiKeyMade};
pub(crate) use audit::{AuditList, AuditQuery};
pub(crate) use balance::{BalanceQuery, CreditBalance, UserBalanceQuery};
pub(crate) use batch::BatchBody;
pub(crate) use batch_result::{BatchResults, status};
pub(crate) use batch_schema::Batch;
pub(crate) use billing::{CustomerBilling, StripeProductList};
pub(crate) use bought::{Purchase, PurchaseList, PurchasesQuery};
pub(crate) use correction::{Corrected, CorrectionBody};
pub(crate) use explanation::Explanation;
pub(crate) use grant::{Grant, GrantBody, GrantList, GrantsAsked, GrantsQuery};
pub(crate) use hold::{
    Capture, CaptureBody, ExtendBody, Hold, HoldBody, HoldList, HoldsAsked, HoldsQuery,
};
pub(crate) use input::In;
pub(crate) use job::{Job, JobList, JobsQuery};
pub(crate) use journal::{ExportQuery, JournalLine, TrialBalanceTotals, VerifyReport};
pub(crate) use mail::{MailList, MailsQuery};
pub(crate) use output::{Decimal, hex};
pub(crate) use package::PackageList;
pub(crate) use package_admin::{PackageBody, PackageHistory, PackageHistoryList, PackagePatchBody};
pub(crate) use payment::{
    CheckoutSession, CheckoutSessionBody, CustomerPortal, PaymentIntent, PaymentIntentBody,
    PortalBody,
};
pub(crate) use promotion::{
    CreditPromotion, PromotionBody, PromotionList, PromotionPatchBody, PromotionsQuery,
};
pub(crate) use purchase::{PurchaseBody, PurchaseOffer, PurchaseValidateBody};
pub(crate) use quote::{Quote, QuoteBody};
pub(crate) use rate::CreditRate;
pub(crate) use rates::{Rates, RatesBody, RatesList};
pub(crate) use reconciliation::Reconciliation;
pub(crate) use redemption::{
    PromotionHistory, RedeemBody, Redemption, RedemptionList, RedemptionsQuery,
};
pub(crate) use reversal::{
    PaymentRefundBody, RefundBody, Reversal, ReversalList, ReversalsAsked, ReversalsQuery, Synced,
};
pub(crate) use service::{PriceBody, Service, ServiceBody, ServiceList};
pub(crate) use session::{LoginBody, Me, PasswordBody, RegisterBody, SignedIn};
pub(crate) use standing::{StandingsAsked, StandingsQuery, UserCreditStatusList};
pub(crate) use status::{ResumeBody, Resumed, StatusBody, StatusSet};
pub(crate) use subscription::{
    ChangeBody, OfUserBody, OwnSubscriptionsQuery, PauseBody, PeriodGrantBody, SubscribeBody,
    SubscriptionList, SubscriptionsQuery, UserSubscription,
};
pub(crate) use subscription_period::{
    PeriodsQuery, PreviewBody, SubscriptionPeriodList, SubscriptionPreview,
};
pub(crate) use summary::{SummaryQuery, SystemCreditSummary, UserCreditSummary};
pub(crate) use tag::{Tags, TagsBody};
pub(crate) use top_up::{TopUp, TopUpBody, TopUpList, TopUpsQuery};
pub(crate) use transaction::{
    CreditTransaction, SpendBody, TransactionList, TransactionsAsked, TransactionsQuery,
    UserTransactionsAsked, UserTransactionsQuery,
};
pub(crate) use user::{User, UserBody, UserList, UserPatchBody, UsersAsked, UsersQuery};
