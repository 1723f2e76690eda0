//! A made-up trace in the shape of a real one: of a code-completion service,
//! whose calls read about 1 500 tokens and write about 13, both log-normal, the
//! longest some 7 400 and 2 000.
//!
//! Drawn from a hash in integers alone: the same seed gives the same rows on
//! every machine and in every version.

use super::plan::draw;
use super::trace::Call;

/// How token counts are spread: 256ths of an octave, that is of a doubling.
struct Shape {
    /// The median's logarithm.
    middle: i64,
    /// How much a sum of eight bytes moves it, in fifths.
    spread: i64,
    /// The least and the most.
    bounds: (u32, u32),
}

/// 2^10.5 ≈ 1 450 tokens, a factor of 2^1.3 up or down in two thirds of the rows.
const INPUT: Shape = Shape { middle: 10 * 256 + 128, spread: 8, bounds: (3, 7_437) };
/// 2^3.7 ≈ 13 tokens, and 2^1.4.
const OUTPUT: Shape = Shape { middle: 3 * 256 + 180, spread: 9, bounds: (6, 1_899) };

/// The mean of a sum of eight bytes.
const SUM_MEAN: i64 = 8 * 255 / 2;

/// That many rows.
pub(super) fn generate(seed: u64, rows: u64) -> Vec<Call> {
    (0..rows).map(|row| call(seed, row)).collect()
}

fn call(seed: u64, row: u64) -> Call {
    Call {
        input_tokens: INPUT.tokens(&draw(seed, row, "input")),
        output_tokens: OUTPUT.tokens(&draw(seed, row, "output")),
    }
}

impl Shape {
    /// A count. The sum of eight even draws is near enough to a normal one.
    fn tokens(&self, bytes: &[u8; 32]) -> u32 {
        let sum: i64 = bytes.iter().take(8).map(|byte| i64::from(*byte)).sum();
        let octaves = self.middle + (sum - SUM_MEAN) * self.spread / 5;
        let (least, most) = self.bounds;
        power_of_two(octaves.max(0)).clamp(least, most)
    }
}

/// 2^(x/256), on the chord between two powers.
fn power_of_two(x: i64) -> u32 {
    let (whole, rest) = (x / 256, x % 256);
    let power =
        1_i64.checked_shl(u32::try_from(whole).unwrap_or(u32::MAX)).unwrap_or(i64::MAX / 512);
    u32::try_from(power.saturating_mul(256 + rest) / 256).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::generate;

    #[test]
    fn a_seed_gives_the_same_rows_for_ever() {
        let rows: Vec<_> = generate(7, 4)
            .into_iter()
            .map(|call| (call.input_tokens, call.output_tokens))
            .collect();
        assert_eq!(rows, [(776, 25), (3200, 11), (1728, 17), (922, 6)]);
        assert_eq!(generate(7, 100)[..4], generate(7, 4)[..]);
        assert_ne!(generate(8, 4), generate(7, 4));
    }

    #[test]
    fn the_shape_is_that_of_the_real_trace() {
        let calls = generate(1, 8_818);
        let median = |mut counts: Vec<u32>| {
            counts.sort_unstable();
            counts[counts.len() / 2]
        };
        let input = median(calls.iter().map(|call| call.input_tokens).collect());
        let output = median(calls.iter().map(|call| call.output_tokens).collect());
        assert!((1_300..1_700).contains(&input), "{input}");
        assert!((11..16).contains(&output), "{output}");
    }
}
