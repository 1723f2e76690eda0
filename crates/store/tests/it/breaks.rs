//! Rows for the constraints of the schema to protect, and what breaks each of them.

use store::{Constraint, Sql};

/// A promotion with something of another one.
macro_rules! promotion {
    ($name:literal, $id:literal, $code:literal, $type:literal) => {
        Sql::both(
            $name,
            concat!(
                "INSERT INTO promotions VALUES (",
                $id,
                ", 'P', NULL, ",
                $code,
                ", ",
                $type,
                ", 1, NULL, NULL, NULL, NULL, 1, 2, TRUE, 1, 1, 1, 1, NULL)"
            ),
        )
    };
}

/// A use of a promotion for the one purchase.
macro_rules! redemption {
    ($name:literal, $id:literal) => {
        Sql::both(
            $name,
            concat!(
                "INSERT INTO promotion_redemptions VALUES (",
                $id,
                ", 1, 1, 7, 'a', NULL, 1, 5, 'USD', 0, 'reserved', 1, NULL, 1, 1)"
            ),
        )
    };
}

/// A subscription with something of another one. All of them have ended but where it is
/// said.
macro_rules! subscription {
    ($id:literal, $user:literal, $reference:literal, $provider:literal, $key:literal,
        $revision:literal) => {
        concat!(
            "INSERT INTO subscriptions VALUES (",
            $id,
            ", ",
            $user,
            ", 7, 1, 1, NULL, NULL, 'trial', 'renew', NULL, NULL, 1, 0, 1, 2, TRUE, NULL, ",
            $reference,
            ", NULL, ",
            $provider,
            ", NULL, TRUE, ",
            $revision,
            ", 'a', NULL, 's', ",
            $key,
            ", 1, 1, NULL)"
        )
    };
}

/// A period of the first one, with something of another period.
macro_rules! subscription_period {
    ($id:literal, $start:literal, $reference:literal, $invoice:literal, $payment:literal,
        $key:literal, $attempt:literal) => {
        concat!(
            "INSERT INTO subscription_periods VALUES (",
            $id,
            ", 1, 'trial', ",
            $start,
            ", 9, 1, 1, 0, 'USD', 1, 0, 'collecting', ",
            $reference,
            ", ",
            $invoice,
            ", ",
            $payment,
            ", 0, NULL, NULL, ",
            $attempt,
            ", NULL, NULL, 's', ",
            $key,
            ", 1, 1)"
        )
    };
}

