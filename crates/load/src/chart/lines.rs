//! Lines over a number: time, or how many.

use plotters::prelude::{ChartBuilder, Circle, LineSeries, Polygon, Rectangle};
use plotters::style::text_anchor::HPos;
use plotters::style::{Color, ShapeStyle};

use super::{
    Area, ChartError, FAINT, GRID, INK, MARGIN, Paper, SERIES, TEXT, TEXT_LINE, TITLE_TEXT, drawing, failed,
    px, text_style, text_width, tick, write,
};

/// Room for the numbers below and beside the lines, in pixels.
const X_LABELS: i32 = 46;
const Y_LABELS: i32 = 46;
/// Width of a line, in pixels.
const STROKE: i32 = 2;
/// Half the width of a mark, in pixels.
const MARK: i32 = 3;
/// The highest value lies so much below the top.
const HEADROOM: f64 = 1.08;
/// Numbers on each axis, about.
const TICKS: usize = 5;
/// The colour's bar in a legend, and the space behind an entry, in pixels.
const SWATCH: i32 = 14;
const GAP: i32 = 14;

/// A chart of lines; the vertical axis begins at 0.
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    /// Above it; empty for none.
    pub title: &'a str,
    /// What the horizontal axis counts, with its unit.
    pub x: &'a str,
    /// What the vertical axis counts, with its unit.
    pub y: &'a str,
    /// At most four, as there are colours.
    pub series: Vec<Series<'a>>,
    /// Width and height, in pixels.
    pub size: (u32, u32),
    /// What it stands on.
    pub paper: Paper,
}

/// One line.
#[derive(Clone, Debug, Default)]
pub struct Series<'a> {
    /// In the legend, which is there when there are several.
    pub name: &'a str,
    /// In order of the first of each.
    pub points: Vec<(f64, f64)>,
    /// From where to where the values lie around each point, if they do: `(x, low, high)`.
    pub band: Vec<(f64, f64, f64)>,
    /// Whether each point is marked: for few points with nothing known between them.
    pub marks: bool,
}

