//! How numbers are written: the same in every format that people read.

use crate::evaluate::Interval;

/// What stands where a figure is undefined.
pub(crate) const UNDEFINED: &str = "–";

/// A count with its thousands apart: `12,345`.
pub(crate) fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A count in at most four characters: `9999`, `12k`, `1.2M`.
pub(crate) fn short_count(count: u64) -> String {
    const UNITS: [char; 6] = ['k', 'M', 'G', 'T', 'P', 'E'];
    if count < 10_000 {
        return count.to_string();
    }
    let mut scaled = count as f64 / 1e3;
    let mut unit = 0;
    while scaled >= 999.5 {
        scaled /= 1e3;
        unit += 1;
    }
    let decimals = usize::from(scaled < 9.95);
    format!("{scaled:.decimals$}{}", UNITS[unit])
}

/// A figure with three decimals: `0.912`, or a dash.
pub(crate) fn figure(value: Option<f64>) -> String {
    // + 0.0: what rounds to zero from below would read −0.000.
    value.map_or_else(|| UNDEFINED.into(), |value| format!("{:.3}", (value * 1e3).round() / 1e3 + 0.0))
}

/// A difference with its sign: `+0.021`, or a dash.
pub(crate) fn signed(value: Option<f64>) -> String {
    // + 0.0: what rounds to zero from below would read −0.000.
    value.map_or_else(|| UNDEFINED.into(), |value| format!("{:+.3}", (value * 1e3).round() / 1e3 + 0.0))
}

/// A share in percent: `97.5%`, or a dash.
pub(crate) fn share(share: Option<f64>) -> String {
    share.map_or_else(|| UNDEFINED.into(), |share| format!("{:.1}%", share * 100.0))
}

/// An interval: `0.905–0.918`, or nothing.
pub(crate) fn interval(interval: Option<Interval>) -> String {
    interval.map_or_else(String::new, |Interval { low, high }| {
        format!("{}–{}", figure(Some(low)), figure(Some(high)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_their_thousands_apart() {
        for (n, expected) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(count(n), expected);
        }
    }

    #[test]
    fn short_counts_have_at_most_four_characters() {
        for (n, expected) in [
            (9999, "9999"),
            (10_000, "10k"),
            (999_499, "999k"),
            (999_500, "1.0M"),
            (9_949_999, "9.9M"),
            (9_950_000, "10M"),
            (u64::MAX, "18E"),
        ] {
            assert_eq!(short_count(n), expected);
        }
    }

    #[test]
    fn what_is_undefined_is_a_dash() {
        assert_eq!((figure(None), share(None), interval(None)), ("–".into(), "–".into(), String::new()));
        assert_eq!(figure(Some(-0.0004)), "0.000");
        assert_eq!(figure(Some(-0.25)), "-0.250");
    }
}
