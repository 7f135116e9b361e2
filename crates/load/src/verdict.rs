//! What a run comes to, in words.

use crate::report::Report;

/// Whether a run passed, and whom its figures are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What failed, a sentence each; empty when nothing did.
    pub failed: Vec<String>,
    /// Why the figures are about the generator rather than about the server, if they are.
    pub bottleneck: Option<String>,
}

impl Verdict {
    /// Of a report.
    pub fn of(report: &Report) -> Verdict {
        let people = report.publishers + report.viewers;
        let mut failed = Vec::new();
        if report.joined < people {
            let missing = count(people - report.joined, "participant");
            failed.push(format!("{missing} of {people} could not join."));
        }
        if report.without_media > 0 {
            failed.push(format!("{} joined and got no media.", count(report.without_media, "viewer")));
        }
        if report.leaked_packets > 0 {
            let packets = count(report.leaked_packets as usize, "packet");
            failed.push(format!("{packets} arrived from someone who was not on stage."));
        }
        if report.generator.corrupt > 0 {
            let samples = count(report.generator.corrupt as usize, "sample");
            failed.push(format!("{samples} of the clip arrived changed."));
        }
        Verdict { failed, bottleneck: report.generator.bottleneck().map(|why| sentence(&why)) }
    }

    /// Whether nothing failed.
    pub fn passed(&self) -> bool {
        self.failed.is_empty()
    }
}

fn count(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        many => format!("{many} {what}s"),
    }
}

/// With a capital and a full stop.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::tests::report;

    #[test]
    fn a_run_in_which_nothing_failed_passes() {
        let verdict = Verdict::of(&report());
        assert_eq!(verdict, Verdict { failed: Vec::new(), bottleneck: None });
        assert!(verdict.passed());
    }

    #[test]
    fn everything_that_failed_is_said() {
        let mut report = report();
        (report.joined, report.without_media, report.leaked_packets) = (report.joined - 1, 2, 17);
        report.generator.corrupt = 3;
        let verdict = Verdict::of(&report);
        assert_eq!(
            verdict.failed,
            [
                "1 participant of 301 could not join.",
                "2 viewers joined and got no media.",
                "17 packets arrived from someone who was not on stage.",
                "3 samples of the clip arrived changed.",
            ]
        );
        assert_eq!(verdict.passed(), report.passes());
    }

    #[test]
    fn a_generator_that_did_not_keep_up_is_named_as_the_bottleneck() {
        let mut behind = report();
        behind.generator.left_out = 3;
        let said = Verdict::of(&behind).bottleneck.unwrap();
        assert!(
            said.starts_with("The generator") && said.contains("3 times") && said.ends_with('.'),
            "{said}"
        );
    }
}