impl Lines<'_> {
    /// Draws it.
    ///
    /// # Errors
    /// Never with finite numbers.
    pub fn svg(&self) -> Result<String, ChartError> {
        let described = if self.title.is_empty() { self.y } else { self.title };
        drawing(described, self.size, self.paper, |area| self.draw(area))
    }

    fn draw(&self, area: &Area<'_>) -> Result<(), ChartError> {
        let mut top = MARGIN;
        if !self.title.is_empty() {
            write(area, self.title, &text_style(TITLE_TEXT, INK, HPos::Left), (MARGIN, top + TEXT_LINE / 2))?;
            top += TEXT_LINE + 4;
        }
        self.legend(area, top + TEXT_LINE / 2)?;
        top += TEXT_LINE + 4;
        let (x, y) = (self.x_range(), self.y_top());
        let mut chart = ChartBuilder::on(area)
            .margin_top(px(top))
            .margin_right(px(MARGIN + 8))
            .margin_bottom(px(4))
            .x_label_area_size(px(X_LABELS))
            .y_label_area_size(px(Y_LABELS))
            .build_cartesian_2d(x.0..x.1, 0.0..y)
            .map_err(failed)?;
        let labels = text_style(TEXT, FAINT, HPos::Center);
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(GRID.mix(0.0))
            .bold_line_style(GRID.stroke_width(UNIT_STROKE))
            .axis_style(GRID.stroke_width(UNIT_STROKE))
            .x_labels(TICKS)
            .y_labels(TICKS)
            .x_label_formatter(&|value| tick(*value))
            .y_label_formatter(&|value| tick(*value))
            .set_all_tick_mark_size(px(4))
            .label_style(labels.clone())
            .axis_desc_style(labels)
            .x_desc(self.x)
            .draw()
            .map_err(failed)?;
        for (series, colour) in self.series.iter().zip(SERIES) {
            if !series.band.is_empty() {
                let high = series.band.iter().map(|(x, _, high)| (*x, *high));
                let low = series.band.iter().rev().map(|(x, low, _)| (*x, *low));
                let outline: Vec<(f64, f64)> = high.chain(low).collect();
                chart.draw_series([Polygon::new(outline, colour.mix(0.15))]).map_err(failed)?;
            }
            let style = ShapeStyle::from(&colour).stroke_width(px(STROKE) as u32);
            chart.draw_series(LineSeries::new(series.points.iter().copied(), style)).map_err(failed)?;
            if series.marks {
                let marks = series.points.iter().map(|point| Circle::new(*point, px(MARK), colour.filled()));
                chart.draw_series(marks).map_err(failed)?;
            }
        }
        Ok(())
    }

    /// The vertical axis' title at the left, the names of several series at the right, in one row.
    fn legend(&self, area: &Area<'_>, y: i32) -> Result<(), ChartError> {
        write(area, self.y, &text_style(TEXT, FAINT, HPos::Left), (MARGIN, y))?;
        if self.series.len() < 2 {
            return Ok(());
        }
        let entry = |series: &Series<'_>| SWATCH + 6 + text_width(series.name, TEXT) + GAP;
        let wide: i32 = self.series.iter().map(entry).sum();
        let mut x = self.size.0 as i32 - MARGIN - wide + GAP;
        for (series, colour) in self.series.iter().zip(SERIES) {
            let swatch = [(px(x), px(y - 2)), (px(x + SWATCH), px(y + 1))];
            area.draw(&Rectangle::new(swatch, colour.filled())).map_err(failed)?;
            write(area, series.name, &text_style(TEXT, INK, HPos::Left), (x + SWATCH + 6, y))?;
            x += entry(series);
        }
        Ok(())
    }

    fn x_range(&self) -> (f64, f64) {
        let all = self.series.iter().flat_map(|series| series.points.iter().map(|(x, _)| *x));
        let (low, high) = all.fold((f64::MAX, f64::MIN), |(low, high), x| (low.min(x), high.max(x)));
        match low < high {
            true => (low, high),
            // One point or none: it lies at the right.
            false => (0.0, if high > 0.0 { high } else { 1.0 }),
        }
    }

    fn y_top(&self) -> f64 {
        let points = self.series.iter().flat_map(|series| series.points.iter().map(|(_, y)| *y));
        let bands = self.series.iter().flat_map(|series| series.band.iter().map(|(_, _, high)| *high));
        let top = points.chain(bands).fold(0.0, f64::max) * HEADROOM;
        if top > 0.0 { top } else { 1.0 }
    }
}

/// Of the grid, in units of the drawing: a pixel.
const UNIT_STROKE: u32 = super::UNITS as u32;

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(series: Vec<Series<'_>>) -> Lines<'_> {
        Lines {
            title: "Delay",
            x: "seconds",
            y: "milliseconds",
            series,
            size: (480, 260),
            paper: Paper::White,
        }
    }

    #[test]
    fn titles_and_names_are_written_and_every_series_has_its_colour() {
        let one = Series { name: "p50", points: vec![(0.0, 1.0), (1.0, 2.0)], ..Series::default() };
        let two =
            Series { name: "p99", points: vec![(0.0, 3.0), (1.0, 9.0)], marks: true, ..Series::default() };
        let svg = lines(vec![one, two]).svg().unwrap();
        for text in ["Delay", "seconds", "milliseconds", "p50", "p99", "#2563C9", "#D56A0B", "<circle"] {
            assert!(svg.contains(text), "{text}");
        }
    }

    #[test]
    fn nothing_to_show_and_nothing_but_zero_are_charts_too() {
        assert!(lines(Vec::new()).svg().is_ok());
        assert!(lines(vec![Series { points: vec![(0.0, 0.0)], ..Series::default() }]).svg().is_ok());
        let flat = lines(vec![Series { points: vec![(5.0, 0.0), (6.0, 0.0)], ..Series::default() }]);
        assert_eq!((flat.x_range(), flat.y_top()), ((5.0, 6.0), 1.0));
    }

    #[test]
    fn a_band_counts_for_the_height() {
        let band = vec![(0.0, 1.0, 50.0), (1.0, 1.0, 50.0)];
        let series = Series { points: vec![(0.0, 2.0), (1.0, 2.0)], band, ..Series::default() };
        let chart = lines(vec![series]);
        assert_eq!(chart.y_top(), 50.0 * HEADROOM);
        assert!(chart.svg().unwrap().contains("<polygon"));
    }
}
