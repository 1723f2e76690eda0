-- The ledger: the journal, and the tables folded from it. `partition_id` leads
-- every key. Amounts are micro-credits. `seq` is the last record in a row.

-- Where rows are inserted: what joins it is made on the node that has them.
CREATE TABLE partitions (
    partition_id {i64} NOT NULL,
    CONSTRAINT partitions_pk PRIMARY KEY (partition_id)
) {clustered};

INSERT INTO partitions (partition_id) VALUES (1);

CREATE TABLE journal (
    partition_id {i64} NOT NULL,
    seq {i64} NOT NULL,
    body {bytes} NOT NULL,
    hash {bytes} NOT NULL,
    CONSTRAINT journal_pk PRIMARY KEY (partition_id, seq)
) {clustered};

-- The end of the journal. An append that is one statement must find the fence where it
-- was: that is raised where nobody knows what became of one, so that it can't happen later.
CREATE TABLE heads (
    partition_id {i64} NOT NULL,
    seq {i64} NOT NULL,
    hash {bytes} NOT NULL,
    at {i64} NOT NULL,
    fence {i64} NOT NULL,
    CONSTRAINT heads_pk PRIMARY KEY (partition_id)
) {clustered};

CREATE TABLE words (
    partition_id {i64} NOT NULL,
    seq {i64} NOT NULL,
    salt {bytes} NOT NULL,
    text TEXT NOT NULL,
    CONSTRAINT words_pk PRIMARY KEY (partition_id, seq)
) {clustered};

-- How far the tables below have the journal. Rows may be further.
CREATE TABLE projected (
    partition_id {i64} NOT NULL,
    seq {i64} NOT NULL,
    CONSTRAINT projected_pk PRIMARY KEY (partition_id)
) {clustered};

CREATE TABLE wallets (
    partition_id {i64} NOT NULL,
    wallet_id {i64} NOT NULL,
    owner_kind TEXT NOT NULL,
    owner_id {i64} NOT NULL,
    unit TEXT NOT NULL,
    opened_at {i64} NOT NULL,
    status TEXT NOT NULL,
    posted {i64} NOT NULL,
    held {i64} NOT NULL,
    frozen {i64} NOT NULL,
    debt {i64} NOT NULL,
    account_seq {i64} NOT NULL,
    seq {i64} NOT NULL,
    CONSTRAINT wallets_pk PRIMARY KEY (partition_id, wallet_id),
    CONSTRAINT wallets_owner UNIQUE (partition_id, owner_kind, owner_id, unit),
    CONSTRAINT wallets_bounds CHECK (
        held >= 0 AND frozen >= 0 AND debt >= 0 AND posted >= held + frozen
    )
) {changing};

CREATE TABLE grants (
    partition_id {i64} NOT NULL,
    made_seq {i64} NOT NULL,
    ordinal {i64} NOT NULL,
    wallet_id {i64} NOT NULL,
    source TEXT NOT NULL,
    amount {i64} NOT NULL,
    priority {i64} NOT NULL,
    effective_at {i64} NOT NULL,
    cost_micro_cents {i64},
    cost_currency TEXT,
    created_at {i64} NOT NULL,
    remaining {i64} NOT NULL,
    held {i64} NOT NULL,
    expires_at {i64},
    frozen_at {i64},
    clawed {i64} NOT NULL,
    expired {i64} NOT NULL,
    seq {i64} NOT NULL,
    -- What its indexes are about changes seldom, so that a spend touches none of them.
    is_open {bool} NOT NULL GENERATED ALWAYS AS (remaining > 0) STORED,
    due_at {i64} GENERATED ALWAYS AS (
        CASE WHEN remaining > held AND frozen_at IS NULL THEN expires_at END
    ) STORED,
    CONSTRAINT grants_pk PRIMARY KEY (partition_id, made_seq, ordinal),
    CONSTRAINT grants_bounds CHECK (
        held >= 0 AND held <= remaining AND remaining <= amount
        AND clawed >= 0 AND expired >= 0
    ),
    CONSTRAINT grants_cost CHECK ((cost_micro_cents IS NULL) = (cost_currency IS NULL))
) {changing};

