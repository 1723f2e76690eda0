-- Buying by itself: what somebody agreed to, and what was bought for it.
-- Money is cents, credits are millionths.

-- on → stopped (by itself, after a decline) → on; on | stopped → off → on.
CREATE TABLE top_up_settings (
    user_id {i64} NOT NULL,
    wallet_id {i64} NOT NULL,
    -- Rises whenever somebody agrees anew.
    agreement {i64} NOT NULL,
    state TEXT NOT NULL,
    -- Why it stopped.
    stopped TEXT,
    -- Below so many available credits so many are bought.
    threshold {i64} NOT NULL,
    quantity {i64} NOT NULL,
    -- No more money a day and a month, both UTC.
    day_cap {i64} NOT NULL,
    month_cap {i64} NOT NULL,
    currency TEXT NOT NULL,
    cool_down_s {i64} NOT NULL,
    payment_method TEXT NOT NULL,
    -- What was agreed to: which text, by whom, and when.
    consent_text TEXT NOT NULL,
    consent_by TEXT NOT NULL,
    consent_at {i64} NOT NULL,
    -- Nothing is bought before: the cool-down, or a cap.
    not_before {i64},
    updated_at {i64} NOT NULL,
    CONSTRAINT top_up_settings_pk PRIMARY KEY (user_id),
    CONSTRAINT top_up_settings_user FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT top_up_settings_wallet UNIQUE (wallet_id),
    CONSTRAINT top_up_settings_bounds CHECK (
        agreement > 0 AND threshold > 0 AND quantity > 0 AND day_cap > 0
        AND month_cap >= day_cap AND cool_down_s >= 0
    ),
    CONSTRAINT top_up_settings_state CHECK (
        (state IN ('on', 'off') AND stopped IS NULL)
        OR (state = 'stopped' AND stopped IS NOT NULL)
    )
) {strict};

CREATE INDEX top_up_settings_on ON top_up_settings (threshold) WHERE state = 'on';

-- A purchase that began by itself: open → done | failed. While it is open it counts
-- against both caps, and once its money came in for the day and month of that.
CREATE TABLE top_ups (
    purchase_id {i64} NOT NULL,
    user_id {i64} NOT NULL,
    -- By which agreement.
    agreement {i64} NOT NULL,
    cents {i64} NOT NULL,
    currency TEXT NOT NULL,
    state TEXT NOT NULL,
    failure TEXT,
    created_at {i64} NOT NULL,
    updated_at {i64} NOT NULL,
    CONSTRAINT top_ups_pk PRIMARY KEY (purchase_id),
    CONSTRAINT top_ups_purchase FOREIGN KEY (purchase_id) REFERENCES purchases (id),
    CONSTRAINT top_ups_user FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT top_ups_bounds CHECK (cents >= 0),
    CONSTRAINT top_ups_state CHECK (
        (state IN ('open', 'done') AND failure IS NULL)
        OR (state = 'failed' AND failure IS NOT NULL)
    )
) {strict};

-- One at a time.
CREATE UNIQUE INDEX top_ups_open ON top_ups (user_id) WHERE state = 'open';

CREATE INDEX top_ups_of_user ON top_ups (user_id, purchase_id);

CREATE INDEX top_ups_done ON top_ups (user_id, updated_at) WHERE state = 'done';

-- Nothing that came before can have been agreed to.
INSERT INTO cursors (name, partition_id, seq) SELECT 'top_ups', partition_id, seq FROM heads;