/// Rows for the constraints to protect.
pub(crate) const ROWS: &[Sql] = &[
    Sql::both("t.book", "INSERT INTO books VALUES (1, x'', 'test', 1, x'', x'', x'', 1)"),
    Sql::both(
        "t.user",
        "INSERT INTO users (id, email, email_folded, name, role, external_id, wallet_id,
            created_at, updated_at)
        VALUES (1, 'a', 'a', 'A', 'admin', 'x', 7, 1, 1)",
    ),
    Sql::both(
        "t.key",
        "INSERT INTO api_keys (id, name, digest, prefix, scopes, created_at)
        VALUES (1, 'k', x'01', 'sk', '', 1)",
    ),
    Sql::both("t.service", "INSERT INTO services VALUES ('s', 'S', 'request', 1, NULL)"),
    Sql::both("t.price", "INSERT INTO prices VALUES ('s', 1, 0, 1)"),
    Sql::both("t.dimension", "INSERT INTO price_dimensions VALUES ('s', 1, 'd', 0)"),
    Sql::both(
        "t.audit",
        "INSERT INTO audit (id, at, actor, action, subject, seq) VALUES (1, 1, 'a', 'b', 'c', 1)",
    ),
    Sql::both("t.cursor", "INSERT INTO cursors VALUES ('c', 1, 0, 0, 0)"),
    Sql::both("t.request", "INSERT INTO requests VALUES ('s', 'o', 'k', x'', 'started', NULL, 1)"),
    Sql::both("t.journal", "INSERT INTO journal VALUES (1, 1, x'', x'')"),
    Sql::both("t.head", "INSERT INTO heads VALUES (1, 1, x'', 1, 0)"),
    Sql::both("t.words", "INSERT INTO words VALUES (1, 1, x'', '')"),
    Sql::both("t.projected", "INSERT INTO projected VALUES (1, 1)"),
    Sql::both(
        "t.wallet",
        "INSERT INTO wallets VALUES (1, 7, 'user', 1, 'credit', 1, 'active', 9, 3, 3, 0, 1, 1)",
    ),
    Sql::both(
        "t.grant",
        "INSERT INTO grants VALUES
            (1, 8, 1, 7, 'admin', 9, 50, 1, NULL, NULL, 1, 9, 3, NULL, NULL, 0, 0, 1)",
    ),
    Sql::both(
        "t.hold",
        "INSERT INTO holds VALUES (1, 9, 7, NULL, 1, 'release', 'reject', NULL, NULL, NULL,
            'system', 1, 9, 3, 0, 0, 3, 1, 1, 'open', NULL, x'', 1)",
    ),
    Sql::both("t.used", "INSERT INTO used_keys VALUES (1, 0, x'01', x'', 1)"),
    Sql::both("t.history", "INSERT INTO history VALUES (1, 7, 1, 'admin', 1, 1, 1)"),
    Sql::both("t.refund", "INSERT INTO refunds VALUES (1, 1, 1, 1)"),
    Sql::both("t.total", "INSERT INTO totals VALUES (1, 'wallets', x'', x'')"),
    Sql::both("t.standing", "INSERT INTO standings VALUES (1, 7, 1, 'active', 0, NULL, 1)"),
    Sql::both("t.month", "INSERT INTO months VALUES (1, 7, 1, 0, 0, 0, 0, 0, 0, 0)"),
    Sql::both("t.minute", "INSERT INTO minutes VALUES (1, 1, 1)"),
    Sql::both("t.figures", "INSERT INTO figures VALUES (1, 1, 1, 0, 0, x'')"),
    Sql::both(
        "t.package",
        "INSERT INTO packages VALUES (1, 'P', 1, TRUE, FALSE, 1, NULL, 1, NULL)",
    ),
    Sql::both(
        "t.terms",
        "INSERT INTO package_versions
        VALUES (1, 1, NULL, 0, 'USD', 1, 0, '[]', NULL, FALSE, NULL, 1, NULL, NULL)",
    ),
    Sql::both("t.rates", "INSERT INTO rates VALUES (1, 1, 'USD', 0, 1, 1)"),
    Sql::both("t.tier", "INSERT INTO rate_tiers VALUES (1, 1, 0)"),
    Sql::both(
        "t.purchase",
        "INSERT INTO purchases VALUES (1, 1, 7, 'a', NULL, 1, 50, 'USD', NULL, '{}', NULL,
            x'01', 'pi_1', 's', 'k', 'paying', 1, NULL, 1, 1)",
    ),
    Sql::both("t.link", "INSERT INTO audit_chain VALUES (1, x'')"),
    Sql::both(
        "t.session",
        "INSERT INTO sessions (id, user_id, digest, created_at, expires_at, last_seen_at)
        VALUES (1, 1, x'01', 1, 2, 1)",
    ),
    Sql::both("t.attempts", "INSERT INTO sign_in_attempts VALUES (x'01', 1, 1)"),
    Sql::both("t.worker", "INSERT INTO job_workers VALUES (x'01', 1)"),
    Sql::both(
        "t.job",
        "INSERT INTO jobs VALUES
            (1, 'n', 'k', '{}', 'running', 1, 1, 0, x'01', NULL, NULL, 1, NULL)",
    ),
    Sql::both("t.mail", "INSERT INTO mails VALUES (1, 'k', 'kind', 1, '{}', 'queued', 1, NULL)"),
    Sql::both(
        "t.reversal",
        "INSERT INTO reversals VALUES (1, 'pi_1', 1, 7, 'refund', 'returned', 50, 'USD', FALSE,
            x'01', 're_1', 'a', NULL, NULL, NULL, 0, TRUE, 's', 'k', 1, 1)",
    ),
    Sql::both(
        "t.step",
        "INSERT INTO reversal_steps VALUES (1, 'pi_1', 1, 'take', 8, 1, 1, 1, 'planned', 1, NULL,
            NULL, 1, 1)",
    ),
    promotion!("t.promotion", "1", "'A'", "'percentage'"),
    Sql::both("t.uses", "INSERT INTO promotion_uses VALUES (1, 1, 1)"),
    redemption!("t.redemption", "1"),
    Sql::both("t.tag", "INSERT INTO user_tags VALUES (1, 'vip')"),
    Sql::both("t.subscription", subscription!("1", "1", "x'01'", "'sub_1'", "'k'", "1")),
    Sql::both(
        "t.subscription_period",
        subscription_period!("1", "1", "x'01'", "'in_1'", "'pi_1'", "'k'", "1"),
    ),
    Sql::both(
        "t.payment",
        "INSERT INTO payments VALUES (1, 'intent', NULL, NULL, NULL, 'cs_1', NULL, 1, 1, NULL)",
    ),
    Sql::both("t.customer", "INSERT INTO customers VALUES (1, 'cus_1', 1)"),
    Sql::both("t.event", "INSERT INTO stripe_events VALUES ('evt_1', 'k', NULL, NULL, 1, 1)"),
    Sql::both("t.compared", "INSERT INTO reconciliations VALUES (1, 1, 1, 0, 0, 0)"),
    Sql::both(
        "t.finding",
        "INSERT INTO reconciliation_findings VALUES (1, 1, 'k', NULL, NULL, NULL, NULL, NULL)",
    ),
    Sql::both(
        "t.top_up_settings",
        "INSERT INTO top_up_settings VALUES (1, 7, 1, 'on', NULL, 1, 1, 1, 1, 'USD', 0, 'pm_1', 't',
            'a', 1, NULL, 1)",
    ),
    Sql::both(
        "t.top_up",
        "INSERT INTO top_ups VALUES (1, 1, 1, 1, 'USD', 'open', NULL, 1, 1)",
    ),
];

