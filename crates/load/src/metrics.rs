//! Reading the server's `/metrics`.

use std::collections::HashMap;

/// Samples by name and labels, as they stand in the text: `name{kind="audio"}`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metrics {
    samples: HashMap<String, f64>,
}

impl Metrics {
    /// Reads the Prometheus text format; what is no sample is left out.
    pub fn read(text: &str) -> Metrics {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let samples = lines.filter_map(|line| {
            let (name, value) = line.rsplit_once(' ')?;
            Some((name.to_owned(), value.parse().ok()?))
        });
        Metrics { samples: samples.collect() }
    }

    /// The sum of all samples of a family whose labels contain each of these; 0 where there is none.
    pub fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let matching = self.samples.iter().filter(|(sample, _)| {
            let (family, rest) = sample.split_once('{').unwrap_or((sample, ""));
            family == name
                && labels.iter().all(|(label, value)| rest.contains(&format!("{label}=\"{value}\"")))
        });
        matching.map(|(_, value)| value).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_what_matches() {
        let text = "# TYPE a counter\na{kind=\"audio\",source=\"mic\"} 2\na{kind=\"video\",source=\"camera\"} 3\nab 7\ncpu 0.25\n";
        let metrics = Metrics::read(text);
        assert_eq!(metrics.sum("a", &[]), 5.0);
        assert_eq!(metrics.sum("a", &[("kind", "video")]), 3.0);
        assert_eq!(metrics.sum("cpu", &[]), 0.25);
        assert_eq!(metrics.sum("none", &[]), 0.0);
    }
}
