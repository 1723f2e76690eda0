-- The book, its people, keys and prices: everything but the ledger.
-- Times are microseconds UTC. A constraint has the name that error codes know.

CREATE TABLE books (
    singleton {i64} NOT NULL,
    book_id {bytes} NOT NULL,
    mode TEXT NOT NULL,
    format {i64} NOT NULL,
    public_key {bytes} NOT NULL,
    fingerprint_secret {bytes} NOT NULL,
    api_key_secret {bytes} NOT NULL,
    created_at {i64} NOT NULL,
    CONSTRAINT books_pk PRIMARY KEY (singleton),
    CONSTRAINT books_one CHECK (singleton = 1),
    CONSTRAINT books_mode CHECK (mode IN ('test', 'live'))
) {strict};

-- A server's edits take turns here, whatever server they come through.
CREATE TABLE turns (
    name TEXT NOT NULL,
    CONSTRAINT turns_pk PRIMARY KEY (name)
) {clustered};

INSERT INTO turns (name) VALUES ('edit');

CREATE TABLE users (
    id {identity} NOT NULL,
    email TEXT NOT NULL,
    email_folded TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    external_id TEXT,
    password_hash TEXT,
    wallet_id {i64},
    created_at {i64} NOT NULL,
    updated_at {i64} NOT NULL,
    CONSTRAINT users_pk PRIMARY KEY (id),
    CONSTRAINT users_email UNIQUE (email_folded),
    CONSTRAINT users_external_id UNIQUE (external_id),
    CONSTRAINT users_wallet UNIQUE (wallet_id),
    CONSTRAINT users_role CHECK (role IN ('customer', 'support', 'finance', 'admin'))
) {strict};

CREATE TABLE api_keys (
    id {identity} NOT NULL,
    name TEXT NOT NULL,
    digest {bytes} NOT NULL,
    prefix TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at {i64} NOT NULL,
    revoked_at {i64},
    last_used_at {i64},
    CONSTRAINT api_keys_pk PRIMARY KEY (id),
    CONSTRAINT api_keys_digest UNIQUE (digest)
) {strict};

-- A revoked key leaves its name to the next one: rotation keeps the caller.
CREATE UNIQUE INDEX api_keys_name ON api_keys (name) WHERE revoked_at IS NULL;

CREATE TABLE services (
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    created_at {i64} NOT NULL,
    retired_at {i64},
    CONSTRAINT services_pk PRIMARY KEY (key)
) {strict};

CREATE TABLE prices (
    service_key TEXT NOT NULL,
    version {i64} NOT NULL,
    minimum {i64} NOT NULL,
    created_at {i64} NOT NULL,
    CONSTRAINT prices_pk PRIMARY KEY (service_key, version),
    CONSTRAINT prices_service FOREIGN KEY (service_key) REFERENCES services (key),
    CONSTRAINT prices_bounds CHECK (version >= 1 AND minimum >= 0)
) {strict};

CREATE TABLE price_dimensions (
    service_key TEXT NOT NULL,
    version {i64} NOT NULL,
    dimension TEXT NOT NULL,
    -- Millionths of a micro-credit.
    unit_price {i64} NOT NULL,
    CONSTRAINT price_dimensions_pk PRIMARY KEY (service_key, version, dimension),
    CONSTRAINT price_dimensions_price FOREIGN KEY (service_key, version)
        REFERENCES prices (service_key, version),
    CONSTRAINT price_dimensions_bounds CHECK (unit_price >= 0)
) {strict};

CREATE TABLE audit (
    id {identity} NOT NULL,
    at {i64} NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT,
    before TEXT,
    after TEXT,
    request_id TEXT,
    CONSTRAINT audit_pk PRIMARY KEY (id)
) {strict};

CREATE INDEX audit_subject ON audit (subject, id);

CREATE TABLE cursors (
    name TEXT NOT NULL,
    partition_id {i64} NOT NULL,
    seq {i64} NOT NULL,
    CONSTRAINT cursors_pk PRIMARY KEY (name, partition_id),
    CONSTRAINT cursors_bounds CHECK (seq >= 0)
) {strict};

CREATE TABLE requests (
    scope TEXT NOT NULL,
    operation TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint {bytes} NOT NULL,
    state TEXT NOT NULL,
    answer TEXT,
    created_at {i64} NOT NULL,
    CONSTRAINT requests_pk PRIMARY KEY (scope, operation, key),
    CONSTRAINT requests_state CHECK (
        (state = 'started' AND answer IS NULL) OR (state = 'done' AND answer IS NOT NULL)
    )
) {strict};
