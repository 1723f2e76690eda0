//! What is kept beside the ledger, each table behind those it refers to, and what
//! makes a database a book.

use super::{Table, table};

/// People, what they pay, what they asked, and what staff did.
pub(super) static EDITS: &[Table] = &[
    table! { "users", 1,
        i64 id, text email, text email_folded, text name, text role, text external_id,
        text password_hash, i64 wallet_id, i64 created_at, i64 updated_at, text search_folded
    },
    table! { "sessions", 1,
        i64 id, i64 user_id, bytes digest, i64 created_at, i64 expires_at, i64 last_seen_at,
        i64 revoked_at
    },
    table! { "sign_in_attempts", 1,
        bytes address, i64 attempts, i64 last_at
    },
    table! { "api_keys", 1,
        i64 id, text name, bytes digest, text prefix, text scopes, i64 created_at, i64 revoked_at,
        i64 last_used_at
    },
    table! { "services", 1,
        text key, text name, text unit, i64 created_at, i64 retired_at
    },
    table! { "prices", 2,
        text service_key, i64 version, i64 minimum, i64 created_at
    },
    table! { "price_dimensions", 3,
        text service_key, i64 version, text dimension, i64 unit_price
    },
    table! { "packages", 1,
        i64 id, text name, i64 version, bool is_active, bool is_featured, i64 sort_order,
        text stripe_product_id, i64 created_at, i64 updated_at
    },
    table! { "package_versions", 2,
        i64 package_id, i64 version, text description, i64 monthly_price, text currency,
        i64 credit_amount, i64 credit_rate, text features, i64 max_credits_per_month,
        bool rollover_enabled, text stripe_price_id, i64 created_at, i64 trial_days,
        i64 trial_credits
    },
    table! { "rates", 1,
        i64 version, i64 base_rate, text currency, i64 payment_min, i64 quote_seconds,
        i64 created_at
    },
    table! { "rate_tiers", 2,
        i64 version, i64 credits_min, i64 discount
    },
    table! { "purchases", 1,
        i64 id, i64 user_id, i64 wallet_id, text actor, text request_id, i64 credits, i64 cents,
        text currency, text description, text breakdown, i64 quote_expires_at,
        bytes payment_reference, text payment_intent, text request_scope, text request_key,
        text state, i64 attempt, i64 seq, i64 created_at, i64 updated_at
    },
    table! { "job_workers", 1,
        bytes id, i64 beat
    },
    table! { "jobs", 1,
        i64 id, text name, text key, text payload, text state, i64 run_at, i64 lease,
        i64 failures, bytes worker_id, i64 again_at, text last_error, i64 started_at, i64 ended_at
    },
    table! { "mails", 1,
        i64 id, text key, text kind, i64 user_id, text data, text state, i64 created_at,
        i64 sent_at
    },
    table! { "reversals", 1,
        i64 id, text payment_intent, i64 user_id, i64 wallet_id, text kind, text state, i64 cents,
        text currency, bool owes, bytes reference, text provider_id, text actor, text request_id,
        text reason, text declined, i64 taken, bool is_settled, text request_scope,
        text request_key, i64 created_at, i64 updated_at
    },
    table! { "reversal_steps", 1,
        i64 id, text payment_intent, i64 reversal_id, text action, i64 grant_seq,
        i64 grant_ordinal, i64 total, i64 of_credits, text state, i64 attempt, i64 seq, i64 clawed,
        i64 created_at, i64 updated_at
    },
    table! { "promotions", 1,
        i64 id, text name, text description, text code, text discount_type, i64 discount_value,
        i64 max_discount, i64 min_purchase, text package_ids, text user_groups, i64 start_date,
        i64 end_date, bool is_active, i64 max_uses, i64 current_uses, i64 max_uses_per_user,
        i64 created_at, i64 updated_at
    },
    table! { "promotion_uses", 2,
        i64 promotion_id, i64 user_id, i64 uses
    },
    table! { "promotion_redemptions", 1,
        i64 id, i64 promotion_id, i64 user_id, i64 wallet_id, text actor, text request_id,
        i64 purchase_id, i64 cents, text currency, i64 credits, text state, i64 attempt, i64 seq,
        i64 created_at, i64 updated_at
    },
    table! { "user_tags", 2,
        i64 user_id, text tag
    },
    table! { "subscriptions", 1,
        i64 id, i64 user_id, i64 wallet_id, i64 package_id, i64 package_version,
        i64 next_package_id, i64 next_package_version, text status, text then_do, text cover,
        i64 since, i64 anchor_at, i64 period_number, i64 period_starts_at, i64 period_ends_at,
        bool had_trial, text pause_reason, bytes billing_reference, text payment_method,
        text provider_subscription, text provider_customer, bool is_told, i64 revision,
        text actor, text request_id, text request_scope, text request_key, i64 created_at,
        i64 updated_at, text card_setup
    },
    table! { "subscription_periods", 1,
        i64 id, i64 subscription_id, text kind, i64 starts_at, i64 ends_at, i64 package_id,
        i64 package_version, i64 cents, text currency, i64 credits, i64 rollover, text state,
        bytes reference, text invoice, text payment_intent, i64 failures, i64 paid_at,
        i64 expires_at, i64 attempt, i64 seq, i64 rollover_seq, text request_scope, text request_key, i64 created_at,
        i64 updated_at
    },
    table! { "payments", 1,
        i64 purchase_id, text way, text method, text success_url, text cancel_url,
        text checkout, text act, i64 pay_by, i64 look_at, text failure
    },
    table! { "customers", 1,
        i64 user_id, text customer, i64 created_at
    },
    table! { "stripe_events", 1,
        text id, text kind, text subject_kind, text subject_id, i64 created_at, i64 received_at
    },
    table! { "reconciliations", 1,
        i64 id, i64 at, i64 since, i64 movements, i64 records, i64 healed
    },
    table! { "reconciliation_findings", 2,
        i64 reconciliation_id, i64 ordinal, text kind, text provider_id, text record, i64 ours,
        i64 theirs, text currency
    },
    table! { "top_up_settings", 1,
        i64 user_id, i64 wallet_id, i64 agreement, text state, text stopped, i64 threshold,
        i64 quantity,
        i64 day_cap, i64 month_cap, text currency, i64 cool_down_s, text payment_method,
        text consent_text, text consent_by, i64 consent_at, i64 not_before, i64 updated_at
    },
    table! { "top_ups", 1,
        i64 purchase_id, i64 user_id, i64 agreement, i64 cents, text currency, text state,
        text failure, i64 created_at, i64 updated_at
    },
    table! { "requests", 3,
        text scope, text operation, text key, bytes fingerprint, text state, text answer,
        i64 created_at
    },
    table! { "audit", 1,
        i64 id, i64 at, text actor, text action, text subject, text reason, text before,
        text after, text request_id, i64 seq
    },
    table! { "audit_chain", 1,
        i64 id, bytes hash
    },
];

/// Without these a server finds nothing to serve.
pub(super) static LAST: &[Table] = &[
    table! { "heads", 1,
        i64 partition_id, i64 seq, bytes hash, i64 at, i64 fence
    },
    table! { "books", 1,
        i64 singleton, bytes book_id, text mode, i64 format, bytes public_key,
        bytes fingerprint_secret, bytes api_key_secret, i64 created_at
    },
];
