//! What a run comes to, in words.

use crate::report::Report;

/// Publishers that send this late, in milliseconds, have changed the traffic they stand for: a third of a picture's time.
const SENT_TOO_LATE_MS: f64 = 11.0;

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
        if report.generator.corrupt > 0 {
            failed.push(format!(
                "{} of {} compared packets were not what was sent.",
                report.generator.corrupt, report.generator.samples
            ));
        }
        Verdict { failed, bottleneck: bottleneck(report) }
    }

    /// Whether nothing failed.
    pub fn passed(&self) -> bool {
        self.failed.is_empty()
    }
}

fn bottleneck(report: &Report) -> Option<String> {
    let generator = &report.generator;
    let mut reasons = Vec::new();
    if generator.left_out > 0 {
        let times = match generator.left_out {
            1 => "once".to_owned(),
            many => format!("{many} times"),
        };
        reasons.push(format!("its publishers fell behind {times} and left packets out"));
    }
    if generator.send_late_ms.p99 > SENT_TOO_LATE_MS {
        reasons.push(format!("1 of 100 packets was sent {:.0} ms late or later", generator.send_late_ms.p99));
    }
    if generator.unread > 0 {
        reasons.push(format!("it did not read {} packets in time and lost them", generator.unread));
    }
    (!reasons.is_empty())
        .then(|| format!("The load generator, not the server, was the bottleneck: {}.", reasons.join("; ")))
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
        let verdict = Verdict::of(&report);
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
        (behind.generator.left_out, behind.generator.unread) = (3, 7);
        behind.generator.send_late_ms.p99 = 12.0;
        let said = Verdict::of(&behind).bottleneck.unwrap();
        for reason in ["fell behind 3 times", "sent 12 ms late", "7 packets"] {
            assert!(said.contains(reason), "{said}");
        }
    }

    #[test]
    fn what_came_otherwise_than_it_was_sent_fails_a_run() {
        let mut changed = report();
        (changed.generator.samples, changed.generator.corrupt) = (100, 1);
        assert_eq!(Verdict::of(&changed).failed, ["1 of 100 compared packets were not what was sent."]);
    }
}
