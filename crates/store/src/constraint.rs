//! The named constraints of the schema, as one enum for both engines.
//!
//! PostgreSQL reports a constraint's name. SQLite reports the name of a CHECK,
//! but the columns of a unique index; both are listed here, and a test breaks
//! each one. This module must not know what a use case makes of them.

use crate::error::Error;

/// Declares the enum and what each engine calls a variant.
macro_rules! constraints {
    ($($(#[$doc:meta])* $variant:ident = $name:literal $(unique($columns:literal))?;)*) => {
        /// A rule of the schema that a statement broke.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Constraint {
            $($(#[$doc])* $variant,)*
        }

        impl Constraint {
            /// Every one of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name in the schema.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The columns SQLite names for it, if it is a unique one.
            pub(crate) const fn columns(self) -> Option<&'static str> {
                match self { $(Self::$variant => constraints!(@columns $($columns)?)),* }
            }
        }
    };
    (@columns) => { None };
    (@columns $columns:literal) => { Some($columns) };
}

constraints! {
    /// A database has one book.
    OneBook = "books_one";
    /// A database has one book, once.
    Book = "books_pk" unique("books.singleton");
    /// A book is `test` or `live`.
    BookMode = "books_mode";
    /// One row a kind of turn.
    Turn = "turns_pk" unique("turns.name");
    /// A user's id.
    User = "users_pk" unique("users.id");
    /// One user an address, whatever its case.
    UserEmail = "users_email" unique("users.email_folded");
    /// One user an external id.
    UserExternalId = "users_external_id" unique("users.external_id");
    /// One user a wallet.
    UserWallet = "users_wallet" unique("users.wallet_id");
    /// A role is one of four.
    UserRole = "users_role";
    /// A key's id.
    ApiKey = "api_keys_pk" unique("api_keys.id");
    /// One unrevoked key a name.
    ApiKeyName = "api_keys_name" unique("api_keys.name");
    /// One key a digest.
    ApiKeyDigest = "api_keys_digest" unique("api_keys.digest");
    /// A session's id.
    Session = "sessions_pk" unique("sessions.id");
    /// One session a digest.
    SessionDigest = "sessions_digest" unique("sessions.digest");
    /// One count an address.
    SignInAttempts = "sign_in_attempts_pk" unique("sign_in_attempts.address");
    /// One service a key.
    Service = "services_pk" unique("services.key");
    /// One price a service and version.
    Price = "prices_pk" unique("prices.service_key, prices.version");
    /// Versions count from 1, a minimum is not negative.
    PriceBounds = "prices_bounds";
    /// One unit price a dimension.
    PriceDimension = "price_dimensions_pk"
        unique("price_dimensions.service_key, price_dimensions.version, price_dimensions.dimension");
    /// A unit price is not negative.
    PriceDimensionBounds = "price_dimensions_bounds";
    /// An audit row's id.
    Audit = "audit_pk" unique("audit.id");
    /// One audit row a record.
    AuditSeq = "audit_seq" unique("audit.seq");
    /// One link an audit row.
    AuditChain = "audit_chain_pk" unique("audit_chain.id");
    /// One cursor a consumer and partition.
    Cursor = "cursors_pk" unique("cursors.name, cursors.partition_id");
    /// A cursor counts from 0.
    CursorBounds = "cursors_bounds";
    /// A step of which a part is written goes behind its cursor.
    CursorPart = "cursors_part";
    /// One request a scope, operation and key.
    Request = "requests_pk" unique("requests.scope, requests.operation, requests.key");
    /// A request is started or done, and done has an answer.
    RequestState = "requests_state";
    /// A package's id.
    Package = "packages_pk" unique("packages.id");
    /// One package a name.
    PackageName = "packages_name" unique("packages.name");
    /// Versions count from 1.
    PackageBounds = "packages_bounds";
    /// One version of a package's terms a number.
    PackageVersion = "package_versions_pk"
        unique("package_versions.package_id, package_versions.version");
    /// A version counts from 1, a price is not negative, credits are some.
    PackageVersionBounds = "package_versions_bounds";
    /// A trial has days and credits.
    PackageVersionTrial = "package_versions_trial";
    /// One version of the rates a number.
    Rates = "rates_pk" unique("rates.version");
    /// A version counts from 1, a rate is not negative, a quote holds a while.
    RatesBounds = "rates_bounds";
    /// One tier an amount.
    RateTier = "rate_tiers_pk" unique("rate_tiers.version, rate_tiers.credits_min");
    /// A tier begins above 0 and lets go at most the whole.
    RateTierBounds = "rate_tiers_bounds";
    /// A purchase's id.
    Purchase = "purchases_pk" unique("purchases.id");
    /// One purchase a reference.
    PurchaseReference = "purchases_payment_reference" unique("purchases.payment_reference");
    /// One purchase a payment.
    PurchaseIntent = "purchases_payment_intent" unique("purchases.payment_intent");
    /// One purchase a caller's key.
    PurchaseRequest = "purchases_request"
        unique("purchases.request_scope, purchases.request_key");
    /// Something is bought, and not for less than nothing.
    PurchaseBounds = "purchases_bounds";
    /// What is granted was paid, and what is done has a record.
    PurchaseState = "purchases_state";
    /// One row a worker.
    JobWorker = "job_workers_pk" unique("job_workers.id");
    /// A job's id.
    Job = "jobs_pk" unique("jobs.id");
    /// One job a name and key.
    JobKey = "jobs_key" unique("jobs.name, jobs.key");
    /// What is counted of a job counts from 0.
    JobBounds = "jobs_bounds";
    /// What runs has a worker, what ended a time.
    JobState = "jobs_state";
    /// A mail's id.
    Mail = "mails_pk" unique("mails.id");
    /// One mail a fact.
    MailKey = "mails_key" unique("mails.key");
    /// A mail is queued, or sent at some time.
    MailState = "mails_state";
    /// A reversal's id.
    Reversal = "reversals_pk" unique("reversals.id");
    /// One reversal a reference.
    ReversalReference = "reversals_reference" unique("reversals.reference");
    /// One reversal an id of the provider's.
    ReversalProvider = "reversals_provider" unique("reversals.provider_id");
    /// One reversal a caller's key.
    ReversalRequest = "reversals_request"
        unique("reversals.request_scope, reversals.request_key");
    /// Money that goes back is more than none, what it took is not negative.
    ReversalBounds = "reversals_bounds";
    /// What stands where a kind of reversal can.
    ReversalState = "reversals_state";
    /// A step's id.
    ReversalStep = "reversal_steps_pk" unique("reversal_steps.id");
    /// A thing is done to a grant once because of a reversal.
    ReversalStepOnce = "reversal_steps_once"
        unique("reversal_steps.reversal_id, reversal_steps.action, reversal_steps.grant_seq, reversal_steps.grant_ordinal");
    /// One step of a payment is planned at a time.
    ReversalStepPlanned = "reversal_steps_planned" unique("reversal_steps.payment_intent");
    /// What a step counts.
    ReversalStepBounds = "reversal_steps_bounds";
    /// An action is one of six.
    ReversalStepAction = "reversal_steps_action";
    /// A step is planned, then done.
    ReversalStepState = "reversal_steps_state";
    /// A promotion's id.
    Promotion = "promotions_pk" unique("promotions.id");
    /// One promotion a code.
    PromotionCode = "promotions_code" unique("promotions.code");
    /// A promotion does one of three things.
    PromotionType = "promotions_type";
    /// It does something, for a while, for somebody.
    PromotionBounds = "promotions_bounds";
    /// It is used no more often than it may be.
    PromotionUses = "promotions_uses";
    /// One count of uses a promotion and user.
    PromotionUsesOfUser = "promotion_uses_pk"
        unique("promotion_uses.promotion_id, promotion_uses.user_id");
    /// Uses are counted from 0.
    PromotionUsesBounds = "promotion_uses_bounds";
    /// The id of a use of a promotion.
    Redemption = "promotion_redemptions_pk" unique("promotion_redemptions.id");
    /// One promotion a purchase.
    RedemptionPurchase = "promotion_redemptions_purchase"
        unique("promotion_redemptions.purchase_id");
    /// A use takes off and gives nothing negative.
    RedemptionBounds = "promotion_redemptions_bounds";
    /// What is reserved is for a purchase, what was granted has a record.
    RedemptionState = "promotion_redemptions_state";
    /// A user has a tag once.
    UserTag = "user_tags_pk" unique("user_tags.user_id, user_tags.tag");
    /// A subscription's id.
    Subscription = "subscriptions_pk" unique("subscriptions.id");
    /// One subscription a reference.
    SubscriptionReference = "subscriptions_billing_reference"
        unique("subscriptions.billing_reference");
    /// One subscription a provider's word for it.
    SubscriptionProvider = "subscriptions_provider" unique("subscriptions.provider_subscription");
    /// One subscription a caller's key.
    SubscriptionRequest = "subscriptions_request"
        unique("subscriptions.request_scope, subscriptions.request_key");
    /// One live subscription a user.
    SubscriptionLive = "subscriptions_live" unique("subscriptions.user_id");
    /// A period ends behind its start, a revision counts from 1.
    SubscriptionBounds = "subscriptions_bounds";
    /// A status has what belongs to it.
    SubscriptionState = "subscriptions_state";
    /// A period's id.
    SubscriptionPeriod = "subscription_periods_pk" unique("subscription_periods.id");
    /// One row a subscription and start.
    SubscriptionPeriodStart = "subscription_periods_start"
        unique("subscription_periods.subscription_id, subscription_periods.starts_at");
    /// One row a reference.
    SubscriptionPeriodReference = "subscription_periods_reference"
        unique("subscription_periods.reference");
    /// One row an invoice.
    SubscriptionInvoice = "subscription_periods_invoice" unique("subscription_periods.invoice");
    /// One row a payment.
    SubscriptionPayment = "subscription_periods_payment"
        unique("subscription_periods.payment_intent");
    /// One row a caller's key.
    SubscriptionPeriodRequest = "subscription_periods_request"
        unique("subscription_periods.request_scope, subscription_periods.request_key");
    /// A period ends behind its start, and nothing in it is less than nothing.
    SubscriptionPeriodBounds = "subscription_periods_bounds";
    /// A row is for a trial, a period or an upgrade.
    SubscriptionPeriodKind = "subscription_periods_kind";
    /// What is granting has an expiry, what is not granted no record.
    SubscriptionPeriodState = "subscription_periods_state";
    /// One agreement to top-ups a user.
    TopUpSettings = "top_up_settings_pk" unique("top_up_settings.user_id");
    /// And a wallet.
    TopUpSettingsWallet = "top_up_settings_wallet" unique("top_up_settings.wallet_id");
    /// A top-up buys something, within caps that are some.
    TopUpSettingsBounds = "top_up_settings_bounds";
    /// What stopped by itself has a reason.
    TopUpSettingsState = "top_up_settings_state";
    /// One top-up a purchase.
    TopUp = "top_ups_pk" unique("top_ups.purchase_id");
    /// One open top-up a user.
    TopUpOpen = "top_ups_open" unique("top_ups.user_id");
    /// A top-up costs nothing negative.
    TopUpBounds = "top_ups_bounds";
    /// What failed has a reason.
    TopUpState = "top_ups_state";
    /// One payment a purchase.
    Payment = "payments_pk" unique("payments.purchase_id");
    /// One purchase a page.
    PaymentCheckout = "payments_checkout" unique("payments.checkout");
    /// A payment has what its way needs.
    PaymentWay = "payments_way";
    /// One customer a user.
    Customer = "customers_pk" unique("customers.user_id");
    /// One user a customer.
    CustomerName = "customers_customer" unique("customers.customer");
    /// A reconciliation's id.
    Reconciliation = "reconciliations_pk" unique("reconciliations.id");
    /// One place a finding.
    Finding = "reconciliation_findings_pk" unique(
        "reconciliation_findings.reconciliation_id, reconciliation_findings.ordinal"
    );
    /// One row an event of Stripe's.
    StripeEvent = "stripe_events_pk" unique("stripe_events.id");
    /// One row a partition.
    PartitionRow = "partitions_pk" unique("partitions.partition_id");
    /// One record a place.
    Journal = "journal_pk" unique("journal.partition_id, journal.seq");
    /// One head a partition.
    Head = "heads_pk" unique("heads.partition_id");
    /// One text a record.
    Words = "words_pk" unique("words.partition_id, words.seq");
    /// One cursor a partition.
    Projected = "projected_pk" unique("projected.partition_id");
    /// One row a wallet.
    Wallet = "wallets_pk" unique("wallets.partition_id, wallets.wallet_id");
    /// One wallet an owner and unit.
    WalletOwner = "wallets_owner" unique(
        "wallets.partition_id, wallets.owner_kind, wallets.owner_id, wallets.unit"
    );
    /// L2: `posted >= held + frozen`, all of them and debt at least 0.
    WalletBounds = "wallets_bounds";
    /// One row a grant.
    Grant = "grants_pk" unique("grants.partition_id, grants.made_seq, grants.ordinal");
    /// L2: `0 <= held <= remaining <= amount`.
    GrantBounds = "grants_bounds";
    /// A cost has a currency, a currency a cost.
    GrantCost = "grants_cost";
    /// One row a hold.
    Hold = "holds_pk" unique("holds.partition_id, holds.hold_id");
    /// H1: what was captured, released and reserved is at most the amount.
    HoldBounds = "holds_bounds";
    /// H1: a closed hold has a time it was settled at and nothing left.
    HoldSettled = "holds_settled";
    /// One outcome a key.
    Key = "used_keys_pk" unique("used_keys.partition_id, used_keys.era, used_keys.key");
    /// A key lies in the era of its record.
    KeyEra = "used_keys_era";
    /// One transaction a wallet and `account_seq`.
    History = "history_pk"
        unique("history.partition_id, history.wallet_id, history.account_seq");
    /// One sum a refunded transaction.
    Refund = "refunds_pk" unique("refunds.partition_id, refunds.of_seq");
    /// What was refunded is something.
    RefundBounds = "refunds_bounds";
    /// One line a name.
    Total = "totals_pk" unique("totals.partition_id, totals.line");
    /// One standing a wallet.
    Standing = "standings_pk" unique("standings.partition_id, standings.wallet_id");
    /// One standing a user.
    StandingUser = "standings_user" unique("standings.partition_id, standings.user_id");
    /// One row a wallet and month.
    Month = "months_pk" unique("months.partition_id, months.wallet_id, months.month");
    /// One row a minute.
    Minute = "minutes_pk" unique("minutes.partition_id, minutes.minute");
    /// One row of figures a partition.
    Figures = "figures_pk" unique("figures.partition_id");
    /// A reference to a row that is not there. SQLite does not say which.
    Reference = "references";
}

impl Constraint {
    /// The variant of that name in the schema.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|constraint| constraint.name() == name)
    }

    /// The unique constraint on these columns, as SQLite lists them.
    pub(crate) fn unique_on(columns: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|constraint| constraint.columns() == Some(columns))
    }
}

/// Turns a broken constraint into what it means to the caller.
pub trait OnConstraint<T> {
    /// `meaning` if it was `constraint` that broke; any other error as it is.
    fn on<E: From<Error>>(
        self,
        constraint: Constraint,
        meaning: impl FnOnce() -> E,
    ) -> Result<T, E>;
}

impl<T> OnConstraint<T> for Result<T, Error> {
    fn on<E: From<Error>>(
        self,
        constraint: Constraint,
        meaning: impl FnOnce() -> E,
    ) -> Result<T, E> {
        self.map_err(|error| match error {
            Error::Constraint(broken) if broken == constraint => meaning(),
            other => E::from(other),
        })
    }
}
