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

/// One change a row, the last, sorted by key. What is sorted is small: it points into the
/// records, and `whole` makes the terms of a row that stays.
pub(super) fn latest<K: Ord, T, U, S: Clone>(
    mut changes: Vec<Change<K, T, &S>>,
    whole: impl Fn(T) -> U,
) -> Latest<K, U, S> {
    // Stable: changes of one row stay in the order of their records.
    changes.sort_by(|one, other| one.key.cmp(&other.key));
    changes.dedup_by(|later, kept| {
        let same = later.key == kept.key;
        if same {
            kept.state = later.state;
            kept.seq = later.seq;
            kept.made = kept.made.take().or(later.made.take());
        }
        same
    });
    let (mut made, mut left) = (Vec::new(), Vec::new());
    for Change { key, made: terms, state, seq } in changes {
        let state = state.clone();
        match terms {
            Some(terms) => made.push(Made { key, terms: whole(terms), state, seq }),
            None => left.push(Left { key, state, seq }),
        }
    }
    (made, left)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: [i64; 6] = [0, 10, 20, 30, 40, 50];

    fn change(
        key: i64,
        made: Option<&'static str>,
        seq: u8,
    ) -> Change<i64, &'static str, &'static i64> {
        let state = &STATES[usize::from(seq)];
        Change { key, made, state, seq: Seq::from_number(seq.into()) }
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
        let (made, left) = latest(changes, str::to_uppercase);
        let seq = Seq::from_number;
        assert_eq!(made, [Made { key: 1, terms: "NEW".to_owned(), state: 40, seq: seq(4) }]);
        let others =
            [Left { key: 0, state: 50, seq: seq(5) }, Left { key: 2, state: 30, seq: seq(3) }];
        assert_eq!(left, others);
    }
}
