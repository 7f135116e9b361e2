//! What a whole room is told in its own time: frames that wait for company, so that an audience of n people coming in at once is not n
//! times n wake-ups and writes but, to each page, a few frames in one write now and then.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tungstenite::Utf8Bytes;

use super::outbox::Frame;

/// Writes of leisurely news a second that one room causes, all its pages together, while it has no more pages than this. Each costs
/// some ten microseconds, so that is half a percent of a core, however fast people come.
const WRITES_PER_SECOND: u32 = 500;
/// Longest that news waits, in a room of any size.
const LONGEST_WAIT: Duration = Duration::from_secs(1);
/// Frames that wait at most; the next makes all of them go. So many fit into one write, and a page that reads slowly holds no more
/// than this in one place of its queue.
const GATHERED_FRAMES: usize = 64;

/// The frames that wait. Every page remembers up to where it was told; see [`News::end`].
#[derive(Debug, Default)]
pub(super) struct News {
    waiting: Vec<Utf8Bytes>,
    /// Frames that came before the first that waits.
    before: u64,
    /// When the last were told.
    told: Option<Instant>,
    /// When those that wait are to be told.
    due: Option<Instant>,
}

impl News {
    /// Another frame for everybody. `pages` is how many that is.
    pub(super) fn add(&mut self, frame: Utf8Bytes, now: Instant, pages: usize) {
        self.waiting.push(frame);
        let pages = u32::try_from(pages).unwrap_or(u32::MAX);
        let wait = (Duration::from_secs(1) / WRITES_PER_SECOND).saturating_mul(pages).min(LONGEST_WAIT);
        // The first after a quiet time goes at once: only those after it have company.
        let due = self.told.map_or(now, |told| now.max(told + wait));
        self.due.get_or_insert(due);
        if self.waiting.len() >= GATHERED_FRAMES {
            self.due = Some(now);
        }
    }

    /// When what waits is to be told; `None` while nothing does.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Where a page stands that was told nothing of what waits.
    pub(super) fn begin(&self) -> u64 {
        self.before
    }

    /// Where a page stands that was told everything, or was just welcomed with everything.
    pub(super) fn end(&self) -> u64 {
        self.before + self.waiting.len() as u64
    }

    /// What a page that stands there was not told yet.
    pub(super) fn missed(&self, page: u64) -> Option<Frame> {
        let known = page.saturating_sub(self.before);
        let missed = self.waiting.get(usize::try_from(known).unwrap_or(usize::MAX)..)?;
        match missed {
            [] => None,
            [one] => Some(Frame::Text(one.clone())),
            several => Some(Frame::Texts(Arc::from(several))),
        }
    }

    /// Everybody was told.
    pub(super) fn all_told(&mut self, now: Instant) {
        self.before = self.end();
        self.waiting.clear();
        (self.told, self.due) = (Some(now), None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(n: usize) -> Utf8Bytes {
        n.to_string().into()
    }

    #[test]
    fn after_a_quiet_time_news_goes_at_once_and_the_next_waits_longer_the_more_have_to_be_told() {
        let start = Instant::now();
        for (pages, wait) in [(10, 20), (100, 200), (400, 800), (5000, 1000)] {
            let mut news = News::default();
            news.add(text(0), start, pages);
            assert_eq!(news.due(), Some(start), "{pages} pages");
            news.all_told(start);
            assert_eq!(news.due(), None);
            news.add(text(1), start + Duration::from_millis(1), pages);
            assert_eq!(news.due(), Some(start + Duration::from_millis(wait)), "{pages} pages");
            news.all_told(start + Duration::from_millis(wait));
            let later = start + Duration::from_secs(60);
            news.add(text(2), later, pages);
            assert_eq!(news.due(), Some(later), "{pages} pages");
        }
    }

    #[test]
    fn what_waits_is_bounded() {
        let start = Instant::now();
        let mut news = News::default();
        news.all_told(start);
        for n in 0..GATHERED_FRAMES {
            assert!(news.due().is_none_or(|due| due > start));
            news.add(text(n), start, 5000);
        }
        assert_eq!(news.due(), Some(start));
    }

    #[test]
    fn a_page_is_told_what_it_missed_and_nothing_twice() {
        let now = Instant::now();
        let mut news = News::default();
        news.add(text(0), now, 1);
        let arrived = news.end();
        assert_eq!((news.missed(0), news.missed(arrived)), (Some(Frame::Text(text(0))), None));
        news.add(text(1), now, 1);
        news.add(text(2), now, 1);
        let both: Arc<[Utf8Bytes]> = Arc::from([text(1), text(2)]);
        assert_eq!(news.missed(arrived), Some(Frame::Texts(both)));
        news.all_told(now);
        assert_eq!((news.missed(news.end()), news.missed(arrived)), (None, None));
    }
}
