//! The minimum of the regularised logistic loss, by truncated Newton steps.
//!
//! The method of LIBLINEAR since version 2.40: the Newton equation is solved roughly by preconditioned conjugate
//! gradients (Hsia, Wei and Lin 2018), which need the Hessian only as products with vectors, and the step is cut
//! back until the objective falls enough (Galli and Lin 2021, A Study on Truncated Newton Methods for Linear
//! Classification). Products of the documents with the direction are carried along, so the line search costs
//! nothing but exponentials.
//!
//! The bias is a weight of a term that every document has, left out of the regularisation.

use super::design::{DesignMatrix, PartSums};
use libm::{exp, log1p};

/// Where the solver is. Weights are of the used terms, before ratios.
#[derive(Debug, Clone)]
pub(super) struct Point {
    pub(super) weights: Vec<f64>,
    pub(super) bias: f64,
}

/// When to stop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stop {
    /// Share of the gradient at 0.
    pub(super) tolerance: f64,
    /// The most Newton steps.
    pub(super) max_iterations: usize,
}

/// `½ |w|² + c Σ cost · ln (1 + exp(-y (x·(scale∘w) + b)))`.
#[derive(Debug)]
pub(super) struct Objective<'a> {
    design: &'a DesignMatrix,
    /// Factor of each used term; 1, if not given.
    scale: Option<&'a [f64]>,
    truth: &'a [bool],
    /// `c · cost`, one a document.
    costs: Vec<f64>,
}

/// A vector of the solver: one entry a used term, and the bias.
type Direction = Point;

impl Point {
    /// All weights 0, and the bias that fits best without them.
    pub(super) fn at_log_odds(design: &DesignMatrix, bias: f64) -> Self {
        Self { weights: vec![0.0; design.n_used_terms()], bias }
    }

    fn dot(&self, other: &Self) -> f64 {
        inner(&self.weights, &other.weights) + self.bias * other.bias
    }

    fn add_scaled(&mut self, factor: f64, other: &Self) {
        self.weights.iter_mut().zip(&other.weights).for_each(|(x, y)| *x += factor * y);
        self.bias += factor * other.bias;
    }

    fn zip_with(&self, other: &Self, f: impl Fn(f64, f64) -> f64) -> Self {
        let weights = self.weights.iter().zip(&other.weights).map(|(&x, &y)| f(x, y)).collect();
        Self { weights, bias: f(self.bias, other.bias) }
    }
}

/// `Σ x y`, in four sums, since one would wait for itself at every step.
fn inner(x: &[f64], y: &[f64]) -> f64 {
    let (x4, x_rest) = x.as_chunks::<4>();
    let (y4, y_rest) = y.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for (x, y) in x4.iter().zip(y4) {
        for i in 0..4 {
            sums[i] += x[i] * y[i];
        }
    }
    let rest: f64 = x_rest.iter().zip(y_rest).map(|(x, y)| x * y).sum();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

/// `1 / (1 + exp(-x))`.
fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + exp(-x))
}

/// `ln (1 + exp(-x))`, without overflow.
fn loss(x: f64) -> f64 {
    if x > 0.0 { log1p(exp(-x)) } else { log1p(exp(x)) - x }
}

/// Sums over the documents, kept from pass to pass for their allocation.
#[derive(Debug, Default)]
struct Workspace {
    slopes: PartSums<2>,
    curved: PartSums<1>,
}

/// What conjugate gradients found: a step, and the documents' products with it.
struct Step {
    direction: Direction,
    products: Vec<f64>,
}

/// Gradient, the Hessian's diagonal, and the losses' second derivatives at a point.
struct Slopes {
    gradient: Direction,
    diagonal: Direction,
    curvature: Vec<f64>,
}

impl<'a> Objective<'a> {
    pub(super) fn new(
        design: &'a DesignMatrix,
        scale: Option<&'a [f64]>,
        truth: &'a [bool],
        costs: &[f64],
        c: f64,
    ) -> Self {
        Self { design, scale, truth, costs: costs.iter().map(|cost| c * cost).collect() }
    }

