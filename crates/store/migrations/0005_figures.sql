-- Figures: what summaries and lists show, counted by a consumer of the journal.
-- A sum of credits is kept as whole credits and micro-credits beside them, each
-- added up by itself, so that no number of transactions overflows it.

CREATE TABLE standings (
    partition_id {i64} NOT NULL,
    wallet_id {i64} NOT NULL,
    user_id {i64} NOT NULL,
    status TEXT NOT NULL,
    posted {i64} NOT NULL,
    last_transaction_at {i64},
    seq {i64} NOT NULL,
    CONSTRAINT standings_pk PRIMARY KEY (partition_id, wallet_id),
    CONSTRAINT standings_user UNIQUE (partition_id, user_id)
) {changing};

CREATE INDEX standings_status ON standings (partition_id, status, user_id)
    WHERE status <> 'active';

-- A month is the instant it starts at, in UTC.
CREATE TABLE months (
    partition_id {i64} NOT NULL,
    wallet_id {i64} NOT NULL,
    month {i64} NOT NULL,
    added_credits {i64} NOT NULL,
    added_micros {i64} NOT NULL,
    spent_credits {i64} NOT NULL,
    spent_micros {i64} NOT NULL,
    removed_credits {i64} NOT NULL,
    removed_micros {i64} NOT NULL,
    transactions {i64} NOT NULL,
    CONSTRAINT months_pk PRIMARY KEY (partition_id, wallet_id, month)
) {changing};

-- Minutes since 1970, the last 25 hours of them.
CREATE TABLE minutes (
    partition_id {i64} NOT NULL,
    minute {i64} NOT NULL,
    transactions {i64} NOT NULL,
    CONSTRAINT minutes_pk PRIMARY KEY (partition_id, minute)
) {clustered};

-- The whole book; the sum of many i64 is 16 bytes, big-endian.
CREATE TABLE figures (
    partition_id {i64} NOT NULL,
    wallets {i64} NOT NULL,
    with_credits {i64} NOT NULL,
    paused {i64} NOT NULL,
    suspended {i64} NOT NULL,
    credits {bytes} NOT NULL,
    CONSTRAINT figures_pk PRIMARY KEY (partition_id)
) {clustered};