CREATE INDEX grants_wallet ON grants (partition_id, wallet_id, made_seq, ordinal);
CREATE INDEX grants_open ON grants (partition_id, wallet_id) WHERE is_open;
CREATE INDEX grants_due ON grants (partition_id, due_at) WHERE due_at IS NOT NULL;

CREATE TABLE holds (
    partition_id {i64} NOT NULL,
    hold_id {i64} NOT NULL,
    wallet_id {i64} NOT NULL,
    parent_id {i64},
    depth {i64} NOT NULL,
    on_expiry TEXT NOT NULL,
    over_capture TEXT NOT NULL,
    service TEXT,
    price_version {i64},
    job TEXT,
    actor TEXT NOT NULL,
    created_at {i64} NOT NULL,
    amount {i64} NOT NULL,
    captured {i64} NOT NULL,
    captured_by_children {i64} NOT NULL,
    released {i64} NOT NULL,
    reserved_by_children {i64} NOT NULL,
    children_open {i64} NOT NULL,
    expires_at {i64} NOT NULL,
    status TEXT NOT NULL,
    settled_at {i64},
    reserves {bytes} NOT NULL,
    seq {i64} NOT NULL,
    CONSTRAINT holds_pk PRIMARY KEY (partition_id, hold_id),
    CONSTRAINT holds_bounds CHECK (
        captured >= 0 AND captured_by_children >= 0 AND released >= 0
        AND reserved_by_children >= 0 AND children_open >= 0
        AND captured + captured_by_children + released + reserved_by_children <= amount
    ),
    CONSTRAINT holds_settled CHECK (
        (status = 'open') = (settled_at IS NULL)
        AND (status = 'open' OR captured + captured_by_children + released = amount)
    )
) {clustered};

CREATE INDEX holds_wallet ON holds (partition_id, wallet_id, hold_id);
CREATE INDEX holds_open ON holds (partition_id, wallet_id) WHERE status = 'open';
CREATE INDEX holds_due ON holds (partition_id, expires_at) WHERE status = 'open';

-- Keys are random: among all of them each would dirty a page of its own, which has to be
-- read first. An era is as many records as have their keys in memory: 2^20.
CREATE TABLE keys (
    partition_id {i64} NOT NULL,
    era {i64} NOT NULL,
    key {bytes} NOT NULL,
    fingerprint {bytes} NOT NULL,
    seq {i64} NOT NULL,
    CONSTRAINT keys_pk PRIMARY KEY (partition_id, era, key),
    CONSTRAINT keys_era CHECK (era = seq / 1048576)
) {clustered};

-- Transactions by wallet; what they were is in their records.
CREATE TABLE history (
    partition_id {i64} NOT NULL,
    wallet_id {i64} NOT NULL,
    account_seq {i64} NOT NULL,
    kind TEXT NOT NULL,
    at {i64} NOT NULL,
    amount {i64} NOT NULL,
    seq {i64} NOT NULL,
    CONSTRAINT history_pk PRIMARY KEY (partition_id, wallet_id, account_seq)
) {clustered};

CREATE TABLE refunds (
    partition_id {i64} NOT NULL,
    of_seq {i64} NOT NULL,
    refunded {i64} NOT NULL,
    seq {i64} NOT NULL,
    CONSTRAINT refunds_pk PRIMARY KEY (partition_id, of_seq),
    CONSTRAINT refunds_bounds CHECK (refunded > 0)
) {clustered};

-- The trial balance's lines; sums of many i64, so 16 bytes, big-endian.
CREATE TABLE totals (
    partition_id {i64} NOT NULL,
    line TEXT NOT NULL,
    debits {bytes} NOT NULL,
    credits {bytes} NOT NULL,
    CONSTRAINT totals_pk PRIMARY KEY (partition_id, line)
) {clustered};