    /// Moves `point` to the minimum; says after how many steps, and whether the stopping rule was met.
    pub(super) fn minimise(&self, point: &mut Point, stop: &Stop) -> (usize, bool) {
        let mut work = Workspace::default();
        let n_documents = self.truth.len();
        let n_yes = self.truth.iter().filter(|&&truth| truth).count();
        let rarer = n_yes.min(n_documents - n_yes).max(1) as f64 / n_documents as f64;
        let origin = self.slopes(&Point::at_log_odds(self.design, 0.0), &vec![0.0; n_documents], &mut work);
        let enough = stop.tolerance * rarer * origin.gradient.dot(&origin.gradient).sqrt();

        let mut margins = self.design.products(&self.scaled(&point.weights));
        margins.iter_mut().for_each(|margin| *margin += point.bias);
        let mut value = self.value(point.dot(point) - point.bias * point.bias, &margins);
        for iteration in 0..stop.max_iterations {
            let slopes = self.slopes(point, &margins, &mut work);
            if slopes.gradient.dot(&slopes.gradient).sqrt() <= enough {
                return (iteration, true);
            }
            let step = self.newton_step(&slopes, &mut work.curved);
            match self.line_search(point, &mut margins, value, (&step, &slopes)) {
                Some(lower) => value = lower,
                // No step lowers it any more: as close as doubles can tell.
                None => return (iteration, true),
            }
        }
        let slopes = self.slopes(point, &margins, &mut work);
        (stop.max_iterations, slopes.gradient.dot(&slopes.gradient).sqrt() <= enough)
    }

    /// The objective, from `|w|²` and the documents' margins `x·w + b`.
    fn value(&self, squared_weights: f64, margins: &[f64]) -> f64 {
        let losses = margins.iter().zip(self.truth).zip(&self.costs);
        let loss: f64 =
            losses.map(|((&margin, &truth), cost)| cost * loss(if truth { margin } else { -margin })).sum();
        0.5 * squared_weights + loss
    }

