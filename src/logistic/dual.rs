//! The minimum of the regularised logistic loss, by coordinate descent on its dual.
//!
//! Yu, Huang and Lin (2011), Dual Coordinate Descent Methods for Logistic Regression and Maximum Entropy Models,
//! algorithm 5, as in LIBLINEAR. Each document `i` has a dual variable `a_i` between 0 and its cost `C_i`, and the
//! weights are `Σ a_i y_i x_i`. Documents are visited in random order; at each, `a_i` is set to its best value with
//! all others held, which needs the document's own cells only. At the minimum `a_i = C_i σ(-y_i f_i)`: what a
//! document pulls with is what it is still doubted by.
//!
//! Two things differ from the paper. The variables are kept as log-odds `t = ln (a / (C - a))`, so neither end of
//! the interval needs special care. And the bias is not regularised: in a pass it is drawn to where it was after
//! the last one instead of to 0 (a proximal step), and that vanishes at the minimum.

use crate::counts::weighted::{WeightedMatrix, WeightedRow};
use libm::exp;

/// What is to be minimised: `½ |w|² + c Σ cost · ln (1 + exp(-y f))` with `f = bias + Σ value · ratio · w`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Problem<'a> {
    pub(super) matrix: &'a WeightedMatrix,
    pub(super) truth: &'a [bool],
    /// One a document, not negative.
    pub(super) costs: &'a [f64],
    /// What is said of each document before anything is learned, added to `f`; 0 where there is none.
    pub(super) offsets: Option<&'a [f64]>,
}

impl Problem<'_> {
    fn offset(&self, document: usize) -> f64 {
        self.offsets.map_or(0.0, |offsets| offsets[document])
    }
}

/// Where the solver is.
#[derive(Debug, Clone)]
pub(super) struct Solution {
    pub(super) bias: f64,
    /// For each term, its weight (`ratio · w`) and its squared ratio; side by side, since they are used together.
    terms: Vec<[f64; 2]>,
    /// Log-odds of the dual variables, one a document; `-∞` before its first visit.
    duals: Vec<f64>,
    /// The diagonal of the dual's Hessian: squared length of each document, ratios multiplied in, and 1 for the bias.
    curvatures: Vec<f64>,
    c: f64,
    random: SplitMix,
}

/// When to stop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stop {
    /// How far the dual variables may be off in all, as a share of the rarer answer's cost.
    pub(super) tolerance: f64,
    /// The most passes over the documents.
    pub(super) max_passes: usize,
}

