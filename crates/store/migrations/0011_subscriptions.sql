-- Who is subscribed to what, and each period that is paid for. Credits come from
-- the ledger: a period holds how far it is with them.

CREATE TABLE subscriptions (
    id {identity} NOT NULL,
    user_id {i64} NOT NULL,
    wallet_id {i64} NOT NULL,
    -- The version of its terms that it keeps until it changes.
    package_id {i64} NOT NULL,
    package_version {i64} NOT NULL,
    -- What it changes to at the period's end.
    next_package_id {i64},
    next_package_version {i64},
    status TEXT NOT NULL,
    -- What happens at the period's end.
    then_do TEXT,
    -- Whether the current period is paid for.
    cover TEXT,
    -- Since when it is past due or paused, or when it ended.
    since {i64},
    -- The start of the first period that is paid for. All boundaries are counted from it.
    anchor_at {i64} NOT NULL,
    period_number {i64},
    period_starts_at {i64},
    period_ends_at {i64},
    had_trial {bool} NOT NULL,
    pause_reason TEXT,
    -- What the payment provider is asked with, so that asking again is the same.
    billing_reference {bytes} NOT NULL,
    payment_method TEXT,
    provider_subscription TEXT,
    provider_customer TEXT,
    -- Whether the payment provider knows what happens at the period's end.
    is_told {bool} NOT NULL,
    -- Counts every change, so that no two are made of the same state.
    revision {i64} NOT NULL,
    actor TEXT NOT NULL,
    request_id TEXT,
    request_scope TEXT,
    request_key TEXT,
    created_at {i64} NOT NULL,
    updated_at {i64} NOT NULL,
    CONSTRAINT subscriptions_pk PRIMARY KEY (id),
    CONSTRAINT subscriptions_user FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT subscriptions_package FOREIGN KEY (package_id, package_version)
        REFERENCES package_versions (package_id, version),
    CONSTRAINT subscriptions_next_package FOREIGN KEY (next_package_id, next_package_version)
        REFERENCES package_versions (package_id, version),
    CONSTRAINT subscriptions_billing_reference UNIQUE (billing_reference),
    CONSTRAINT subscriptions_provider UNIQUE (provider_subscription),
    CONSTRAINT subscriptions_request UNIQUE (request_scope, request_key),
    CONSTRAINT subscriptions_bounds CHECK (revision >= 1 AND period_ends_at > period_starts_at),
    CONSTRAINT subscriptions_state CHECK (
        (status = 'starting' AND period_number IS NOT NULL)
        OR (status = 'trial' AND period_number = 0 AND then_do IS NOT NULL)
        OR (status = 'active' AND period_number >= 1 AND then_do IS NOT NULL
            AND cover IS NOT NULL)
        OR (status IN ('past_due', 'paused') AND period_number >= 1 AND then_do IS NOT NULL
            AND since IS NOT NULL)
        OR (status IN ('cancelled', 'expired') AND since IS NOT NULL)
    )
) {strict};

-- One that lives a user.
CREATE UNIQUE INDEX subscriptions_live ON subscriptions (user_id)
WHERE status NOT IN ('cancelled', 'expired');

CREATE INDEX subscriptions_of_user ON subscriptions (user_id, id);

-- What is paid and what it gives: collecting → granting → granted.
CREATE TABLE subscription_periods (
    id {identity} NOT NULL,
    subscription_id {i64} NOT NULL,
    -- A trial, a period, or an upgrade within one.
    kind TEXT NOT NULL,
    starts_at {i64} NOT NULL,
    ends_at {i64} NOT NULL,
    package_id {i64} NOT NULL,
    package_version {i64} NOT NULL,
    cents {i64} NOT NULL,
    currency TEXT NOT NULL,
    credits {i64} NOT NULL,
    -- What expired at its start and is given anew.
    rollover {i64} NOT NULL,
    state TEXT NOT NULL,
    -- What the payment provider is asked with for an upgrade.
    reference {bytes},
    invoice TEXT,
    -- The payment that paid it, by which its money may go back.
    payment_intent TEXT,
    -- Tries to pay that failed.
    failures {i64} NOT NULL,
    paid_at {i64},
    -- When the credits expire: at its end, or later where that had passed.
    expires_at {i64},
    -- Counts up where the ledger refused the grant.
    attempt {i64} NOT NULL,
    seq {i64},
    rollover_seq {i64},
    request_scope TEXT,
    request_key TEXT,
    created_at {i64} NOT NULL,
    updated_at {i64} NOT NULL,
    CONSTRAINT subscription_periods_pk PRIMARY KEY (id),
    CONSTRAINT subscription_periods_subscription FOREIGN KEY (subscription_id)
        REFERENCES subscriptions (id),
    CONSTRAINT subscription_periods_package FOREIGN KEY (package_id, package_version)
        REFERENCES package_versions (package_id, version),
    CONSTRAINT subscription_periods_start UNIQUE (subscription_id, starts_at),
    CONSTRAINT subscription_periods_reference UNIQUE (reference),
    CONSTRAINT subscription_periods_invoice UNIQUE (invoice),
    CONSTRAINT subscription_periods_payment UNIQUE (payment_intent),
    CONSTRAINT subscription_periods_request UNIQUE (request_scope, request_key),
    CONSTRAINT subscription_periods_bounds CHECK (
        ends_at > starts_at AND cents >= 0 AND credits >= 0 AND rollover >= 0
        AND failures >= 0 AND attempt >= 1
    ),
    CONSTRAINT subscription_periods_kind CHECK (kind IN ('trial', 'period', 'upgrade')),
    CONSTRAINT subscription_periods_state CHECK (
        (state IN ('collecting', 'failed', 'void') AND seq IS NULL)
        OR (state = 'granting' AND seq IS NULL AND expires_at IS NOT NULL)
        OR state = 'granted'
    )
) {strict};

CREATE INDEX subscription_periods_open ON subscription_periods (subscription_id)
WHERE state IN ('collecting', 'granting');

CREATE INDEX subscription_periods_expiry ON subscription_periods (subscription_id, expires_at);