/// A refund with something of another one.
macro_rules! reversal {
    ($name:literal, $id:literal, $reference:literal, $provider:literal, $key:literal) => {
        Sql::both(
            $name,
            concat!(
                "INSERT INTO reversals VALUES (",
                $id,
                ", 'pi_1', 1, 7, 'refund', 'returned', 50, 'USD', FALSE, ",
                $reference,
                ", ",
                $provider,
                ", 'a', NULL, NULL, NULL, 0, TRUE, 's', ",
                $key,
                ", 1, 1)"
            ),
        )
    };
}

/// A purchase with something of another one.
macro_rules! purchase {
    ($name:literal, $id:literal, $reference:literal, $intent:literal, $key:literal) => {
        Sql::both(
            $name,
            concat!(
                "INSERT INTO purchases VALUES (",
                $id,
                ", 1, 7, 'a', NULL, 1, 50, 'USD', NULL,                  '{}', NULL, ",
                $reference,
                ", ",
                $intent,
                ", 's', ",
                $key,
                ", 'paying', 1,                  NULL, 1, 1)"
            ),
        )
    };
}

/// A statement that breaks each.
pub(crate) const BREAKS: &[(Constraint, Sql)] = &[
    (Constraint::Book, ROWS[0]),
    (
        Constraint::OneBook,
        Sql::both("t.one", "INSERT INTO books VALUES (2, x'', 'test', 1, x'', x'', x'', 1)"),
    ),
    (
        Constraint::BookMode,
        Sql::both("t.mode", "INSERT INTO books VALUES (1, x'', 'beta', 1, x'', x'', x'', 1)"),
    ),
    (
        Constraint::User,
        Sql::both(
            "t.user_id",
            "INSERT INTO users (id, email, email_folded, name, role, created_at, updated_at)
            VALUES (1, 'b', 'b', 'B', 'admin', 1, 1)",
        ),
    ),
    (
        Constraint::UserEmail,
        Sql::both(
            "t.user_email",
            "INSERT INTO users (email, email_folded, name, role, created_at, updated_at)
            VALUES ('A', 'a', 'B', 'admin', 1, 1)",
        ),
    ),
    (
        Constraint::UserExternalId,
        Sql::both(
            "t.user_external",
            "INSERT INTO users (email, email_folded, name, role, external_id, created_at, updated_at)
            VALUES ('b', 'b', 'B', 'admin', 'x', 1, 1)",
        ),
    ),
    (
        Constraint::UserWallet,
        Sql::both(
            "t.user_wallet",
            "INSERT INTO users (email, email_folded, name, role, wallet_id, created_at, updated_at)
            VALUES ('b', 'b', 'B', 'admin', 7, 1, 1)",
        ),
    ),
    (Constraint::UserRole, Sql::both("t.role", "UPDATE users SET role = 'king'")),
    (
        Constraint::ApiKey,
        Sql::both(
            "t.key_id",
            "INSERT INTO api_keys (id, name, digest, prefix, scopes, created_at)
            VALUES (1, 'l', x'02', 'sk', '', 1)",
        ),
    ),
    (
        Constraint::ApiKeyName,
        Sql::both(
            "t.key_name",
            "INSERT INTO api_keys (name, digest, prefix, scopes, created_at)
            VALUES ('k', x'02', 'sk', '', 1)",
        ),
    ),
    (
        Constraint::ApiKeyDigest,
        Sql::both(
            "t.key_digest",
            "INSERT INTO api_keys (name, digest, prefix, scopes, created_at)
            VALUES ('l', x'01', 'sk', '', 1)",
        ),
    ),
    (
        Constraint::Session,
        Sql::both(
            "t.session_id",
            "INSERT INTO sessions (id, user_id, digest, created_at, expires_at, last_seen_at)
            VALUES (1, 1, x'02', 1, 2, 1)",
        ),
    ),
    (
        Constraint::SessionDigest,
        Sql::both(
            "t.session_digest",
            "INSERT INTO sessions (user_id, digest, created_at, expires_at, last_seen_at)
            VALUES (1, x'01', 1, 2, 1)",
        ),
    ),
    (Constraint::SignInAttempts, ROWS[31]),
    (Constraint::Service, ROWS[3]),
    (Constraint::Price, ROWS[4]),
    (
        Constraint::PriceBounds,
        Sql::both("t.minimum", "INSERT INTO prices VALUES ('s', 2, -1, 1)"),
    ),
    (Constraint::PriceDimension, ROWS[5]),
    (
        Constraint::PriceDimensionBounds,
        Sql::both("t.unit", "INSERT INTO price_dimensions VALUES ('s', 1, 'e', -1)"),
    ),
    (
        Constraint::Audit,
        Sql::both(
            "t.audit_id",
            "INSERT INTO audit (id, at, actor, action, subject) VALUES (1, 1, 'a', 'b', 'c')",
        ),
    ),
    (
        Constraint::AuditSeq,
        Sql::both(
            "t.audit_seq",
            "INSERT INTO audit (at, actor, action, subject, seq) VALUES (1, 'a', 'b', 'c', 1)",
        ),
    ),
    (Constraint::AuditChain, ROWS[29]),
    (Constraint::Cursor, ROWS[7]),
    (
        Constraint::CursorBounds,
        Sql::both("t.seq", "INSERT INTO cursors VALUES ('d', 1, -1, 0, 0)"),
    ),
    (
        Constraint::CursorPart,
        Sql::both("t.upto", "INSERT INTO cursors VALUES ('d', 1, 5, 5, 1)"),
    ),
    (Constraint::Request, ROWS[8]),
    (Constraint::RequestState, Sql::both("t.state", "UPDATE requests SET state = 'done'")),
    (Constraint::Journal, ROWS[9]),
    (Constraint::Head, ROWS[10]),
    (Constraint::Words, ROWS[11]),
    (Constraint::Projected, ROWS[12]),
    (
        Constraint::Wallet,
        Sql::both(
            "t.same_wallet",
            "INSERT INTO wallets VALUES (1, 7, 'user', 2, 'credit', 1, 'active', 9, 3, 3, 0, 1, 1)",
        ),
    ),
    (
        Constraint::WalletOwner,
        Sql::both(
            "t.owner",
            "INSERT INTO wallets VALUES (1, 8, 'user', 1, 'credit', 1, 'active', 9, 3, 3, 0, 1, 1)",
        ),
    ),
    (Constraint::WalletBounds, Sql::both("t.l2", "UPDATE wallets SET held = 7")),
    (Constraint::Grant, ROWS[14]),
    (Constraint::GrantBounds, Sql::both("t.l2_grant", "UPDATE grants SET remaining = 2")),
    (Constraint::GrantCost, Sql::both("t.cost", "UPDATE grants SET cost_micro_cents = 1")),
    (Constraint::Hold, ROWS[15]),
    (Constraint::HoldBounds, Sql::both("t.h1", "UPDATE holds SET released = 4")),
    (
        Constraint::HoldSettled,
        Sql::both("t.h1_closed", "UPDATE holds SET status = 'captured', settled_at = 1"),
    ),
    (Constraint::Key, ROWS[16]),
    (Constraint::KeyEra, Sql::both("t.key_era", "UPDATE used_keys SET era = 7")),
    (Constraint::History, ROWS[17]),
    (Constraint::Refund, ROWS[18]),
    (Constraint::RefundBounds, Sql::both("t.nothing", "UPDATE refunds SET refunded = 0")),
    (Constraint::Total, ROWS[19]),
    (
        Constraint::Standing,
        Sql::both("t.wallet_twice", "INSERT INTO standings VALUES (1, 7, 2, 'active', 0, NULL, 1)"),
    ),
    (
        Constraint::StandingUser,
        Sql::both("t.user_twice", "INSERT INTO standings VALUES (1, 8, 1, 'active', 0, NULL, 1)"),
    ),
    (Constraint::Month, ROWS[21]),
    (Constraint::Minute, ROWS[22]),
    (Constraint::Figures, ROWS[23]),
    (
        Constraint::Package,
        Sql::both("t.package_id", "INSERT INTO packages VALUES (1, 'Q', 1, TRUE, FALSE, 1, NULL, 1, NULL)"),
    ),
    (
        Constraint::PackageName,
        Sql::both("t.name", "INSERT INTO packages VALUES (2, 'P', 1, TRUE, FALSE, 1, NULL, 1, NULL)"),
    ),
    (Constraint::PackageBounds, Sql::both("t.zeroth", "UPDATE packages SET version = 0")),
    (Constraint::PackageVersion, ROWS[25]),
    (
        Constraint::PackageVersionBounds,
        Sql::both("t.empty", "UPDATE package_versions SET credit_amount = 0"),
    ),
    (
        Constraint::PackageVersionTrial,
        Sql::both("t.trial", "UPDATE package_versions SET trial_days = 7"),
    ),
    (Constraint::Rates, ROWS[26]),
    (Constraint::RatesBounds, Sql::both("t.rate", "UPDATE rates SET base_rate = -1")),
    (Constraint::RateTier, ROWS[27]),
    (
        Constraint::RateTierBounds,
        Sql::both("t.discount", "UPDATE rate_tiers SET discount = 1000001"),
    ),
    (Constraint::Promotion, promotion!("t.promotion_id", "1", "'B'", "'percentage'")),
    (Constraint::PromotionCode, promotion!("t.code", "2", "'A'", "'percentage'")),
    (Constraint::PromotionType, promotion!("t.type", "2", "'B'", "'gift'")),
    (Constraint::PromotionBounds, Sql::both("t.window", "UPDATE promotions SET end_date = 1")),
    (Constraint::PromotionUses, Sql::both("t.over", "UPDATE promotions SET current_uses = 2")),
    (
        Constraint::PromotionUsesOfUser,
        Sql::both("t.uses_twice", "INSERT INTO promotion_uses VALUES (1, 1, 2)"),
    ),
    (Constraint::PromotionUsesBounds, Sql::both("t.under", "UPDATE promotion_uses SET uses = -1")),
    (Constraint::Redemption, redemption!("t.redemption_id", "1")),
    (Constraint::RedemptionPurchase, redemption!("t.redeemed_twice", "2")),
    (
        Constraint::RedemptionBounds,
        Sql::both("t.off", "UPDATE promotion_redemptions SET cents = -1"),
    ),
    (
        Constraint::RedemptionState,
        Sql::both("t.unrecorded", "UPDATE promotion_redemptions SET state = 'used', credits = 1"),
    ),
    (Constraint::UserTag, Sql::both("t.tag_twice", "INSERT INTO user_tags VALUES (1, 'vip')")),
    (Constraint::Purchase, purchase!("t.again", "1", "x'02'", "'pi_2'", "'l'")),
    (Constraint::PurchaseReference, purchase!("t.reference", "2", "x'01'", "'pi_2'", "'l'")),
    (Constraint::PurchaseIntent, purchase!("t.intent", "2", "x'02'", "'pi_1'", "'l'")),
    (Constraint::PurchaseRequest, purchase!("t.request_key", "2", "x'02'", "'pi_2'", "'k'")),
    (Constraint::PurchaseBounds, Sql::both("t.nothing_bought", "UPDATE purchases SET credits = 0")),
    (
        Constraint::Payment,
        Sql::both(
            "t.paid_twice",
            "INSERT INTO payments VALUES (1, 'intent', NULL, NULL, NULL, 'cs_2', NULL, 1, 1, NULL)",
        ),
    ),
    (
        Constraint::PaymentCheckout,
        Sql::both(
            "t.page",
            "INSERT INTO payments VALUES (2, 'intent', NULL, NULL, NULL, 'cs_1', NULL, 1, 1, NULL)",
        ),
    ),
    (Constraint::PaymentWay, Sql::both("t.way", "UPDATE payments SET way = 'checkout'")),
    (Constraint::Customer, Sql::both("t.known", "INSERT INTO customers VALUES (1, 'cus_2', 1)")),
    (Constraint::CustomerName, Sql::both("t.same", "INSERT INTO customers VALUES (2, 'cus_1', 1)")),
    (
        Constraint::Reconciliation,
        Sql::both("t.compared_again", "INSERT INTO reconciliations VALUES (1, 1, 1, 0, 0, 0)"),
    ),
    (
        Constraint::Finding,
        Sql::both(
            "t.found_again",
            "INSERT INTO reconciliation_findings VALUES (1, 1, 'k', NULL, NULL, NULL, NULL, NULL)",
        ),
    ),
    (
        Constraint::StripeEvent,
        Sql::both("t.told", "INSERT INTO stripe_events VALUES ('evt_1', 'k', NULL, NULL, 1, 1)"),
    ),
    (Constraint::PurchaseState, Sql::both("t.undone", "UPDATE purchases SET state = 'done'")),
    (Constraint::JobWorker, ROWS[32]),
    (
        Constraint::Job,
        Sql::both(
            "t.job_id",
            "INSERT INTO jobs VALUES
                (1, 'n', 'l', '{}', 'waiting', 1, 1, 0, NULL, NULL, NULL, 1, NULL)",
        ),
    ),
    (
        Constraint::JobKey,
        Sql::both(
            "t.job_key",
            "INSERT INTO jobs VALUES
                (2, 'n', 'k', '{}', 'waiting', 1, 1, 0, NULL, NULL, NULL, 1, NULL)",
        ),
    ),
    (Constraint::JobBounds, Sql::both("t.negative", "UPDATE jobs SET failures = -1")),
    (Constraint::JobState, Sql::both("t.nobody", "UPDATE jobs SET worker_id = NULL")),
    (
        Constraint::Mail,
        Sql::both(
            "t.mail_id",
            "INSERT INTO mails VALUES (1, 'l', 'kind', 1, '{}', 'queued', 1, NULL)",
        ),
    ),
    (
        Constraint::MailKey,
        Sql::both(
            "t.mail_key",
            "INSERT INTO mails VALUES (2, 'k', 'kind', 1, '{}', 'queued', 1, NULL)",
        ),
    ),
    (Constraint::MailState, Sql::both("t.unsent", "UPDATE mails SET state = 'sent'")),
    (Constraint::Reversal, reversal!("t.reversal_id", "1", "x'02'", "'re_2'", "'l'")),
    (Constraint::ReversalReference, reversal!("t.asked", "2", "x'01'", "'re_2'", "'l'")),
    (Constraint::ReversalProvider, reversal!("t.provider", "2", "x'02'", "'re_1'", "'l'")),
    (Constraint::ReversalRequest, reversal!("t.refund_key", "2", "x'02'", "'re_2'", "'k'")),
    (Constraint::ReversalBounds, Sql::both("t.no_money", "UPDATE reversals SET cents = 0")),
    (Constraint::ReversalState, Sql::both("t.no_bank", "UPDATE reversals SET state = 'opened'")),
    (
        Constraint::ReversalStep,
        Sql::both(
            "t.step_id",
            "INSERT INTO reversal_steps VALUES (1, 'pi_2', 1, 'owe', 8, 1, 1, 1, 'planned', 1,
                NULL, NULL, 1, 1)",
        ),
    ),
    (
        Constraint::ReversalStepOnce,
        Sql::both(
            "t.step_twice",
            "INSERT INTO reversal_steps VALUES (2, 'pi_2', 1, 'take', 8, 1, 1, 1, 'planned', 1,
                NULL, NULL, 1, 1)",
        ),
    ),
    (
        Constraint::ReversalStepPlanned,
        Sql::both(
            "t.step_beside",
            "INSERT INTO reversal_steps VALUES (2, 'pi_1', 1, 'owe', 8, 1, 1, 1, 'planned', 1,
                NULL, NULL, 1, 1)",
        ),
    ),
    (
        Constraint::ReversalStepBounds,
        Sql::both("t.step_total", "UPDATE reversal_steps SET total = 2"),
    ),
    (
        Constraint::ReversalStepAction,
        Sql::both("t.step_action", "UPDATE reversal_steps SET action = 'melt'"),
    ),
    (
        Constraint::ReversalStepState,
        Sql::both("t.step_done", "UPDATE reversal_steps SET state = 'done'"),
    ),
    (Constraint::Turn, Sql::both("t.turn", "INSERT INTO turns VALUES ('edit')")),
    (Constraint::PartitionRow, Sql::both("t.partition", "INSERT INTO partitions VALUES (1)")),
    (Constraint::Reference, Sql::both("t.fk", "INSERT INTO prices VALUES ('t', 1, 0, 1)")),
    (
        Constraint::Subscription,
        Sql::both("t.s_again", subscription!("1", "2", "x'02'", "'sub_2'", "'l'", "1")),
    ),
    (
        Constraint::SubscriptionLive,
        Sql::both("t.s_live", subscription!("2", "1", "x'02'", "'sub_2'", "'l'", "1")),
    ),
    (
        Constraint::SubscriptionReference,
        Sql::both("t.s_reference", subscription!("2", "2", "x'01'", "'sub_2'", "'l'", "1")),
    ),
    (
        Constraint::SubscriptionProvider,
        Sql::both("t.s_provider", subscription!("2", "2", "x'02'", "'sub_1'", "'l'", "1")),
    ),
    (
        Constraint::SubscriptionRequest,
        Sql::both("t.s_request", subscription!("2", "2", "x'02'", "'sub_2'", "'k'", "1")),
    ),
    (
        Constraint::SubscriptionBounds,
        Sql::both("t.s_bounds", "UPDATE subscriptions SET revision = 0"),
    ),
    (
        Constraint::SubscriptionState,
        Sql::both("t.s_state", "UPDATE subscriptions SET status = 'paused'"),
    ),
    (
        Constraint::SubscriptionPeriod,
        Sql::both("t.p_again", subscription_period!("1", "2", "x'02'", "'in_2'", "'pi_2'", "'l'", "1")),
    ),
    (
        Constraint::SubscriptionPeriodStart,
        Sql::both("t.p_start", subscription_period!("2", "1", "x'02'", "'in_2'", "'pi_2'", "'l'", "1")),
    ),
    (
        Constraint::SubscriptionPeriodReference,
        Sql::both("t.p_reference", subscription_period!("2", "2", "x'01'", "'in_2'", "'pi_2'", "'l'", "1")),
    ),
    (
        Constraint::SubscriptionInvoice,
        Sql::both("t.p_invoice", subscription_period!("2", "2", "x'02'", "'in_1'", "'pi_2'", "'l'", "1")),
    ),
    (
        Constraint::SubscriptionPayment,
        Sql::both(
            "t.p_payment",
            subscription_period!("2", "2", "x'02'", "'in_2'", "'pi_1'", "'l'", "1"),
        ),
    ),
    (
        Constraint::SubscriptionPeriodRequest,
        Sql::both("t.p_request", subscription_period!("2", "2", "x'02'", "'in_2'", "'pi_2'", "'k'", "1")),
    ),
    (
        Constraint::SubscriptionPeriodBounds,
        Sql::both("t.p_bounds", "UPDATE subscription_periods SET attempt = 0"),
    ),
    (
        Constraint::SubscriptionPeriodKind,
        Sql::both("t.p_kind", "UPDATE subscription_periods SET kind = 'week'"),
    ),
    (
        Constraint::SubscriptionPeriodState,
        Sql::both("t.p_state", "UPDATE subscription_periods SET state = 'granting'"),
    ),
    (
        Constraint::TopUpSettings,
        Sql::both(
            "t.top_up_settings_pk",
            "INSERT INTO top_up_settings VALUES (1, 8, 1, 'on', NULL, 1, 1, 1, 1, 'USD', 0, 'pm_1',
                't', 'a', 1, NULL, 1)",
        ),
    ),
    (
        Constraint::TopUpSettingsWallet,
        Sql::both(
            "t.top_up_settings_wallet",
            "INSERT INTO top_up_settings VALUES (2, 7, 1, 'on', NULL, 1, 1, 1, 1, 'USD', 0, 'pm_1',
                't', 'a', 1, NULL, 1)",
        ),
    ),
    (
        Constraint::TopUpSettingsBounds,
        Sql::both(
            "t.top_up_settings_bounds",
            "UPDATE top_up_settings SET month_cap = day_cap - 1",
        ),
    ),
    (
        Constraint::TopUpSettingsState,
        Sql::both("t.top_up_settings_state", "UPDATE top_up_settings SET state = 'stopped'"),
    ),
    (
        Constraint::TopUp,
        Sql::both(
            "t.top_ups_pk",
            "INSERT INTO top_ups VALUES (1, 2, 1, 1, 'USD', 'open', NULL, 1, 1)",
        ),
    ),
    (
        Constraint::TopUpOpen,
        Sql::both(
            "t.top_ups_open",
            "INSERT INTO top_ups VALUES (2, 1, 1, 1, 'USD', 'open', NULL, 1, 1)",
        ),
    ),
    (Constraint::TopUpBounds, Sql::both("t.top_ups_bounds", "UPDATE top_ups SET cents = -1")),
    (Constraint::TopUpState, Sql::both("t.top_ups_state", "UPDATE top_ups SET state = 'failed'")),
];