impl Solution {
    /// All weights 0; `ratios` are 1 where there are none.
    pub(super) fn start(problem: &Problem<'_>, ratios: Option<&[f64]>, bias: f64, seed: u64) -> Self {
        let squared = |term: usize| ratios.map_or(1.0, |ratios| ratios[term] * ratios[term]);
        let terms: Vec<[f64; 2]> = (0..problem.matrix.n_terms()).map(|term| [0.0, squared(term)]).collect();
        let curvature = |row: WeightedRow<'_>| {
            let square = |(term, x): (u32, f32)| f64::from(x) * f64::from(x) * terms[term as usize][1];
            1.0 + row.iter().map(square).sum::<f64>()
        };
        let curvatures = problem.matrix.rows().map(curvature).collect();
        let duals = vec![f64::NEG_INFINITY; problem.matrix.n_documents()];
        Self { bias, terms, duals, curvatures, c: 1.0, random: SplitMix(seed) }
    }

    /// The weights, ratios multiplied in.
    pub(super) fn weights(&self) -> impl Iterator<Item = f64> {
        self.terms.iter().map(|term| term[0])
    }

    /// Moves to the minimum for `c`; says after how many passes, and whether the stopping rule was met.
    ///
    /// From an earlier minimum the dual variables keep their share of the costs.
    pub(super) fn minimise(&mut self, problem: &Problem<'_>, c: f64, stop: &Stop) -> (usize, bool) {
        let growth = c / self.c;
        self.c = c;
        self.terms.iter_mut().for_each(|term| term[0] *= growth);
        let cost_of = |answer: bool| -> f64 {
            let costs = problem.costs.iter().zip(problem.truth);
            costs.filter(|pair| *pair.1 == answer).map(|pair| c * pair.0).sum()
        };
        let enough = stop.tolerance * cost_of(true).min(cost_of(false));
        let mut order: Vec<u32> =
            (0u32..).zip(problem.costs).filter(|pair| *pair.1 > 0.0).map(|pair| pair.0).collect();
        // A document that is off by less than this has its turn when others have moved it further.
        let negligible = 0.1 * enough / order.len().max(1) as f64;
        for pass in 1..=stop.max_passes {
            self.random.shuffle(&mut order);
            if self.pass(problem, &order, negligible) <= enough {
                self.settle_bias(problem);
                return (pass, true);
            }
        }
        self.settle_bias(problem);
        (stop.max_passes, false)
    }

    /// Visits each document once; returns how far their dual variables were off in all.
    fn pass(&mut self, problem: &Problem<'_>, order: &[u32], negligible: f64) -> f64 {
        let mut off = 0.0;
        for document in order.iter().map(|&document| document as usize) {
            let row = problem.matrix.row(document);
            let sign = if problem.truth[document] { 1.0 } else { -1.0 };
            let cost = self.c * problem.costs[document];
            let margin = sign * (self.bias + self.dot(row) + problem.offset(document));
            let before = cost * sigmoid(self.duals[document]);
            let doubt = (cost * sigmoid(-margin) - before).abs();
            off += doubt;
            if doubt <= negligible {
                continue;
            }
            let coordinate = Coordinate { cost, curvature: self.curvatures[document], margin, before };
            let dual = coordinate.minimum(self.duals[document]);
            self.duals[document] = dual;
            let step = sign * (cost * sigmoid(dual) - before);
            self.bias += step;
            for (term, x) in row.iter() {
                let [weight, squared_ratio] = &mut self.terms[term as usize];
                *weight += step * f64::from(x) * *squared_ratio;
            }
        }
        self.bias += self.pull(problem);
        off
    }

    /// `Σ a_i y_i`, what the documents in all still pull the bias with; 0 at the minimum.
    ///
    /// The bias is where it was drawn to plus this pull; from here on it is drawn to where it is.
    fn pull(&self, problem: &Problem<'_>) -> f64 {
        let duals = self.duals.iter().zip(problem.costs).zip(problem.truth);
        duals.map(|((&t, cost), &yes)| self.c * cost * if yes { sigmoid(t) } else { -sigmoid(t) }).sum()
    }

    /// Sets the bias to its best value for the weights, so that the mean probability is the share of the answer yes.
    fn settle_bias(&mut self, problem: &Problem<'_>) {
        let margin = |(document, row)| self.dot(row) + problem.offset(document);
        let margins: Vec<f64> = problem.matrix.rows().enumerate().map(margin).collect();
        for _ in 0..MAX_STEPS {
            let (mut slope, mut bend) = (0.0, 0.0);
            for ((margin, &yes), cost) in margins.iter().zip(problem.truth).zip(problem.costs) {
                let p = sigmoid(margin + self.bias);
                slope += cost * if yes { p - 1.0 } else { p };
                bend += cost * p * (1.0 - p);
            }
            // Far from all margins the loss is a straight line; a step of 1 leads back.
            let step = if bend > 0.0 { (slope / bend).clamp(-1.0, 1.0) } else { slope.signum() };
            self.bias -= step;
            if step.abs() < 1e-12 {
                break;
            }
        }
    }

    /// `Σ value · weight`, in four sums, since one would wait for itself at every step.
    fn dot(&self, row: WeightedRow<'_>) -> f64 {
        let mut sums = [0.0; 4];
        let (terms, last_terms) = row.terms.as_chunks::<4>();
        let (values, last_values) = row.values.as_chunks::<4>();
        for (terms, values) in terms.iter().zip(values) {
            for i in 0..4 {
                sums[i] += f64::from(values[i]) * self.terms[terms[i] as usize][0];
            }
        }
        let last = last_terms.iter().zip(last_values);
        let last: f64 = last.map(|(&term, &x)| f64::from(x) * self.terms[term as usize][0]).sum();
        (sums[0] + sums[1]) + (sums[2] + sums[3]) + last
    }
}

/// One document's part of the dual, all others held.
#[derive(Debug, Clone, Copy)]
struct Coordinate {
    cost: f64,
    curvature: f64,
    /// `y f` before the step.
    margin: f64,
    /// The dual variable before the step.
    before: f64,
}

impl Coordinate {
    /// The `t` at which `t + curvature · (cost · σ(t) - before) + margin = 0`, to a hundredth of where it starts.
    ///
    /// The left side rises with `t`, and `σ` between 0 and 1 brackets the root; Newton steps that leave the
    /// bracket are replaced by its middle.
    fn minimum(&self, start: f64) -> f64 {
        let mut low = -self.margin - self.curvature * (self.cost - self.before);
        let mut high = -self.margin + self.curvature * self.before;
        let mut t = if low <= start && start <= high { start } else { -self.margin };
        let mut enough = None;
        for _ in 0..MAX_STEPS {
            let s = sigmoid(t);
            let residual = t + self.curvature * (self.cost * s - self.before) + self.margin;
            if residual.abs() <= *enough.get_or_insert(0.01 * residual.abs()) {
                break;
            }
            if residual > 0.0 {
                high = t;
            } else {
                low = t;
            }
            t -= residual / (1.0 + self.curvature * self.cost * s * (1.0 - s));
            if !(low < t && t < high) {
                t = low + (high - low) / 2.0;
            }
        }
        t
    }
}

/// Newton steps in one dimension double their digits; more than this would be a bug, not a hard case.
const MAX_STEPS: usize = 60;

/// `1 / (1 + exp(-x))`.
fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + exp(-x))
}

/// SplitMix64 (Steele, Lea and Flood 2014): enough to visit documents in a new order each pass.
#[derive(Debug, Clone)]
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Fisher and Yates; the remainder's bias is one in 2³² documents.
    fn shuffle(&mut self, order: &mut [u32]) {
        for i in (1..order.len()).rev() {
            let j = self.next() % (i as u64 + 1);
            order.swap(i, j as usize);
        }
    }
}