    /// `scale ∘ v`.
    fn scaled<'v>(&self, v: &'v [f64]) -> std::borrow::Cow<'v, [f64]> {
        match self.scale {
            Some(scale) => v.iter().zip(scale).map(|(x, scale)| x * scale).collect(),
            None => v.into(),
        }
    }

    fn slopes(&self, point: &Point, margins: &[f64], work: &mut Workspace) -> Slopes {
        let mut slope = Vec::with_capacity(margins.len());
        let mut curvature = Vec::with_capacity(margins.len());
        for ((&margin, &truth), &cost) in margins.iter().zip(self.truth).zip(&self.costs) {
            let p = sigmoid(margin);
            slope.push(cost * if truth { p - 1.0 } else { p });
            curvature.push(cost * p * (1.0 - p));
        }
        self.design.sums(&mut work.slopes, |document, row, sums| {
            let (slope, curvature) = (slope[document], curvature[document]);
            for (term, value) in row.iter() {
                let value = f64::from(value);
                let sums = &mut sums[term as usize];
                sums[0] += slope * value;
                sums[1] += curvature * value * value;
            }
        });
        let scale = |term: usize| self.scale.map_or(1.0, |scale| scale[term]);
        let sums = work.slopes.total().iter().enumerate();
        let (gradient, diagonal) =
            sums.map(|(j, s)| (point.weights[j] + scale(j) * s[0], 1.0 + scale(j) * scale(j) * s[1])).unzip();
        Slopes {
            gradient: Point { weights: gradient, bias: slope.iter().sum() },
            diagonal: Point { weights: diagonal, bias: curvature.iter().sum() },
            curvature,
        }
    }

    /// Solves `H s = -g` until the quadratic model hardly falls any more.
    fn newton_step(&self, slopes: &Slopes, work: &mut PartSums<1>) -> Step {
        let preconditioner = self.preconditioner(&slopes.diagonal);
        let n_documents = self.truth.len();
        let mut step = self.zero_step();
        let mut residual = slopes.gradient.zip_with(&slopes.gradient, |g, _| -g);
        let mut preconditioned = residual.zip_with(&preconditioner, |r, m| r / m);
        let mut direction = preconditioned.clone();
        let mut products = vec![0.0; n_documents];
        let mut rho = preconditioned.dot(&residual);
        let enough = rho.sqrt().sqrt().min(MAX_FORCING);
        let mut model = 0.0;
        for iteration in 1..=self.design.n_used_terms().max(MIN_CONJUGATE) {
            let curved = self.hessian_product(slopes, &direction, (work, &mut products));
            let bend = direction.dot(&curved);
            if bend <= 0.0 {
                break;
            }
            let alpha = rho / bend;
            step.direction.add_scaled(alpha, &direction);
            step.products.iter_mut().zip(&products).for_each(|(sum, product)| *sum += alpha * product);
            residual.add_scaled(-alpha, &curved);
            let next_model = -0.5 * (step.direction.dot(&residual) - step.direction.dot(&slopes.gradient));
            let fall = next_model - model;
            if next_model > 0.0 || fall > 0.0 || iteration as f64 * fall >= enough * next_model {
                break;
            }
            model = next_model;
            preconditioned = residual.zip_with(&preconditioner, |r, m| r / m);
            let next_rho = preconditioned.dot(&residual);
            direction = preconditioned.zip_with(&direction, |z, d| z + next_rho / rho * d);
            rho = next_rho;
        }
        step
    }

    fn zero_step(&self) -> Step {
        Step { direction: Point::at_log_odds(self.design, 0.0), products: vec![0.0; self.truth.len()] }
    }

    /// A blend of the identity and the Hessian's diagonal, which is never much worse than either.
    fn preconditioner(&self, diagonal: &Direction) -> Direction {
        let blend = |d: f64| (1.0 - BLEND) + BLEND * d;
        Point {
            weights: diagonal.weights.iter().map(|&d| blend(d)).collect(),
            bias: diagonal.bias.max(1e-12),
        }
    }

    /// `H d`; `products` becomes the documents' products with `d`.
    fn hessian_product(
        &self,
        slopes: &Slopes,
        direction: &Direction,
        (work, products): (&mut PartSums<1>, &mut [f64]),
    ) -> Direction {
        let scaled = self.scaled(&direction.weights);
        self.design.curved(work, &slopes.curvature, (&scaled, direction.bias), products);
        let sums = work.total().iter().map(|sum| sum[0]).zip(&direction.weights);
        let weights = match self.scale {
            Some(scale) => sums.zip(scale).map(|((sum, d), scale)| d + scale * sum).collect(),
            None => sums.map(|(sum, d)| d + sum).collect(),
        };
        Point { weights, bias: inner(&slopes.curvature, products) }
    }

    /// Halves the step until the objective falls by a hundredth of what its slope promises; the new value.
    fn line_search(
        &self,
        point: &mut Point,
        margins: &mut Vec<f64>,
        value: f64,
        (step, slopes): (&Step, &Slopes),
    ) -> Option<f64> {
        let promised = slopes.gradient.dot(&step.direction);
        let squares = |x: &Point, y: &Point| inner(&x.weights, &y.weights);
        let (ww, ws, ss) = (
            squares(point, point),
            squares(point, &step.direction),
            squares(&step.direction, &step.direction),
        );
        let mut length = 1.0;
        for _ in 0..MAX_HALVINGS {
            let moved: Vec<f64> = margins.iter().zip(&step.products).map(|(m, p)| m + length * p).collect();
            let found = self.value(ww + 2.0 * length * ws + length * length * ss, &moved);
            if found - value <= SUFFICIENT * length * promised {
                *margins = moved;
                point.add_scaled(length, &step.direction);
                return Some(found);
            }
            length /= 2.0;
        }
        None
    }
}

/// Conjugate gradients may take as many steps as there are terms, but never fewer than this.
const MIN_CONJUGATE: usize = 20;
/// Conjugate gradients stop at latest when an average step gains less than half of what was gained in all.
const MAX_FORCING: f64 = 0.5;
/// What share of the preconditioner is the Hessian's diagonal.
const BLEND: f64 = 0.01;
/// Armijo's constant.
const SUFFICIENT: f64 = 0.01;
const MAX_HALVINGS: usize = 20;
