-- What credits are sold for, in versions, and who bought some.
-- Money is cents, rates are millionths of a dollar, credits are millionths.

CREATE TABLE packages (
    id {identity} NOT NULL,
    name TEXT NOT NULL,
    -- The version that is offered now.
    version {i64} NOT NULL,
    is_active {bool} NOT NULL,
    is_featured {bool} NOT NULL,
    sort_order {i64} NOT NULL,
    stripe_product_id TEXT,
    created_at {i64} NOT NULL,
    updated_at {i64},
    CONSTRAINT packages_pk PRIMARY KEY (id),
    CONSTRAINT packages_name UNIQUE (name),
    CONSTRAINT packages_bounds CHECK (version >= 1)
) {strict};

CREATE TABLE package_versions (
    package_id {i64} NOT NULL,
    version {i64} NOT NULL,
    description TEXT,
    monthly_price {i64} NOT NULL,
    currency TEXT NOT NULL,
    credit_amount {i64} NOT NULL,
    credit_rate {i64} NOT NULL,
    -- A JSON list of texts.
    features TEXT NOT NULL,
    max_credits_per_month {i64},
    rollover_enabled {bool} NOT NULL,
    stripe_price_id TEXT,
    created_at {i64} NOT NULL,
    CONSTRAINT package_versions_pk PRIMARY KEY (package_id, version),
    CONSTRAINT package_versions_package FOREIGN KEY (package_id) REFERENCES packages (id),
    CONSTRAINT package_versions_bounds CHECK (
        version >= 1 AND monthly_price >= 0 AND credit_amount > 0 AND credit_rate >= 0
    )
) {strict};

CREATE TABLE rates (
    version {i64} NOT NULL,
    base_rate {i64} NOT NULL,
    currency TEXT NOT NULL,
    payment_min {i64} NOT NULL,
    quote_seconds {i64} NOT NULL,
    created_at {i64} NOT NULL,
    CONSTRAINT rates_pk PRIMARY KEY (version),
    CONSTRAINT rates_bounds CHECK (
        version >= 1 AND base_rate >= 0 AND payment_min >= 0 AND quote_seconds >= 1
    )
) {strict};

CREATE TABLE rate_tiers (
    version {i64} NOT NULL,
    credits_min {i64} NOT NULL,
    -- Millionths of the whole.
    discount {i64} NOT NULL,
    CONSTRAINT rate_tiers_pk PRIMARY KEY (version, credits_min),
    CONSTRAINT rate_tiers_rates FOREIGN KEY (version) REFERENCES rates (version),
    CONSTRAINT rate_tiers_bounds CHECK (
        credits_min > 0 AND discount >= 0 AND discount <= 1000000
    )
) {strict};

-- paying → granting → done. A payment's intent is one purchase's for ever.
CREATE TABLE purchases (
    id {identity} NOT NULL,
    user_id {i64} NOT NULL,
    wallet_id {i64} NOT NULL,
    actor TEXT NOT NULL,
    request_id TEXT,
    credits {i64} NOT NULL,
    cents {i64} NOT NULL,
    currency TEXT NOT NULL,
    -- In words, until the ledger has them.
    description TEXT,
    breakdown TEXT NOT NULL,
    quote_expires_at {i64},
    -- What the payment provider is asked with, so that asking again is the same.
    payment_reference {bytes} NOT NULL,
    payment_intent TEXT,
    request_scope TEXT,
    request_key TEXT,
    state TEXT NOT NULL,
    -- Counts up where the ledger refused the grant.
    attempt {i64} NOT NULL,
    seq {i64},
    created_at {i64} NOT NULL,
    updated_at {i64} NOT NULL,
    CONSTRAINT purchases_pk PRIMARY KEY (id),
    CONSTRAINT purchases_payment_reference UNIQUE (payment_reference),
    CONSTRAINT purchases_payment_intent UNIQUE (payment_intent),
    CONSTRAINT purchases_request UNIQUE (request_scope, request_key),
    CONSTRAINT purchases_bounds CHECK (credits > 0 AND cents >= 0 AND attempt >= 1),
    CONSTRAINT purchases_state CHECK (
        (state IN ('paying', 'failed') AND seq IS NULL)
        OR (state = 'granting' AND seq IS NULL AND payment_intent IS NOT NULL)
        OR (state = 'done' AND seq IS NOT NULL AND payment_intent IS NOT NULL)
    )
) {strict};

CREATE INDEX purchases_open ON purchases (created_at) WHERE state IN ('paying', 'granting');
