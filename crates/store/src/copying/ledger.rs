//! The journal and what is folded from it, in the order in which it is copied.

use super::{Table, table};

/// All but the end of the journal, which tells that the rest is there.
pub(super) static LEDGER: &[Table] = &[
    table! { "journal", 2,
        i64 partition_id, i64 seq, bytes body, bytes hash
    },
    table! { "words", 2,
        i64 partition_id, i64 seq, bytes salt, text text
    },
    table! { "used_keys", 3,
        i64 partition_id, i64 era, bytes key, bytes fingerprint, i64 seq
    },
    table! { "wallets", 2,
        i64 partition_id, i64 wallet_id, text owner_kind, i64 owner_id, text unit, i64 opened_at,
        text status, i64 posted, i64 held, i64 frozen, i64 debt, i64 account_seq, i64 seq
    },
    table! { "grants", 3,
        i64 partition_id, i64 made_seq, i64 ordinal, i64 wallet_id, text source, i64 amount,
        i64 priority, i64 effective_at, i64 cost_micro_cents, text cost_currency, i64 created_at,
        i64 remaining, i64 held, i64 expires_at, i64 frozen_at, i64 clawed, i64 expired, i64 seq
    },
    table! { "holds", 2,
        i64 partition_id, i64 hold_id, i64 wallet_id, i64 parent_id, i64 depth, text on_expiry,
        text over_capture, text service, i64 price_version, text job, text actor, i64 created_at,
        i64 amount, i64 captured, i64 captured_by_children, i64 released,
        i64 reserved_by_children, i64 children_open, i64 expires_at, text status, i64 settled_at,
        bytes reserves, i64 seq
    },
    table! { "history", 3,
        i64 partition_id, i64 wallet_id, i64 account_seq, text kind, i64 at, i64 amount, i64 seq
    },
    table! { "refunds", 2,
        i64 partition_id, i64 of_seq, i64 refunded, i64 seq
    },
    table! { "projected", 1,
        i64 partition_id, i64 seq
    },
    table! { "totals", 2,
        i64 partition_id, text line, bytes debits, bytes credits
    },
    table! { "cursors", 2,
        text name, i64 partition_id, i64 seq, i64 upto, i64 done
    },
    table! { "standings", 2,
        i64 partition_id, i64 wallet_id, i64 user_id, text status, i64 posted,
        i64 last_transaction_at, i64 seq
    },
    table! { "months", 3,
        i64 partition_id, i64 wallet_id, i64 month, i64 added_credits, i64 added_micros,
        i64 spent_credits, i64 spent_micros, i64 removed_credits, i64 removed_micros,
        i64 transactions
    },
    table! { "minutes", 2,
        i64 partition_id, i64 minute, i64 transactions
    },
    table! { "figures", 1,
        i64 partition_id, i64 wallets, i64 with_credits, i64 paused, i64 suspended, bytes credits
    },
];
