//! What a run comes to, in words.

use crate::report::Report;
use crate::timeline::Second;

/// A generator that is later than this, in milliseconds, shows in the delays that it measures.
const LATE_MS: f64 = 5.0;

/// Whether a run passed, and whom its figures are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What failed, a sentence each; empty when nothing did.
    pub failed: Vec<String>,
    /// Why the figures are about the generator rather than about the server, if they are.
    pub bottleneck: Option<String>,
}

impl Verdict {
    /// Of a report and its seconds.
    pub fn of(report: &Report, timeline: &[Second]) -> Verdict {
        let people = report.publishers + report.viewers;
        let mut failed = Vec::new();
        if report.joined < people {
            let missing = people - report.joined;
            failed.push(format!("{} of {people} could not join.", of_people(missing)));
        }
        if report.without_media > 0 {
            failed.push(format!("{} joined and got no media.", of_people(report.without_media)));
        }
        if report.leaked_packets > 0 {
            failed.push(format!(
                "{} from someone who was not on stage.",
                match report.leaked_packets {
                    1 => "One packet arrived".to_owned(),
                    many => format!("{many} packets arrived"),
                }
            ));
        }
        Verdict { failed, bottleneck: bottleneck(report, timeline) }
    }

    /// Whether nothing failed.
    pub fn passed(&self) -> bool {
        self.failed.is_empty()
    }
}

fn bottleneck(report: &Report, timeline: &[Second]) -> Option<String> {
    if report.generator_late > 0 {
        let times = match report.generator_late {
            1 => "once".to_owned(),
            many => format!("{many} times"),
        };
        return Some(format!(
            "The load generator was the bottleneck: its publishers fell behind {times} and left packets out."
        ));
    }
    let late = timeline.iter().filter(|second| second.generator_late_ms.p99 > LATE_MS).count();
    (late > 0).then(|| {
        format!(
            "The load generator was more than {LATE_MS} ms late in {late} of {} seconds (p99): delays of that size may be its own.",
            timeline.len()
        )
    })
}

fn of_people(count: usize) -> String {
    match count {
        1 => "One participant".to_owned(),
        many => format!("{many} participants"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::tests::{report, timeline};

    #[test]
    fn a_run_in_which_nothing_failed_passes() {
        let verdict = Verdict::of(&report(), &timeline());
        assert_eq!(verdict, Verdict { failed: Vec::new(), bottleneck: None });
        assert!(verdict.passed());
    }

    #[test]
    fn everything_that_failed_is_said() {
        let mut report = report();
        (report.joined, report.without_media, report.leaked_packets) = (report.joined - 1, 2, 17);
        let verdict = Verdict::of(&report, &[]);
        assert_eq!(
            verdict.failed,
            [
                "One participant of 301 could not join.",
                "2 participants joined and got no media.",
                "17 packets arrived from someone who was not on stage.",
            ]
        );
        assert_eq!(verdict.passed(), report.passes());
    }

    #[test]
    fn a_late_generator_is_named_as_the_bottleneck() {
        let mut behind = report();
        behind.generator_late = 3;
        assert!(Verdict::of(&behind, &[]).bottleneck.unwrap().contains("fell behind 3 times"));
        let mut seconds = timeline();
        seconds[4].generator_late_ms.p99 = 6.0;
        let said = Verdict::of(&report(), &seconds).bottleneck.unwrap();
        assert!(said.contains("more than 5 ms late in 1 of 30 seconds"), "{said}");
    }
}
