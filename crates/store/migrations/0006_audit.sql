-- The audit log: which record of the journal a row stands for, if one, and the
-- chain over its rows whose end is sealed into the journal.

ALTER TABLE audit ADD COLUMN seq {i64};

-- One row a record.
CREATE UNIQUE INDEX audit_seq ON audit (seq) WHERE seq IS NOT NULL;
CREATE INDEX audit_at ON audit (at, id);

CREATE TABLE audit_chain (
    id {i64} NOT NULL,
    hash {bytes} NOT NULL,
    CONSTRAINT audit_chain_pk PRIMARY KEY (id)
) {clustered};
