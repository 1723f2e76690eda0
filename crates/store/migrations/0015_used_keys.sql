-- An era is 2^18 records in place of 2^20: among fewer keys more of a chunk's lie in one
-- page. The table has another name, so that a server of the version before fails where it
-- would look in the wrong eras and take a used key for a new one. It goes on writing until
-- the first statement has its lock.

ALTER TABLE keys RENAME TO older_keys;

CREATE TABLE used_keys (
    partition_id {i64} NOT NULL,
    era {i64} NOT NULL,
    key {bytes} NOT NULL,
    fingerprint {bytes} NOT NULL,
    seq {i64} NOT NULL,
    CONSTRAINT used_keys_pk PRIMARY KEY (partition_id, era, key),
    CONSTRAINT used_keys_era CHECK (era = seq / 262144)
) {clustered};

INSERT INTO used_keys (partition_id, era, key, fingerprint, seq)
SELECT partition_id, seq / 262144, key, fingerprint, seq FROM older_keys;

DROP TABLE older_keys
