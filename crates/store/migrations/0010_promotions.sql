-- Promotions, who used them and how often, and the tags on users they may be for.

CREATE TABLE promotions (
    id {identity} NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    -- In capitals. One without a code applies by itself.
    code TEXT,
    discount_type TEXT NOT NULL,
    -- Millionths of the whole, cents, or micro-credits, by its type.
    discount_value {i64} NOT NULL,
    max_discount {i64},
    min_purchase {i64},
    -- JSON lists; NULL is for everyone.
    package_ids TEXT,
    user_groups TEXT,
    start_date {i64} NOT NULL,
    end_date {i64} NOT NULL,
    is_active {bool} NOT NULL,
    max_uses {i64},
    -- Used, or reserved for a payment.
    current_uses {i64} NOT NULL,
    max_uses_per_user {i64} NOT NULL,
    created_at {i64} NOT NULL,
    updated_at {i64},
    CONSTRAINT promotions_pk PRIMARY KEY (id),
    CONSTRAINT promotions_code UNIQUE (code),
    CONSTRAINT promotions_type CHECK (
        discount_type IN ('percentage', 'fixed_amount', 'free_credits')
    ),
    CONSTRAINT promotions_bounds CHECK (
        discount_value > 0 AND start_date < end_date AND max_uses_per_user >= 1
    ),
    CONSTRAINT promotions_uses CHECK (
        current_uses >= 0 AND (max_uses IS NULL OR current_uses <= max_uses)
    )
) {strict};

CREATE INDEX promotions_automatic ON promotions (end_date) WHERE code IS NULL;

-- How often each user used one, or has it reserved.
CREATE TABLE promotion_uses (
    promotion_id {i64} NOT NULL,
    user_id {i64} NOT NULL,
    uses {i64} NOT NULL,
    CONSTRAINT promotion_uses_pk PRIMARY KEY (promotion_id, user_id),
    CONSTRAINT promotion_uses_promotion FOREIGN KEY (promotion_id) REFERENCES promotions (id),
    CONSTRAINT promotion_uses_bounds CHECK (uses >= 0)
) {clustered};

-- reserved → used, reserved → granting → used where it gives credits, reserved → freed.
-- One without a purchase begins as granting.
CREATE TABLE promotion_redemptions (
    id {identity} NOT NULL,
    promotion_id {i64} NOT NULL,
    user_id {i64} NOT NULL,
    wallet_id {i64} NOT NULL,
    actor TEXT NOT NULL,
    request_id TEXT,
    purchase_id {i64},
    -- What it took off a price, and what it gives.
    cents {i64} NOT NULL,
    currency TEXT NOT NULL,
    credits {i64} NOT NULL,
    state TEXT NOT NULL,
    -- Counts up where the ledger refused the grant.
    attempt {i64} NOT NULL,
    seq {i64},
    created_at {i64} NOT NULL,
    updated_at {i64} NOT NULL,
    CONSTRAINT promotion_redemptions_pk PRIMARY KEY (id),
    CONSTRAINT promotion_redemptions_promotion FOREIGN KEY (promotion_id)
        REFERENCES promotions (id),
    CONSTRAINT promotion_redemptions_purchase UNIQUE (purchase_id),
    CONSTRAINT promotion_redemptions_bounds CHECK (
        cents >= 0 AND credits >= 0 AND attempt >= 1
    ),
    CONSTRAINT promotion_redemptions_state CHECK (
        (state IN ('reserved', 'freed') AND seq IS NULL AND purchase_id IS NOT NULL)
        OR (state = 'granting' AND seq IS NULL AND credits > 0)
        OR (state = 'used' AND seq IS NULL AND credits = 0)
        OR (state = 'used' AND seq IS NOT NULL AND credits > 0)
    )
) {strict};

CREATE INDEX promotion_redemptions_of_promotion ON promotion_redemptions (promotion_id, id);
CREATE INDEX promotion_redemptions_of_user ON promotion_redemptions (user_id, id);
CREATE INDEX promotion_redemptions_owed ON promotion_redemptions (created_at)
    WHERE state = 'granting';

CREATE TABLE user_tags (
    user_id {i64} NOT NULL,
    tag TEXT NOT NULL,
    CONSTRAINT user_tags_pk PRIMARY KEY (user_id, tag),
    CONSTRAINT user_tags_user FOREIGN KEY (user_id) REFERENCES users (id)
) {clustered};
