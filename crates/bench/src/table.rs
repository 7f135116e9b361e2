//! Tables, for the terminal and for Markdown.

use std::fmt::Write;

use crate::figures::Spread;

/// Heads and rows; the first column names, the others are figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Table {
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(heads: &[&str]) -> Table {
        Table { heads: heads.iter().map(|head| (*head).to_owned()).collect(), rows: Vec::new() }
    }

    /// Adds a row; cells beyond the heads are left out, missing ones empty.
    pub(crate) fn row(&mut self, mut cells: Vec<String>) {
        cells.resize(self.heads.len(), String::new());
        self.rows.push(cells);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Columns that stand straight in a terminal.
    pub(crate) fn text(&self) -> String {
        let widths = self.widths();
        let line = |cells: &[String]| {
            let cells = cells.iter().zip(&widths).enumerate().map(|(column, (cell, width))| match column {
                0 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            });
            format!("  {}\n", cells.collect::<Vec<_>>().join("   ").trim_end())
        };
        std::iter::once(&self.heads).chain(&self.rows).map(|cells| line(cells)).collect()
    }

    /// The same as Markdown has it, figures to the right.
    pub(crate) fn markdown(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let rule = (0..self.heads.len()).map(|column| if column == 0 { " --- |" } else { " ---: |" });
        let mut text = line(&self.heads);
        let _ = writeln!(text, "|{}", rule.collect::<String>());
        text.extend(self.rows.iter().map(|cells| line(cells)));
        text
    }

    /// In characters, of every column.
    fn widths(&self) -> Vec<usize> {
        let longest = |column: usize| {
            let cells = std::iter::once(&self.heads).chain(&self.rows).filter_map(|cells| cells.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        (0..self.heads.len()).map(longest).collect()
    }
}

/// A figure with three digits that mean something.
pub(crate) fn number(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        small if small < 0.1 => format!("{value:.4}"),
        small if small < 1.0 => format!("{value:.3}"),
        small if small < 10.0 => format!("{value:.2}"),
        middle if middle < 100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

/// The median, and in brackets how far the runs lie apart; a dash for what was not measured.
pub(crate) fn spread(of: Option<Spread>) -> String {
    match of {
        None => "–".to_owned(),
        Some(Spread { median, min, max }) if min == max => number(median),
        Some(Spread { median, min, max }) => {
            format!("{} ({}–{})", number(median), number(min), number(max))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&["scenario", "µs"]);
        table.row(vec!["webinar".to_owned(), "3.50".to_owned()]);
        table.row(vec!["a".to_owned()]);
        table
    }

    #[test]
    fn columns_stand_straight_whatever_the_letters() {
        assert_eq!(table().text(), "  scenario     µs\n  webinar    3.50\n  a\n");
    }

    #[test]
    fn markdown_has_its_rule() {
        assert_eq!(table().markdown(), "| scenario | µs |\n| --- | ---: |\n| webinar | 3.50 |\n| a |  |\n");
    }

    #[test]
    fn a_number_has_three_digits_that_mean_something() {
        let shown = [0.0, 0.01234, 0.5678, 3.456, 34.56, 345.6].map(number);
        assert_eq!(shown, ["0", "0.0123", "0.568", "3.46", "34.6", "346"]);
        let of = Spread { median: 2.0, min: 1.0, max: 30.0 };
        assert_eq!(spread(Some(of)), "2.00 (1.00–30.0)");
        assert_eq!(spread(Some(Spread { min: 2.0, max: 2.0, ..of })), "2.00");
        assert_eq!(spread(None), "–");
    }
}
