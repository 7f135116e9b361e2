//! Bars by name: a few things beside each other, each with one figure or two.

use plotters::prelude::Rectangle;
use plotters::style::Color;
use plotters::style::text_anchor::HPos;

use super::{
    Area, ChartError, FAINT, GRID, INK, MARGIN, Paper, SERIES, TEXT, TEXT_LINE, TITLE_TEXT, drawing, failed,
    px, text_style, text_width, write,
};

/// Height of a bar, and the space behind the bars of one row, in pixels.
const BAR: i32 = 15;
const BETWEEN: i32 = 12;
/// Space between name, bar and figure, in pixels.
const PADDING: i32 = 8;

/// A chart of horizontal bars that begin at 0. It is as high as its rows need.
#[derive(Clone, Debug)]
pub struct Bars<'a> {
    /// Above it.
    pub title: &'a str,
    /// What the bars count, with its unit.
    pub unit: &'a str,
    /// The names of a row's bars, at most four.
    pub series: Vec<&'a str>,
    /// From top to bottom.
    pub rows: Vec<Row<'a>>,
    /// In pixels.
    pub width: u32,
    /// What it stands on.
    pub paper: Paper,
}

/// Bars under one name.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// At the left.
    pub name: &'a str,
    /// One for each series: how long, and what is written at its end.
    pub values: Vec<(f64, String)>,
}

impl Bars<'_> {
    /// Draws it.
    ///
    /// # Errors
    /// Never with finite numbers.
    pub fn svg(&self) -> Result<String, ChartError> {
        let bars: i32 = self.rows.iter().map(row_height).sum();
        let height = 2 * MARGIN + 2 * (TEXT_LINE + 4) + bars;
        drawing(self.title, (self.width, height.unsigned_abs()), self.paper, |area| self.draw(area))
    }

    fn draw(&self, area: &Area<'_>) -> Result<(), ChartError> {
        let mut y = MARGIN;
        write(area, self.title, &text_style(TITLE_TEXT, INK, HPos::Left), (MARGIN, y + TEXT_LINE / 2))?;
        y += TEXT_LINE + 4;
        self.legend(area, y + TEXT_LINE / 2)?;
        y += TEXT_LINE + 4 + BETWEEN / 2;
        let widest = |texts: &mut dyn Iterator<Item = &str>| {
            texts.map(|text| text_width(text, TEXT)).max().unwrap_or(0)
        };
        let left = MARGIN + widest(&mut self.rows.iter().map(|row| row.name)) + PADDING;
        let figures = &mut self.rows.iter().flat_map(|row| row.values.iter().map(|(_, text)| text.as_str()));
        let right = self.width as i32 - MARGIN - widest(figures) - PADDING;
        let longest =
            self.rows.iter().flat_map(|row| row.values.iter().map(|(value, _)| *value)).fold(0.0, f64::max);
        let length = |value: f64| {
            if longest > 0.0 { (f64::from(right - left) * value.max(0.0) / longest) as i32 } else { 0 }
        };
        let bottom = y + self.rows.iter().map(row_height).sum::<i32>() - BETWEEN / 2;
        let rule = [(px(left) - 2, px(y - BETWEEN / 2)), (px(left), px(bottom))];
        area.draw(&Rectangle::new(rule, GRID.filled())).map_err(failed)?;
        for row in &self.rows {
            let middle = y + BAR * row.values.len() as i32 / 2;
            write(area, row.name, &text_style(TEXT, INK, HPos::Right), (left - PADDING, middle))?;
            for ((value, text), colour) in row.values.iter().zip(SERIES) {
                let end = left + length(*value);
                let bar = [(px(left), px(y + 1)), (px(end), px(y + BAR - 1))];
                area.draw(&Rectangle::new(bar, colour.filled())).map_err(failed)?;
                write(area, text, &text_style(TEXT, FAINT, HPos::Left), (end + PADDING, y + BAR / 2))?;
                y += BAR;
            }
            y += BETWEEN;
        }
        Ok(())
    }

    fn legend(&self, area: &Area<'_>, y: i32) -> Result<(), ChartError> {
        write(area, self.unit, &text_style(TEXT, FAINT, HPos::Left), (MARGIN, y))?;
        if self.series.len() < 2 {
            return Ok(());
        }
        let entry = |name: &str| BAR + 5 + text_width(name, TEXT) + 14;
        let mut x = self.width as i32 - MARGIN - self.series.iter().map(|name| entry(name)).sum::<i32>() + 14;
        for (name, colour) in self.series.iter().zip(SERIES) {
            let swatch = [(px(x), px(y - 5)), (px(x + 11), px(y + 6))];
            area.draw(&Rectangle::new(swatch, colour.filled())).map_err(failed)?;
            write(area, name, &text_style(TEXT, INK, HPos::Left), (x + BAR + 2, y))?;
            x += entry(name);
        }
        Ok(())
    }
}

fn row_height(row: &Row<'_>) -> i32 {
    BAR * row.values.len() as i32 + BETWEEN
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bars(values: &[f64]) -> Bars<'static> {
        let values = values.iter().map(|value| (*value, format!("{value} µs"))).collect();
        Bars {
            title: "Cost",
            unit: "µs a packet",
            series: vec!["server", "floor"],
            rows: vec![Row { name: "webinar", values }],
            width: 480,
            paper: Paper::White,
        }
    }

    #[test]
    fn every_bar_has_its_name_and_its_figure() {
        let svg = bars(&[3.0, 1.5]).svg().unwrap();
        for text in ["Cost", "µs a packet", "webinar", "3 µs", "1.5 µs", "server", "floor"] {
            assert!(svg.contains(text), "{text}");
        }
    }

    #[test]
    fn no_rows_and_bars_of_no_length_are_charts_too() {
        assert!(Bars { rows: Vec::new(), ..bars(&[]) }.svg().is_ok());
        assert!(bars(&[0.0, 0.0]).svg().is_ok());
    }
}
