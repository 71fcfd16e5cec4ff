//! The minimum of a smooth convex function of a few numbers.

/// A function's value, gradient and Hessian at a point.
pub(crate) struct Slopes {
    pub(crate) value: f64,
    pub(crate) gradient: Vec<f64>,
    /// Row by row.
    pub(crate) hessian: Vec<f64>,
}

impl Slopes {
    pub(crate) fn zero(n: usize) -> Self {
        Self { value: 0.0, gradient: vec![0.0; n], hessian: vec![0.0; n * n] }
    }

    /// Adds a loss of `x · features`, given its value and its first and second derivative there.
    pub(crate) fn add(&mut self, features: &[f64], (value, slope, bend): (f64, f64, f64)) {
        let n = features.len();
        self.value += value;
        for (i, x) in features.iter().enumerate() {
            self.gradient[i] += slope * x;
            for (j, y) in features.iter().enumerate() {
                self.hessian[i * n + j] += bend * x * y;
            }
        }
    }
}

/// Steps are halved so often before the point is taken for the minimum, as far as doubles can tell.
const MAX_HALVINGS: usize = 40;
const MAX_STEPS: usize = 100;
/// A step that promises a smaller share of the value than this is lost in its rounding.
const NOTHING: f64 = 1e-15;

/// Newton's method with backtracking, as in Lin, Lin and Weng (2007), appendix: the Hessian gets a small ridge, for
/// features may be alike, and a step is halved until it lowers the value enough.
pub(crate) fn minimise(start: Vec<f64>, slopes: impl Fn(&[f64]) -> Slopes) -> Vec<f64> {
    let mut point = start;
    let mut here = slopes(&point);
    for _ in 0..MAX_STEPS {
        let Some(step) = newton_step(&here) else { break };
        let promised: f64 = step.iter().zip(&here.gradient).map(|(s, g)| s * g).sum();
        if -promised <= NOTHING * here.value.abs() {
            break;
        }
        let mut length = 1.0;
        let next = (0..MAX_HALVINGS).find_map(|_| {
            let moved: Vec<f64> = point.iter().zip(&step).map(|(x, s)| x + length * s).collect();
            let there = slopes(&moved);
            let lower = there.value < here.value + 1e-4 * length * promised;
            length /= 2.0;
            lower.then_some((moved, there))
        });
        let Some((moved, there)) = next else { break };
        (point, here) = (moved, there);
    }
    point
}

/// Solves `(H + ridge) s = -g` by Cholesky's method; nothing if the gradient is zero or no number.
fn newton_step(here: &Slopes) -> Option<Vec<f64>> {
    let n = here.gradient.len();
    let size = here.gradient.iter().map(|g| g.abs()).fold(0.0, f64::max);
    if size == 0.0 || !size.is_finite() {
        return None;
    }
    let largest = (0..n).map(|i| here.hessian[i * n + i]).fold(0.0, f64::max);
    let ridge = 1e-12 * largest.max(1.0);
    let mut factor = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let inner: f64 = (0..j).map(|k| factor[i * n + k] * factor[j * n + k]).sum();
            let cell = here.hessian[i * n + j] - inner;
            factor[i * n + j] =
                if i == j { (cell + ridge).max(ridge).sqrt() } else { cell / factor[j * n + j] };
        }
    }
    let mut step: Vec<f64> = here.gradient.iter().map(|g| -g).collect();
    for i in 0..n {
        let inner: f64 = (0..i).map(|k| factor[i * n + k] * step[k]).sum();
        step[i] = (step[i] - inner) / factor[i * n + i];
    }
    for i in (0..n).rev() {
        let inner: f64 = (i + 1..n).map(|k| factor[k * n + i] * step[k]).sum();
        step[i] = (step[i] - inner) / factor[i * n + i];
    }
    step.iter().all(|s| s.is_finite()).then_some(step)
}

/// `-target ln σ(z) - (1 - target) ln (1 - σ(z))`, with its first and second derivative.
pub(crate) fn cross_entropy(z: f64, target: f64) -> (f64, f64, f64) {
    let p = super::sigmoid(z);
    (super::softplus(z) - target * z, p - target, p * (1.0 - p))
}
