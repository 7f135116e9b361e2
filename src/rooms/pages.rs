//! The pages of a room: their queues, their resume keys, their transports.

use std::collections::HashMap;
use std::sync::Arc;

use room::{SessionId, TransportId};
use signaling::ParticipantId;
use tokio::time::Instant;
use tungstenite::Utf8Bytes;

use super::link::Link;
use super::news::News;
use super::outbox::{Frame, Outbox};

/// One session of one page. It stays while a transport of it stands, so that the page may take it up again.
#[derive(Debug)]
struct Page {
    /// The queue of its socket; `None` while it has none.
    outbox: Option<Outbox>,
    /// With which it may be taken up again.
    key: String,
    link: Arc<Link>,
    /// Its transports and the page's numbers for them: one, or two for the moment in which a new one replaces another.
    transports: Vec<(TransportId, u32)>,
    /// Up to where it was told the room's news.
    told: u64,
    /// It waits to be let in, and is told no news.
    waits: bool,
}

impl Page {
    /// Queues a frame; `false` when the page reads too slowly. One without a socket takes everything.
    fn push(&self, frame: Frame) -> bool {
        self.outbox.as_ref().is_none_or(|outbox| outbox.push(frame).is_ok())
    }

    /// Queues the news that it was not told yet.
    fn catch_up(&mut self, news: &News) -> bool {
        if self.waits {
            return true;
        }
        let missed = news.missed(self.told);
        self.told = news.end();
        missed.is_none_or(|frame| self.push(frame))
    }
}

/// All pages of a room.
#[derive(Debug, Default)]
pub(super) struct Pages {
    pages: HashMap<SessionId, Page>,
    by_key: HashMap<String, SessionId>,
    by_transport: HashMap<TransportId, SessionId>,
    news: News,
}

impl Pages {
    /// A page comes in. `key` is for a later resume. What others still wait to be told is in its welcome.
    pub(super) fn enter(&mut self, session: SessionId, key: String, outbox: Outbox) {
        self.by_key.insert(key.clone(), session);
        let told = self.news.end();
        let outbox = Some(outbox);
        self.pages.insert(
            session,
            Page { outbox, key, link: Arc::default(), transports: Vec::new(), told, waits: false },
        );
    }

    /// The page that just came in waits to be let in.
    pub(super) fn wait(&mut self, session: SessionId) {
        if let Some(page) = self.pages.get_mut(&session) {
            page.waits = true;
        }
    }

    /// It is in, as this person: what others still wait to be told is in its welcome, where it waited itself.
    pub(super) fn welcome(&mut self, session: SessionId, who: ParticipantId) {
        let told = self.news.end();
        let Some(page) = self.pages.get_mut(&session) else { return };
        page.link.welcome(who);
        if std::mem::take(&mut page.waits) {
            page.told = told;
        }
    }

    /// The page that just came in goes on with the session that had this key: link and transports are its own from now on, and an
    /// old socket that still hung on ends. Says whether there is a transport.
    pub(super) fn resume(&mut self, session: SessionId, key: &str) -> bool {
        let Some(old) = self.by_key.get(key).copied().filter(|old| *old != session) else { return false };
        let Some(earlier) = self.pages.remove(&old) else { return false };
        self.by_key.remove(key);
        let stands = !earlier.transports.is_empty();
        if let Some(outbox) = earlier.outbox {
            // Nobody reads there any more; a full queue would be news to nobody.
            let _ = outbox.push(Frame::Close(1000));
        }
        for (transport, _) in &earlier.transports {
            self.by_transport.insert(*transport, session);
        }
        if let Some(page) = self.pages.get_mut(&session) {
            page.link = earlier.link;
            page.transports = earlier.transports;
        }
        stands
    }

    /// The socket is gone.
    pub(super) fn disconnect(&mut self, session: SessionId) -> Option<Outbox> {
        let outbox = self.pages.get_mut(&session)?.outbox.take();
        self.forget_if_over(session);
        outbox
    }

    /// The page's media link, while it is in the room.
    pub(super) fn link(&self, session: SessionId) -> Option<Arc<Link>> {
        self.pages.get(&session).map(|page| page.link.clone())
    }

    /// Whether the page has a socket.
    pub(super) fn is_connected(&self, session: SessionId) -> bool {
        self.pages.get(&session).is_some_and(|page| page.outbox.is_some())
    }

