//! The generator behind every resample: a seed and a stream number in, the same draws out, for ever.
//!
//! Our own fifteen lines rather than a crate: intervals stand in committed reports, and neither `rand`'s
//! `StdRng` nor `fastrand` promises the same draws in its next version.
//! Nothing secret hangs on it.

use crate::text::ngrams::finish;

/// SplitMix64: a counter and a bijective mix of 64 bits.
///
/// Steele, Lea and Flood (2014), Fast splittable pseudorandom number generators, figure 14.
#[derive(Debug, Clone)]
pub(crate) struct SplitMix64(u64);

impl SplitMix64 {
    const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

    /// The generator of stream `stream` of `seed`: resamples draw from streams of their own, so that they
    /// can be computed in any order and by any number of threads.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        Self(finish(seed) ^ finish(stream.wrapping_add(Self::STEP)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(Self::STEP);
        finish(self.0)
    }

    /// A number below `bound`, each equally likely to within 2⁻³² · `bound`.
    ///
    /// One multiplication instead of a division (Lemire 2019); of 64 random bits the upper 32 are used, since
    /// bounds are numbers of comments, which fit 32 bits.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        (((self.next() >> 32) * u64::from(bound)) >> 32) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_those_of_the_reference_implementation() {
        // java.util.SplittableRandom and Vigna's splitmix64.c, state 1234567
        let mut random = SplitMix64(1_234_567);
        assert_eq!(
            [random.next(), random.next(), random.next()],
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn numbers_below_a_bound_are_spread_evenly() {
        let mut random = SplitMix64::new(7, 0);
        let mut counts = [0_u32; 10];
        for _ in 0..100_000 {
            counts[random.below(10) as usize] += 1;
        }
        assert!(counts.iter().all(|count| count.abs_diff(10_000) < 500), "{counts:?}");
    }

    #[test]
    fn streams_differ() {
        let draws = |seed, stream| SplitMix64::new(seed, stream).next();
        assert_ne!(draws(1, 0), draws(1, 1));
        assert_ne!(draws(1, 0), draws(2, 0));
    }
}
