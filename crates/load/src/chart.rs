//! Charts as SVG: lines over a number, and bars by name. Calm, and legible at the size of a column of text or of a phone.
//!
//! Colours are few and fixed, as attributes of the SVG, so that a page can give each of them another value: [`dark_style`] is how.

mod bars;
mod lines;

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, IntoDrawingArea, RGBColor, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, TextStyle};

pub use bars::{Bars, Row};
pub use lines::{Lines, Series};

/// Units of the drawing to a pixel: plotters places everything on whole units, and whole pixels make lines tremble.
const UNITS: i32 = 4;
/// Of labels and legends, in pixels.
const TEXT: f64 = 13.0;
/// Of titles, in pixels.
const TITLE_TEXT: f64 = 15.0;
/// From line to line of text, in pixels.
const TEXT_LINE: i32 = 22;
/// Around everything, in pixels.
const MARGIN: i32 = 12;
/// Width of a letter as a share of the text's size, roughly: plotters cannot measure text without a font at hand.
const LETTER: f64 = 0.56;
/// The SVG backend divides sizes by this, as if they were those of its bitmap fonts.
const FONT_SCALE: f64 = 1.24;

const PAPER: RGBColor = RGBColor(0xff, 0xff, 0xff);
const INK: RGBColor = RGBColor(0x1c, 0x25, 0x33);
const FAINT: RGBColor = RGBColor(0x5b, 0x66, 0x75);
const GRID: RGBColor = RGBColor(0xe3, 0xe7, 0xec);
/// Of one series after the other; told apart by those who see no red or no green as well.
const SERIES: [RGBColor; 4] = [
    RGBColor(0x25, 0x63, 0xc9),
    RGBColor(0xd5, 0x6a, 0x0b),
    RGBColor(0x0d, 0x8a, 0x7b),
    RGBColor(0x8b, 0x4f, 0xc4),
];
/// What each colour becomes on a dark page.
const DARK: [(RGBColor, &str); 8] = [
    (PAPER, "#14181f"),
    (INK, "#e6e9ee"),
    (FAINT, "#9aa5b4"),
    (GRID, "#2b323d"),
    (SERIES[0], "#6ea3ff"),
    (SERIES[1], "#f2a04e"),
    (SERIES[2], "#45c9b6"),
    (SERIES[3], "#c59af2"),
];

/// A chart could not be drawn.
#[derive(Debug, thiserror::Error)]
#[error("cannot draw a chart: {0}")]
pub struct ChartError(String);

/// What a chart stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    /// White: for files that are shown on pages of any colour.
    White,
    /// Nothing: for pages that bring their own, light and dark.
    None,
}

/// Style rules that turn every chart within `scope` (a CSS selector) into one for a dark page.
pub fn dark_style(scope: &str) -> String {
    let rule = |(colour, dark): &(RGBColor, &str)| {
        let RGBColor(red, green, blue) = colour;
        let light = format!("#{red:02X}{green:02X}{blue:02X}");
        format!("{scope} [fill=\"{light}\"]{{fill:{dark}}}{scope} [stroke=\"{light}\"]{{stroke:{dark}}}")
    };
    DARK.iter().map(rule).collect()
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// An SVG of so many pixels, `described` for those who do not see it, with what `draw` puts there.
fn drawing(
    described: &str,
    (width, height): (u32, u32),
    paper: Paper,
    draw: impl FnOnce(&Area<'_>) -> Result<(), ChartError>,
) -> Result<String, ChartError> {
    let mut svg = String::new();
    let units = (width * UNITS as u32, height * UNITS as u32);
    {
        let area = SVGBackend::with_string(&mut svg, units).into_drawing_area();
        if paper == Paper::White {
            area.fill(&PAPER).map_err(failed)?;
        }
        draw(&area)?;
        area.present().map_err(failed)?;
    }
    let open = format!("<svg width=\"{}\" height=\"{}\"", units.0, units.1);
    let described = crate::html::escape(described);
    let better = format!(
        "<svg role=\"img\" aria-label=\"{described}\" stroke-linejoin=\"round\" width=\"{width}\" height=\"{height}\""
    );
    Ok(svg.replacen(&open, &better, 1))
}

fn failed(error: impl std::fmt::Display) -> ChartError {
    ChartError(error.to_string())
}

/// Pixels as units of the drawing.
fn px(pixels: i32) -> i32 {
    pixels * UNITS
}

/// Pixels that a text takes, roughly.
fn text_width(text: &str, size: f64) -> i32 {
    (text.chars().count() as f64 * size * LETTER).ceil() as i32
}

/// `size` in pixels.
fn text_style(size: f64, colour: RGBColor, across: HPos) -> TextStyle<'static> {
    let size = size * f64::from(UNITS) * FONT_SCALE;
    FontDesc::new(FontFamily::Name("system-ui, sans-serif"), size, FontStyle::Normal)
        .color(&colour)
        .pos(Pos::new(across, VPos::Center))
}

/// Writes at a place in pixels, its middle at `y`.
fn write(area: &Area<'_>, text: &str, style: &TextStyle<'_>, (x, y): (i32, i32)) -> Result<(), ChartError> {
    area.draw_text(text, style, (px(x), px(y))).map_err(failed)
}

/// A number on an axis.
fn tick(value: f64) -> String {
    let (value, unit) = match value.abs() {
        large if large >= 1e6 => (value / 1e6, "M"),
        middle if middle >= 1e4 => (value / 1e3, "k"),
        _ => (value, ""),
    };
    let text = format!("{value:.3}");
    format!("{}{unit}", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_on_an_axis_are_short() {
        let ticks = [0.0, 0.1 + 0.2, 12.5, 2000.0, 60_000.0, 1.5e6].map(tick);
        assert_eq!(ticks, ["0", "0.3", "12.5", "2000", "60k", "1.5M"]);
    }

    #[test]
    fn every_colour_has_a_dark_one() {
        let style = dark_style("figure");
        assert_eq!(style.matches("figure [fill=").count(), 4 + SERIES.len());
        assert!(style.contains("figure [stroke=\"#2563C9\"]{stroke:#6ea3ff}"), "{style}");
    }

    #[test]
    fn what_a_chart_shows_is_said_in_words_as_well() {
        let svg = drawing("a < \"b\"", (100, 50), Paper::None, |_| Ok(())).unwrap();
        assert!(svg.starts_with("<svg role=\"img\" aria-label=\"a &lt; &quot;b&quot;\""), "{svg}");
        assert!(
            svg.contains("width=\"100\" height=\"50\"") && svg.contains("viewBox=\"0 0 400 200\""),
            "{svg}"
        );
    }
}
