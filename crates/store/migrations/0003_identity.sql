-- Who is signed in, how often passwords were tried, and what people are found by.

CREATE TABLE sessions (
    id {identity} NOT NULL,
    user_id {i64} NOT NULL,
    digest {bytes} NOT NULL,
    created_at {i64} NOT NULL,
    expires_at {i64} NOT NULL,
    last_seen_at {i64} NOT NULL,
    revoked_at {i64},
    CONSTRAINT sessions_pk PRIMARY KEY (id),
    CONSTRAINT sessions_digest UNIQUE (digest),
    CONSTRAINT sessions_user FOREIGN KEY (user_id) REFERENCES users (id)
) {strict};

CREATE INDEX sessions_of_user ON sessions (user_id);

CREATE INDEX sessions_expiry ON sessions (expires_at);

-- By the digest of an address, whether or not there is a user of that address.
CREATE TABLE sign_in_attempts (
    address {bytes} NOT NULL,
    attempts {i64} NOT NULL,
    last_at {i64} NOT NULL,
    CONSTRAINT sign_in_attempts_pk PRIMARY KEY (address)
) {clustered};

CREATE INDEX sign_in_attempts_age ON sign_in_attempts (last_at);

-- Address, name and external id in lower case, one a line.
ALTER TABLE users ADD COLUMN search_folded TEXT NOT NULL DEFAULT '';

UPDATE users
SET search_folded = email_folded || '
' || LOWER(name) || '
' || LOWER(COALESCE(external_id, ''));
