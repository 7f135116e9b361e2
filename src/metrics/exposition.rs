//! The Prometheus text format, version 0.0.4.

use std::fmt::{Display, Write};

/// A scrape's answer while it is written.
#[derive(Debug, Default)]
pub(crate) struct Exposition {
    text: String,
    name: &'static str,
}

impl Exposition {
    /// What the text is, for `Content-Type`.
    pub(crate) const CONTENT_TYPE: &'static str = "text/plain; version=0.0.4; charset=utf-8";

    /// Begins a family of samples that only rise.
    pub(crate) fn counter(&mut self, name: &'static str, help: &str) -> &mut Self {
        self.family(name, "counter", help)
    }

    /// Begins a family of samples that rise and fall.
    pub(crate) fn gauge(&mut self, name: &'static str, help: &str) -> &mut Self {
        self.family(name, "gauge", help)
    }

    fn family(&mut self, name: &'static str, kind: &str, help: &str) -> &mut Self {
        self.name = name;
        // Writing into a String cannot fail.
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        self
    }

    /// One sample of the family begun last. Label values are the server's own words and need no escaping.
    pub(crate) fn sample(&mut self, labels: &[(&str, &str)], value: impl Display) -> &mut Self {
        self.text.push_str(self.name);
        for (n, (name, value)) in labels.iter().enumerate() {
            let _ = write!(self.text, "{}{name}=\"{value}\"", if n == 0 { '{' } else { ',' });
        }
        let close = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.text, "{close} {value}");
        self
    }

    /// The whole.
    pub(crate) fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_stand_under_their_family() {
        let mut page = Exposition::default();
        page.gauge("rooms", "Rooms.").sample(&[], 2);
        page.counter("hits", "Hits.").sample(&[("kind", "audio"), ("source", "mic")], 0.5);
        let expected = "# HELP rooms Rooms.\n# TYPE rooms gauge\nrooms 2\n\
                        # HELP hits Hits.\n# TYPE hits counter\nhits{kind=\"audio\",source=\"mic\"} 0.5\n";
        assert_eq!(page.finish(), expected);
    }
}
