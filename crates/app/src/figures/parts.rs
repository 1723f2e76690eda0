//! The parts of a step: each has all that happened in some wallets, which follow each
//! other in the tables. This module must not know what is counted.

/// How a step is cut.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    /// The last place that is written.
    pub(super) done: i64,
    /// Places of a part, unless there are too many parts then.
    pub(super) places: usize,
    /// The most parts: each waits for its turn.
    pub(super) parts: usize,
}

/// Cuts what is behind the last place that is written; each part with its own last one.
/// What is at one place stays in its order.
pub(super) fn cut<T>(mut step: Vec<T>, place: impl Fn(&T) -> i64, how: Cut) -> Vec<(i64, Vec<T>)> {
    step.retain(|one| place(one) > how.done);
    step.sort_by_key(&place);
    let all = step.chunk_by(|one, next| place(one) == place(next)).count();
    let most = how.places.max(all.div_ceil(how.parts.max(1)));
    let mut parts: Vec<(i64, Vec<T>)> = Vec::new();
    let mut places = most;
    for one in step {
        let at = place(&one);
        match parts.last_mut() {
            Some((last, part)) if *last == at || places < most => {
                places = places.saturating_add(usize::from(*last != at));
                *last = at;
                part.push(one);
            }
            _ => {
                places = 1;
                parts.push((at, vec![one]));
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{Cut, cut};

    /// Records of the wallets 1 to 4 and of nobody, cut behind a wallet.
    fn parts((done, places): (i64, usize)) -> Vec<(i64, String)> {
        at_most(Cut { done, places, parts: 5 })
    }

    fn at_most(how: Cut) -> Vec<(i64, String)> {
        let step = vec![(3, 'a'), (1, 'b'), (3, 'c'), (i64::MAX, 'd'), (2, 'e'), (4, 'f')];
        let parts = cut(step, |(wallet, _)| *wallet, how).into_iter();
        parts.map(|(at, part)| (at, part.into_iter().map(|(_, name)| name).collect())).collect()
    }

    fn told(parts: &[(i64, &str)]) -> Vec<(i64, String)> {
        parts.iter().map(|(at, names)| (*at, (*names).to_owned())).collect()
    }

    #[test]
    fn a_part_has_all_of_its_wallets_in_order_and_what_is_nobodys_comes_last() {
        let nobodys = i64::MAX;
        assert_eq!(parts((0, 2)), told(&[(2, "be"), (4, "acf"), (nobodys, "d")]));
        assert_eq!(parts((0, 3)), told(&[(3, "beac"), (nobodys, "fd")]));
        assert_eq!(parts((0, usize::MAX)), told(&[(nobodys, "beacfd")]));
        let one_by_one = [(1, "b"), (2, "e"), (3, "ac"), (4, "f"), (nobodys, "d")];
        assert_eq!(parts((0, 1)), told(&one_by_one));
    }

    #[test]
    fn what_is_written_is_not_in_a_part_again_however_it_is_cut() {
        for most in [1, 2, 3, usize::MAX] {
            for done in [0, 1, 2, 3, 4] {
                let left: String = parts((done, most)).into_iter().map(|(_, part)| part).collect();
                let all = ["beacfd", "eacfd", "acfd", "fd", "d"];
                assert_eq!(Some(&left.as_str()), all.get(usize::try_from(done).unwrap()));
            }
        }
        assert_eq!(parts((i64::MAX, 1)), told(&[]));
    }

    #[test]
    fn parts_are_larger_where_there_would_be_too_many() {
        let most = |parts| at_most(Cut { done: 0, places: 1, parts });
        assert_eq!(most(4), told(&[(2, "be"), (4, "acf"), (i64::MAX, "d")]));
        assert_eq!(most(2), told(&[(3, "beac"), (i64::MAX, "fd")]));
        assert_eq!(most(1), told(&[(i64::MAX, "beacfd")]));
    }
}
