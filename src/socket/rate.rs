//! How many frames a page may send, or how many of something else there may be: a bucket of tokens that refills as time passes.

use stage::Millis;

/// One page's bucket. Counts in thousandths of a frame, so that nothing is lost between two frames.
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    per_second: u64,
    burst: u64,
    thousandths: u64,
    filled: Millis,
}

impl Bucket {
    /// A full one: `burst` frames at once, `per_second` sustained.
    pub(crate) fn full(per_second: u32, burst: u32, now: Millis) -> Self {
        let burst = u64::from(burst) * 1000;
        Bucket { per_second: per_second.into(), burst, thousandths: burst, filled: now }
    }

    /// Takes a frame's worth; `false` when there is not so much left.
    pub(crate) fn take(&mut self, now: Millis) -> bool {
        let gained = now.since(self.filled).saturating_mul(self.per_second);
        self.filled = now;
        self.thousandths = self.thousandths.saturating_add(gained).min(self.burst);
        match self.thousandths.checked_sub(1000) {
            Some(left) => {
                self.thousandths = left;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(bucket: &mut Bucket, now: Millis) -> usize {
        (0..1000).take_while(|_| bucket.take(now)).count()
    }

    #[test]
    fn a_burst_and_then_the_sustained_rate() {
        let mut bucket = Bucket::full(20, 60, Millis(0));
        assert_eq!(taken(&mut bucket, Millis(0)), 60);
        assert_eq!(taken(&mut bucket, Millis(49)), 0);
        assert_eq!(taken(&mut bucket, Millis(50)), 1);
        assert_eq!(taken(&mut bucket, Millis(1050)), 20);
        assert_eq!(taken(&mut bucket, Millis(1_000_000)), 60, "never more than the burst");
    }

    #[test]
    fn frames_at_the_sustained_rate_pass_for_ever() {
        let mut bucket = Bucket::full(20, 60, Millis(0));
        assert!((0..10_000).all(|n| bucket.take(Millis(n * 50))));
    }

    #[test]
    fn asking_often_loses_nothing() {
        let mut bucket = Bucket::full(20, 1, Millis(0));
        assert!(bucket.take(Millis(0)));
        assert_eq!((1..=100).filter(|ms| bucket.take(Millis(*ms))).count(), 2);
    }
}
