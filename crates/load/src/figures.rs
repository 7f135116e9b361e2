//! What all peers of one event loop measured together, over any span of time one likes.

use std::time::Duration;

use hdrhistogram::Histogram;

/// From one look to the next.
#[derive(Clone, Debug)]
pub struct Figures {
    /// Packets with a payload that receivers counted, each once.
    pub packets: u64,
    /// Samples opened, and how many of them were not what the clip holds.
    pub samples: u64,
    /// Likewise.
    pub corrupt: u64,
    /// From a sender's send to a receiver's kernel, in microseconds.
    pub delay_us: Histogram<u64>,
    /// How long after they were due packets were sent, in microseconds.
    pub send_late_us: Histogram<u64>,
    /// How long datagrams waited in this side's kernel before they were read, in microseconds.
    pub read_late_us: Histogram<u64>,
    /// Times a sender was so late that it left packets out.
    pub left_out: u64,
}

impl Default for Figures {
    fn default() -> Self {
        Figures {
            packets: 0,
            samples: 0,
            corrupt: 0,
            delay_us: histogram(),
            send_late_us: histogram(),
            read_late_us: histogram(),
            left_out: 0,
        }
    }
}

impl Figures {
    /// Adds what was measured in another span.
    pub fn add(&mut self, other: &Figures) {
        self.packets += other.packets;
        self.samples += other.samples;
        self.corrupt += other.corrupt;
        self.left_out += other.left_out;
        for (total, more) in [
            (&mut self.delay_us, &other.delay_us),
            (&mut self.send_late_us, &other.send_late_us),
            (&mut self.read_late_us, &other.read_late_us),
        ] {
            // Both grow by themselves, so that this cannot fail.
            let _ = total.add(more);
        }
    }

    pub(crate) fn sent_late(&mut self, by: Duration, packets: u64) {
        let _ = self.send_late_us.record_n(u64::try_from(by.as_micros()).unwrap_or(u64::MAX), packets);
    }
}

/// An empty one of times in microseconds, exact to a hundredth. It grows as needed.
#[expect(clippy::expect_used, reason = "the library takes anything up to five digits")]
pub fn histogram() -> Histogram<u64> {
    Histogram::new(2).expect("two digits are allowed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_add_up() {
        let mut one = Figures { packets: 2, left_out: 1, ..Figures::default() };
        one.sent_late(Duration::from_micros(50), 3);
        let mut total = one.clone();
        total.add(&one);
        assert_eq!((total.packets, total.left_out, total.send_late_us.len()), (4, 2, 6));
        assert_eq!(total.send_late_us.max(), 50);
    }
}
