//! What records did to one row: how it was made, and how it was left.

use ledger::Seq;

/// A change of the row of `key`. `made` where a record of the chunk made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change<K, T, S> {
    pub(super) key: K,
    pub(super) made: Option<T>,
    pub(super) state: S,
    pub(super) seq: Seq,
}

/// A row that the chunk made, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Made<K, T, S> {
    pub(super) key: K,
    pub(super) terms: T,
    pub(super) state: S,
    pub(super) seq: Seq,
}

/// A row made before the chunk, as the chunk left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Left<K, S> {
    pub(super) key: K,
    pub(super) state: S,
    pub(super) seq: Seq,
}

/// Rows that were made, and rows that were made before.
pub(super) type Latest<K, T, S> = (Vec<Made<K, T, S>>, Vec<Left<K, S>>);

/// One change a row, the last, sorted by key.
pub(super) fn latest<K: Ord, T, S>(mut changes: Vec<Change<K, T, S>>) -> Latest<K, T, S> {
    // Stable: changes of one row stay in the order of their records.
    changes.sort_by(|one, other| one.key.cmp(&other.key));
    changes.dedup_by(|later, kept| {
        let same = later.key == kept.key;
        if same {
            std::mem::swap(&mut later.state, &mut kept.state);
            kept.seq = later.seq;
            kept.made = kept.made.take().or(later.made.take());
        }
        same
    });
    let (mut made, mut left) = (Vec::new(), Vec::new());
    for Change { key, made: terms, state, seq } in changes {
        match terms {
            Some(terms) => made.push(Made { key, terms, state, seq }),
            None => left.push(Left { key, state, seq }),
        }
    }
    (made, left)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(key: i64, made: Option<&'static str>, seq: i64) -> Change<i64, &'static str, i64> {
        Change { key, made, state: seq * 10, seq: Seq::from_number(seq) }
    }

    #[test]
    fn the_last_change_of_a_row_wins_and_rows_are_sorted() {
        let changes = vec![
            change(2, None, 1),
            change(1, Some("new"), 2),
            change(2, None, 3),
            change(1, None, 4),
            change(0, None, 5),
        ];
        let (made, left) = latest(changes);
        let seq = Seq::from_number;
        assert_eq!(made, [Made { key: 1, terms: "new", state: 40, seq: seq(4) }]);
        let others =
            [Left { key: 0, state: 50, seq: seq(5) }, Left { key: 2, state: 30, seq: seq(3) }];
        assert_eq!(left, others);
    }
}