    /// Pages with a socket.
    pub(super) fn connected(&self) -> usize {
        self.pages.values().filter(|page| page.outbox.is_some()).count()
    }

    /// Those of them that are in, rather than waiting to be let in.
    pub(super) fn inside(&self) -> usize {
        self.pages.values().filter(|page| page.outbox.is_some() && !page.waits).count()
    }

    /// A transport of this page stands.
    pub(super) fn place(&mut self, session: SessionId, transport: TransportId, connection: u32) {
        let Some(page) = self.pages.get_mut(&session) else { return };
        page.transports.retain(|(other, _)| *other != transport);
        page.transports.push((transport, connection));
        self.by_transport.insert(transport, session);
    }

    /// Whose transport it is, and the page's number for it.
    pub(super) fn owner(&self, transport: TransportId) -> Option<(SessionId, u32)> {
        let session = self.by_transport.get(&transport)?;
        let (_, connection) =
            self.pages.get(session)?.transports.iter().find(|(other, _)| *other == transport)?;
        Some((*session, *connection))
    }

    /// A transport is gone.
    pub(super) fn unplace(&mut self, transport: TransportId) {
        let Some(session) = self.by_transport.remove(&transport) else { return };
        if let Some(page) = self.pages.get_mut(&session) {
            page.transports.retain(|(other, _)| *other != transport);
            page.link.forget(transport);
        }
        self.forget_if_over(session);
    }

    /// Queues a frame for one page, after the news that it was not told yet; `false` when it read too slowly and is cut off.
    #[must_use]
    pub(super) fn send(&mut self, session: SessionId, frame: Frame) -> bool {
        let Some(page) = self.pages.get_mut(&session) else { return true };
        page.catch_up(&self.news) && page.push(frame)
    }

    /// Has a frame wait for every page with a socket but one, behind the news that waits already; see [`Pages::due`].
    pub(super) fn gather(&mut self, text: Utf8Bytes, except: Option<SessionId>, cut: &mut Vec<SessionId>) {
        if let Some(session) = except
            && let Some(page) = self.pages.get_mut(&session)
        {
            // It stands behind the frame that is not for it, and so must have what comes before.
            if !page.catch_up(&self.news) {
                cut.push(session);
            }
            page.told += 1;
        }
        self.news.add(text, Instant::now(), self.connected());
    }

    /// When the news that waits is to be told.
    pub(super) fn due(&self) -> Option<Instant> {
        self.news.due()
    }

    /// Queues the news that waits for every page with a socket; those that read too slowly are put onto `cut`.
    pub(super) fn tell(&mut self, cut: &mut Vec<SessionId>) {
        // Nearly every page was last told at the same time, and shares what it is told now.
        let begin = self.news.begin();
        let all = self.news.missed(begin);
        for (session, page) in self.pages.iter_mut().filter(|(_, page)| page.outbox.is_some() && !page.waits)
        {
            let missed = if page.told <= begin { all.clone() } else { self.news.missed(page.told) };
            page.told = self.news.end();
            if missed.is_some_and(|frame| !page.push(frame)) {
                cut.push(*session);
            }
        }
        self.news.all_told(Instant::now());
    }

    /// Every session there is.
    pub(super) fn sessions(&self) -> Vec<SessionId> {
        self.pages.keys().copied().collect()
    }

