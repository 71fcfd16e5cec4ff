//! The rows of a comment's terms, added up.
//!
//! A comment takes two walks over its terms: the first makes each term's value of its count and its row's factor, and
//! so fetches the rows, many at once; the second adds `value · row` to the sums, two rows a step and all columns of a
//! row at once. The second is compiled for each set of vector instructions ([`Addition`]), and every set gives the same
//! bits, since columns are never added to one another.
//!
//! [`Group::add_plainly`] is the plain way to the same sums, taken for rows of other widths; a property test holds the
//! two together.

use super::{Cells, Group};
use crate::counts::bag::{Bag, Terms};
use crate::counts::weighting::Norm;
use pulp::{Arch, Simd, WithSimd};
use std::hint::black_box;
use std::ops::{AddAssign, Mul};

/// What groups add up to, kept from comment to comment.
#[derive(Debug, Default)]
pub(in crate::model) struct Sums {
    /// Of the terms of a block.
    values: Vec<f32>,
    /// Of each column of the groups so far.
    pub(in crate::model) log_odds: Vec<f64>,
}

/// [`Group::add`], to be compiled once for each set of vector instructions.
struct Addition<'a> {
    group: &'a Group,
    bag: &'a Bag,
    sums: &'a mut Sums,
}

impl WithSimd for Addition<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.group.add_inlined(self.bag, self.sums);
    }
}

impl Group {
    /// Appends the sum of `value · weight` for each column.
    ///
    /// What is inlined here is compiled once for each set of vector instructions, of which the machine's best is taken;
    /// each column is summed by itself in the order of the terms, so that all give the same bits.
    pub(in crate::model) fn add(&self, bag: &Bag, sums: &mut Sums) {
        Arch::new().dispatch(Addition { group: self, bag, sums });
    }

    #[inline(always)]
    fn add_inlined(&self, bag: &Bag, sums: &mut Sums) {
        match self.width() {
            2 => self.add_rows::<2>(bag, sums),
            4 => self.add_rows::<4>(bag, sums),
            8 => self.add_rows::<8>(bag, sums),
            16 => self.add_rows::<16>(bag, sums),
            32 => self.add_rows::<32>(bag, sums),
            48 => self.add_rows::<48>(bag, sums),
            64 => self.add_rows::<64>(bag, sums),
            _ => self.add_plainly(bag, &mut sums.log_odds),
        }
    }

    /// [`add`](Self::add) by way of [`values`](Self::values).
    fn add_plainly(&self, bag: &Bag, log_odds: &mut Vec<f64>) {
        let first = log_odds.len();
        log_odds.resize(first + self.n_columns, 0.0);
        let sums = &mut log_odds[first..];
        self.values(bag, |id, value| {
            sums.iter_mut().enumerate().for_each(|(column, sum)| *sum += value * self.weight(id, column));
        });
    }

    #[inline(always)]
    fn add_rows<const W: usize>(&self, bag: &Bag, sums: &mut Sums) {
        let Sums { values, log_odds } = sums;
        // A norm bounds the sums, so that 32 bits hold them to seven digits; counts as they are have no bound.
        let mut blocks = match (&self.cells, self.weighting.norm) {
            (Cells::Whole(cells), Norm::None) => {
                self.both_sums::<W, _, f64>(cells.as_chunks().0, bag, values)
            }
            (Cells::Whole(cells), _) => {
                let [characters, words] = self.both_sums::<W, _, f32>(cells.as_chunks().0, bag, values);
                [characters.map(f64::from), words.map(f64::from)]
            }
            (Cells::Real(cells), _) => self.both_sums::<W, _, f64>(cells.as_chunks().0, bag, values),
        };
        if !self.apart {
            let total = blocks[0][0] + blocks[1][0];
            (blocks[0][0], blocks[1][0]) = (total, total);
        }
        let [characters, words] = &blocks;
        let norms = [characters[0], words[0]].map(|total| self.weighting.norm.scale(total));
        log_odds.extend(
            (1..=self.n_columns)
                .map(|at| f64::from(self.scales[at]) * (norms[0] * characters[at] + norms[1] * words[at])),
        );
    }

    /// [`sums`](Self::sums) of characters and of words.
    #[inline(always)]
    fn both_sums<const W: usize, C: Copy + Into<f32>, A>(
        &self,
        rows: &[[C; W]],
        bag: &Bag,
        values: &mut Vec<f32>,
    ) -> [[A; W]; 2]
    where
        A: Copy + From<f32> + AddAssign + Mul<Output = A>,
    {
        [self.sums(rows, &bag.characters, values), self.sums(rows, &bag.words, values)]
    }

    /// For each column the sum of `value · cell` before norm and scale, over the terms of a block; in the factor's
    /// place what the norm is made of.
    ///
    /// Values come first: each needs one cell of its row, so that many rows are fetched at once, and then all are near.
    #[inline(always)]
    fn sums<const W: usize, C: Copy + Into<f32>, A>(
        &self,
        rows: &[[C; W]],
        terms: &Terms,
        values: &mut Vec<f32>,
    ) -> [A; W]
    where
        A: Copy + From<f32> + AddAssign + Mul<Output = A>,
    {
        let tf = |count: u32| match self.tf.get(count as usize) {
            Some(tf) => *tf,
            None => self.weighting.term_frequency.value(count),
        };
        values.clear();
        values.extend(
            terms.iter().map(|(id, count)| tf(count) * (rows[id as usize][0].into() * self.scales[0])),
        );
        let mut sums = [[A::from(0.0); W]; 2];
        // Two rows a step, since a sum must wait for the one before.
        let mut pairs = terms.ids().chunks_exact(2).zip(values.chunks_exact(2));
        for (ids, values) in &mut pairs {
            for at in 0..2 {
                add_row(&mut sums[at], values[at], &rows[ids[at] as usize]);
            }
        }
        if let ([.., id], [.., value]) = (terms.ids(), &**values)
            && values.len() % 2 == 1
        {
            add_row(&mut sums[0], *value, &rows[*id as usize]);
        }
        // Nobody reads the factors' sum; were it left out for that, rows would not be whole vectors.
        let [mut sums, odd] = black_box(sums);
        sums.iter_mut().zip(odd).for_each(|(sum, odd)| *sum += odd);
        sums[0] = match self.weighting.norm {
            Norm::Euclidean => sum(values, |value| A::from(value * value)),
            _ => sum(values, A::from),
        };
        sums
    }
}

/// Adds `value · cell` to the sum of each column.
#[inline(always)]
fn add_row<const W: usize, C: Copy + Into<f32>, A>(sums: &mut [A; W], value: f32, row: &[C; W])
where
    A: Copy + From<f32> + AddAssign + Mul<Output = A>,
{
    for (sum, &cell) in sums.iter_mut().zip(row) {
        *sum += A::from(value) * A::from(cell.into());
    }
}

/// The sum of what each value counts, eight at a time.
#[inline(always)]
fn sum<A: Copy + From<f32> + AddAssign>(values: &[f32], part: impl Fn(f32) -> A) -> A {
    let mut sums = [A::from(0.0); 8];
    let (eights, rest) = values.as_chunks::<8>();
    for eight in eights {
        sums.iter_mut().zip(eight).for_each(|(sum, &value)| *sum += part(value));
    }
    sums.iter_mut().zip(rest).for_each(|(sum, &value)| *sum += part(value));
    let mut total = A::from(0.0);
    sums.into_iter().for_each(|sum| total += sum);
    total
}
