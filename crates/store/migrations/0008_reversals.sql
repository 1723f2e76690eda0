-- Money of payments that went back: refunds and chargebacks, and what was done
-- with the credits for it, step by step. Money is cents, credits are millionths.

-- asking | opened → returned → kept; asking → declined.
CREATE TABLE reversals (
    id {identity} NOT NULL,
    payment_intent TEXT NOT NULL,
    user_id {i64} NOT NULL,
    wallet_id {i64} NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    cents {i64} NOT NULL,
    currency TEXT NOT NULL,
    -- Whether credits that are not there any more are owed.
    owes {bool} NOT NULL,
    -- What the provider is asked with, so that asking again is the same.
    reference {bytes},
    -- What the provider calls it, once it does.
    provider_id TEXT,
    actor TEXT NOT NULL,
    request_id TEXT,
    reason TEXT,
    -- Why the provider declined.
    declined TEXT,
    -- Credits it took, what is owed included, less what came again.
    taken {i64} NOT NULL,
    -- Whether nothing is left to do for it.
    is_settled {bool} NOT NULL,
    request_scope TEXT,
    request_key TEXT,
    created_at {i64} NOT NULL,
    updated_at {i64} NOT NULL,
    CONSTRAINT reversals_pk PRIMARY KEY (id),
    CONSTRAINT reversals_reference UNIQUE (reference),
    CONSTRAINT reversals_provider UNIQUE (provider_id),
    CONSTRAINT reversals_request UNIQUE (request_scope, request_key),
    CONSTRAINT reversals_bounds CHECK (cents > 0 AND taken >= 0),
    CONSTRAINT reversals_state CHECK (
        (kind = 'refund' AND state IN ('asking', 'declined'))
        OR (kind IN ('refund', 'chargeback') AND state IN ('returned', 'kept')
            AND provider_id IS NOT NULL)
        OR (kind = 'chargeback' AND state = 'opened' AND provider_id IS NOT NULL)
    )
) {strict};

CREATE INDEX reversals_payment ON reversals (payment_intent, id);
CREATE INDEX reversals_unsettled ON reversals (created_at) WHERE NOT is_settled;

-- planned → done, one after the other for a payment.
CREATE TABLE reversal_steps (
    id {identity} NOT NULL,
    payment_intent TEXT NOT NULL,
    reversal_id {i64} NOT NULL,
    action TEXT NOT NULL,
    -- The grant it is done to.
    grant_seq {i64} NOT NULL,
    grant_ordinal {i64} NOT NULL,
    -- How many credits in total, of how many.
    total {i64} NOT NULL,
    of_credits {i64} NOT NULL,
    state TEXT NOT NULL,
    -- Counts up where the ledger refused it.
    attempt {i64} NOT NULL,
    -- The record, where there is one.
    seq {i64},
    -- Taken of the grant in total behind it.
    clawed {i64},
    created_at {i64} NOT NULL,
    updated_at {i64} NOT NULL,
    CONSTRAINT reversal_steps_pk PRIMARY KEY (id),
    CONSTRAINT reversal_steps_once UNIQUE (reversal_id, action, grant_seq, grant_ordinal),
    CONSTRAINT reversal_steps_reversal FOREIGN KEY (reversal_id) REFERENCES reversals (id),
    CONSTRAINT reversal_steps_bounds CHECK (
        total >= 0 AND of_credits >= total AND attempt >= 1 AND (clawed IS NULL OR clawed >= 0)
    ),
    CONSTRAINT reversal_steps_action CHECK (
        action IN ('freeze', 'thaw', 'skip', 'take', 'owe', 'restore')
    ),
    CONSTRAINT reversal_steps_state CHECK (
        (state = 'planned' AND seq IS NULL AND clawed IS NULL)
        OR (state = 'done' AND (action NOT IN ('take', 'owe') OR clawed IS NOT NULL))
    )
) {strict};

CREATE INDEX reversal_steps_payment ON reversal_steps (payment_intent, id);
CREATE UNIQUE INDEX reversal_steps_planned ON reversal_steps (payment_intent)
    WHERE state = 'planned';

-- A user looks at their purchases.
CREATE INDEX purchases_user ON purchases (user_id, id);
