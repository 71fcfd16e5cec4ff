//! Small line and bar charts as SVG, with axes from 0 to 1.
//!
//! Colours come from the style sheet by class, so that dark mode and print reach into the pictures; lines
//! differ in dashes as well.

use maud::{Markup, html};

/// The side of the drawing area; axes and their labels lie outside.
const SIDE: f64 = 220.0;
const LEFT: f64 = 44.0;
const TOP: f64 = 12.0;
const WIDTH: f64 = LEFT + SIDE + 14.0;
const HEIGHT: f64 = TOP + SIDE + 46.0;

/// What a chart shows, for those who see it and those who hear it.
pub(crate) struct Frame<'a> {
    pub(crate) title: &'a str,
    pub(crate) description: &'a str,
    pub(crate) x: &'a str,
    pub(crate) y: &'a str,
    /// The value at the top of the y axis.
    pub(crate) top: f64,
}

/// A chart with `content` drawn into it.
pub(crate) fn chart(frame: &Frame<'_>, content: &Markup) -> Markup {
    let Frame { title, description, x, y, top } = frame;
    let ticks = [0.0, 0.25, 0.5, 0.75, 1.0];
    html! {
        figure {
            svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label={ (title) ": " (description) } {
                @for tick in ticks {
                    line.grid x1=(across(tick)) y1=(TOP) x2=(across(tick)) y2=(TOP + SIDE) {}
                    line.grid x1=(LEFT) y1=(up(tick)) x2=(LEFT + SIDE) y2=(up(tick)) {}
                    text.tick x=(across(tick)) y=(number(TOP + SIDE + 14.0)) text-anchor="middle" { (tick) }
                    text.tick x=(LEFT - 6.0) y=(number(TOP + (1.0 - tick) * SIDE + 4.0)) text-anchor="end" {
                        (tick_label(tick * top))
                    }
                }
                text.axis x=(LEFT + SIDE / 2.0) y=(HEIGHT - 12.0) text-anchor="middle" { (x) }
                text.axis transform={ "translate(11 " (TOP + SIDE / 2.0) ") rotate(-90)" }
                    text-anchor="middle" { (y) }
                (content)
            }
            figcaption { strong { (title) } " " (description) }
        }
    }
}

/// A line through points from 0 to 1.
pub(crate) fn line(class: &str, points: impl IntoIterator<Item = (f64, f64)>) -> Markup {
    html! { polyline class=(class) points=(path(points)) {} }
}

/// A line that keeps its height until the next point, as average precision sums it.
pub(crate) fn steps(class: &str, points: impl IntoIterator<Item = (f64, f64)>) -> Markup {
    let mut corners = Vec::new();
    let mut reached = 0.0;
    for (x, y) in points {
        corners.extend([(reached, y), (x, y)]);
        reached = x;
    }
    line(class, corners)
}

/// A dot, with a line from `low` to `high` through it.
pub(crate) fn whisker((x, y): (f64, f64), (low, high): (f64, f64)) -> Markup {
    html! {
        line.whisker x1=(across(x)) y1=(up(low)) x2=(across(x)) y2=(up(high)) {}
        circle.dot cx=(across(x)) cy=(up(y)) r="3.5" {}
    }
}

/// A bar from the bottom, from `left` to `right`.
pub(crate) fn bar(class: &str, (left, right): (f64, f64), height: f64) -> Markup {
    html! {
        rect class=(class) x=(across(left)) y=(up(height)) width=(number((right - left) * SIDE))
            height=(number(height * SIDE)) {}
    }
}

/// A value between 0 and 1 with its interval and what it is to be measured by; the numbers stand beside it.
pub(crate) fn gauge(value: f64, interval: Option<(f64, f64)>, baseline: Option<f64>) -> Markup {
    let at = |value: f64| number(4.0 + 152.0 * value.clamp(0.0, 1.0));
    html! {
        svg.gauge viewBox="0 0 160 16" aria-hidden="true" {
            line.grid x1=(at(0.0)) y1="8" x2=(at(1.0)) y2="8" {}
            @if let Some(baseline) = baseline { line.baseline x1=(at(baseline)) y1="2" x2=(at(baseline)) y2="14" {} }
            @if let Some((low, high)) = interval { line.whisker x1=(at(low)) y1="8" x2=(at(high)) y2="8" {} }
            circle.dot cx=(at(value)) cy="8" r="4" {}
        }
    }
}

fn path(points: impl IntoIterator<Item = (f64, f64)>) -> String {
    let points: Vec<String> = points.into_iter().map(|(x, y)| format!("{},{}", across(x), up(y))).collect();
    points.join(" ")
}

fn across(x: f64) -> String {
    number(LEFT + x * SIDE)
}

fn up(y: f64) -> String {
    number(TOP + (1.0 - y) * SIDE)
}

/// A tenth of a pixel is fine enough.
fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

fn tick_label(value: f64) -> String {
    if value < 1.0 || value.fract() != 0.0 && value < 10.0 {
        let text = format!("{value:.2}");
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    crate::report::number::short_count(value.round() as u64)
}