    fn forget_if_over(&mut self, session: SessionId) {
        if self.pages.get(&session).is_some_and(|page| page.outbox.is_none() && page.transports.is_empty())
            && let Some(page) = self.pages.remove(&session)
        {
            self.by_key.remove(&page.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::outbox::{Frames, frames};
    use super::*;

    const OLD: SessionId = SessionId(1);
    const NEW: SessionId = SessionId(2);
    const WIRE: TransportId = TransportId(7);
    const CAPACITY: usize = 4;

    fn enter(pages: &mut Pages, session: SessionId, key: &str) -> Frames {
        let (outbox, frames) = frames(CAPACITY);
        pages.enter(session, key.to_owned(), outbox);
        frames
    }

    #[test]
    fn nothing_is_left_of_a_page_without_media() {
        let mut pages = Pages::default();
        let _frames = enter(&mut pages, OLD, "k");
        pages.disconnect(OLD);
        assert!(pages.pages.is_empty() && pages.by_key.is_empty() && pages.by_transport.is_empty());
    }

    #[test]
    fn a_resumed_page_has_its_transport_and_link() {
        let mut pages = Pages::default();
        let _first = enter(&mut pages, OLD, "k1");
        let link = pages.link(OLD).unwrap();
        pages.place(OLD, WIRE, 3);
        pages.disconnect(OLD);
        let _second = enter(&mut pages, NEW, "k2");
        assert!(pages.resume(NEW, "k1"));
        assert_eq!(pages.owner(WIRE), Some((NEW, 3)));
        assert!(Arc::ptr_eq(&pages.link(NEW).unwrap(), &link));
        assert_eq!(pages.link(OLD).map(|_| ()), None);
        pages.disconnect(NEW);
        pages.unplace(WIRE);
        assert!(pages.pages.is_empty() && pages.by_key.is_empty() && pages.by_transport.is_empty());
    }

    #[test]
    fn the_socket_of_a_resumed_session_ends() {
        let mut pages = Pages::default();
        let first = enter(&mut pages, OLD, "k1");
        let _second = enter(&mut pages, NEW, "k2");
        assert!(!pages.resume(NEW, "k1"), "it never had a transport");
        assert_eq!(first.now(), Some(Frame::Close(1000)));
    }

    fn news(pages: &mut Pages, text: &str, except: Option<SessionId>) {
        let mut cut = Vec::new();
        pages.gather(text.to_owned().into(), except, &mut cut);
        assert_eq!(cut, []);
    }

    fn read(frames: &Frames) -> Vec<String> {
        let mut texts = Vec::new();
        while let Some(frame) = frames.now() {
            match frame {
                Frame::Text(text) => texts.push(text.to_string()),
                Frame::Texts(several) => texts.extend(several.iter().map(ToString::to_string)),
                Frame::Pong(payload) => texts.push(format!("an answer to {payload:?}")),
                Frame::Close(code) => texts.push(format!("closed with {code}")),
            }
        }
        texts
    }

    #[test]
    fn news_reaches_every_page_once_in_order_and_before_what_is_sent_to_it_alone() {
        let mut pages = Pages::default();
        let first = enter(&mut pages, OLD, "k1");
        news(&mut pages, "1", None);
        let second = enter(&mut pages, NEW, "k2");
        news(&mut pages, "2", Some(NEW));
        assert!(pages.send(NEW, Frame::Text("welcome".into())));
        news(&mut pages, "3", None);
        assert!(pages.send(OLD, Frame::Text("done".into())));
        news(&mut pages, "4", Some(OLD));
        assert!(pages.due().is_some());
        pages.tell(&mut Vec::new());
        assert_eq!(pages.due(), None);
        news(&mut pages, "5", None);
        pages.tell(&mut Vec::new());
        assert_eq!(read(&first), ["1", "2", "3", "done", "5"]);
        assert_eq!(read(&second), ["welcome", "3", "4", "5"]);
    }

    #[test]
    fn whoever_waits_to_be_let_in_hears_nothing_until_their_welcome() {
        let mut pages = Pages::default();
        let frames = enter(&mut pages, NEW, "k");
        pages.wait(NEW);
        assert!(pages.send(NEW, Frame::Text("wait".into())));
        news(&mut pages, "1", None);
        pages.tell(&mut Vec::new());
        news(&mut pages, "2", None);
        assert!(pages.send(NEW, Frame::Text("still".into())));
        pages.welcome(NEW, ParticipantId(1));
        assert!(pages.send(NEW, Frame::Text("welcome".into())));
        news(&mut pages, "3", None);
        pages.tell(&mut Vec::new());
        assert_eq!(read(&frames), ["wait", "still", "welcome", "3"]);
        assert_eq!(pages.link(NEW).unwrap().whose(), Some(ParticipantId(1)));
    }

    #[test]
    fn news_names_the_slow() {
        let mut pages = Pages::default();
        let slow = enter(&mut pages, OLD, "k1");
        let _quick = enter(&mut pages, NEW, "k2");
        for _ in 0..CAPACITY {
            assert!(pages.send(OLD, Frame::Close(1000)));
        }
        let mut cut = Vec::new();
        pages.gather("1".into(), None, &mut cut);
        pages.tell(&mut cut);
        assert_eq!(cut, [OLD]);
        assert_eq!(slow.now(), Some(Frame::Close(1000)));
    }
}
