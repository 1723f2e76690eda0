-- How purchases are paid, who pays at the provider, and what it told us.

-- A purchase's payment. One without a row is paid by an intent.
CREATE TABLE payments (
    purchase_id {i64} NOT NULL,
    way TEXT NOT NULL,
    -- What pays without anybody's help.
    method TEXT,
    -- Where a page leads on to.
    success_url TEXT,
    cancel_url TEXT,
    -- What the provider calls the page.
    checkout TEXT,
    -- What somebody did about it in a test book.
    act TEXT,
    -- Until when it may be begun.
    pay_by {i64} NOT NULL,
    -- When the finisher looks at it again.
    look_at {i64} NOT NULL,
    -- Why nothing comes of it.
    failure TEXT,
    CONSTRAINT payments_pk PRIMARY KEY (purchase_id),
    CONSTRAINT payments_purchase FOREIGN KEY (purchase_id) REFERENCES purchases (id),
    CONSTRAINT payments_checkout UNIQUE (checkout),
    CONSTRAINT payments_way CHECK (
        (way = 'intent' AND success_url IS NULL AND cancel_url IS NULL)
        OR (way = 'kept' AND method IS NOT NULL AND success_url IS NULL AND cancel_url IS NULL)
        OR (way = 'checkout' AND method IS NULL AND success_url IS NOT NULL
            AND cancel_url IS NOT NULL)
    )
) {strict};

CREATE TABLE customers (
    user_id {i64} NOT NULL,
    -- What the provider calls them.
    customer TEXT NOT NULL,
    created_at {i64} NOT NULL,
    CONSTRAINT customers_pk PRIMARY KEY (user_id),
    CONSTRAINT customers_customer UNIQUE (customer)
) {strict};

-- What Stripe told us: each event once, however often it came.
CREATE TABLE stripe_events (
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- What to look at.
    subject_kind TEXT,
    subject_id TEXT,
    created_at {i64} NOT NULL,
    received_at {i64} NOT NULL,
    CONSTRAINT stripe_events_pk PRIMARY KEY (id)
) {strict};

CREATE INDEX stripe_events_received ON stripe_events (received_at);

-- What a comparison of our records with Stripe's cents came to.
CREATE TABLE reconciliations (
    id {identity} NOT NULL,
    at {i64} NOT NULL,
    -- From when on, by Stripe's clock.
    since {i64} NOT NULL,
    -- How many of each were compared, and how many lost events were found.
    movements {i64} NOT NULL,
    records {i64} NOT NULL,
    healed {i64} NOT NULL,
    CONSTRAINT reconciliations_pk PRIMARY KEY (id)
) {strict};

CREATE TABLE reconciliation_findings (
    reconciliation_id {i64} NOT NULL,
    ordinal {i64} NOT NULL,
    kind TEXT NOT NULL,
    -- What Stripe calls it.
    provider_id TEXT,
    -- What we do: `purchase:7`, `reversal:3`.
    record TEXT,
    -- Cents, as we have them and as Stripe does.
    ours {i64},
    theirs {i64},
    currency TEXT,
    CONSTRAINT reconciliation_findings_pk PRIMARY KEY (reconciliation_id, ordinal),
    CONSTRAINT reconciliation_findings_of FOREIGN KEY (reconciliation_id)
        REFERENCES reconciliations (id)
) {strict};
