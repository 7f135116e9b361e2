//! One socket from its first frame to its last.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use room::{ResumeKey, SessionId};
use signaling::limits::{HELLO_MS, MESSAGE_BURST, MESSAGES_PER_SECOND, OUTGOING_QUEUE, SILENCE_MS};
use signaling::{ClientMessage, Closing, Command, ErrorCode, ServerMessage};
use stage::Millis;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::frame::{Message, NORMAL, Unreadable};
use super::hello::{self, Admitted, Turned};
use super::message::{self, Read};
use super::rate::Bucket;
use super::stream::{ReadEnd, Reader, Writer};
use super::writer::{self, Written};
use crate::app::App;
use crate::bounds::{CHANGE_BURST, CHANGES_PER_SECOND, CLOSE_WITHIN, OFFER_BURST, OFFERS_PER_SECOND};
use crate::http::Place;
use crate::metrics::Bound;
use crate::random;
use crate::rooms::{Frame, Joining, Link, OfferOutcome, Outbox, POLICY, RoomRef, ToRoom, close_code, frames};

/// RFC 6455, section 7.4.1: the protocol is broken, the text is none, the message is too big.
const PROTOCOL_ERROR: u16 = 1002;
const NO_TEXT: u16 = 1007;
const TOO_BIG: u16 = 1009;

/// Why the way in ended.
#[derive(Debug, PartialEq)]
enum End {
    /// The page is gone.
    Lost,
    /// It said goodbye, or sends no WebSocket frames; it is closed with this code.
    Closed(u16),
    /// It broke a rule, and is told so.
    Broke(Turned),
}

/// Serves one socket until it is closed. `early` came before the connection became one.
pub(super) async fn run(app: Arc<App>, room: String, stream: TcpStream, early: Bytes, _place: Place) {
    let counts = app.counts.clone();
    let _open = counts.socket();
    let (mut reader, mut writer) = (Reader::new(&stream, &early), Writer::new(&stream));
    // It is a part of the buffer that the request was read in.
    drop(early);
    let (outbox, frames) = frames(OUTGOING_QUEUE);
    let mut written = None;
    // Boxed, so that what coming in takes is given back once somebody is in.
    match Box::pin(first_frame(&app, &room, &mut reader, &outbox)).await {
        Ok((admitted, rate)) => {
            reader.admit();
            tracing::debug!(room, role = ?admitted.identity.role, "a page comes in");
            let (mut page, link) = Box::pin(Page::enter(app, admitted, rate, outbox)).await;
            let end = tokio::select! {
                result = writer::write(&mut writer, &frames) => {
                    written = Some(result);
                    End::Lost
                }
                end = page.read(&mut reader, link) => end,
            };
            page.leave(end).await;
        }
        Err(End::Lost) => return,
        Err(End::Closed(code)) => close(&outbox, code),
        Err(End::Broke(turned)) => tell_last(&outbox, turned),
    }
    let written = match written {
        Some(written) => written,
        // What the page is told last is still in its queue.
        None => writer::write(&mut writer, &frames).await,
    };
    if written == Written::Closed {
        // Closing TCP with something unread resets the connection, and takes the last frames with it.
        if let Ok(false) = timeout(CLOSE_WITHIN, reader.drain()).await {
            counts.hit(Bound::AfterClose);
        }
    }
}

/// Who comes in with the first frame, and the rate that their frames are counted against, from the first on.
async fn first_frame(
    app: &App,
    room: &str,
    reader: &mut Reader<'_>,
    outbox: &Outbox,
) -> Result<(Admitted, Bucket), End> {
    let mut rate = Bucket::full(MESSAGES_PER_SECOND, MESSAGE_BURST, app.rooms.now());
    // Nothing is written yet, and of pings that wait the newest alone needs an answer (RFC 6455, section 5.5.3).
    let mut newest_ping = None;
    let first = timeout(Duration::from_millis(HELLO_MS), async {
        loop {
            let next = reader.next().await;
            in_time(app, &mut rate)?;
            match next {
                Ok(Message::Ping(payload)) => newest_ping = Some(payload),
                Ok(Message::Pong | Message::Piece) => {}
                other => return Ok::<_, End>(other),
            }
        }
    });
    let first = first.await;
    if let Some(payload) = newest_ping {
        answer(outbox, payload);
    }
    let Ok(first) = first else {
        app.counts.hit(Bound::Hello);
        return Err(End::Broke(Turned::away(
            ErrorCode::HelloTimeout,
            format!("no hello within {HELLO_MS} ms"),
        )));
    };
    match first? {
        Ok(Message::Text(text)) => {
            hello::admit(app, room, &text).map(|admitted| (admitted, rate)).map_err(End::Broke)
        }
        Ok(Message::Binary) => Err(End::Broke(binary())),
        Err(end) => Err(unread(app, end)),
        Ok(Message::Close(code)) => Err(End::Closed(code)),
        Ok(Message::Ping(_) | Message::Pong | Message::Piece) => Err(End::Lost),
    }
}

/// Whether a page's frame is within its rate.
fn in_time(app: &App, rate: &mut Bucket) -> Result<(), End> {
    if rate.take(app.rooms.now()) {
        return Ok(());
    }
    app.counts.hit(Bound::MessageRate);
    let detail = format!("more than {MESSAGES_PER_SECOND} frames a second");
    Err(End::Broke(Turned::away(ErrorCode::TooManyMessages, detail)))
}

/// To a ping. A page with too many of them unanswered is cut off as one that does not read.
fn answer(outbox: &Outbox, payload: Vec<u8>) {
    let _ = outbox.push(Frame::Pong(payload.into()));
}

fn close(outbox: &Outbox, code: u16) {
    // A queue too full for it is the end as well.
    let _ = outbox.push(Frame::Close(code));
}

/// Last words, and the end.
fn tell_last(outbox: &Outbox, turned: Turned) {
    let code = if turned.code == ErrorCode::MessageTooLong { TOO_BIG } else { POLICY };
    let last = ServerMessage::Error { code: turned.code, detail: turned.detail };
    // A queue too full for it is the end as well.
    let _ = outbox.push(Frame::of(&last));
    close(outbox, code);
}

/// The room's task ended before it took the page in. One that went down, or broke off and starts anew, is there again in a moment.
fn not_answered(app: &App, room: &RoomRef, outbox: &Outbox) {
    if !app.is_draining() && app.rooms.find(&room.id).is_none() {
        tell_last(outbox, Turned::away(ErrorCode::RoomNotFound, "the room has ended"));
        return;
    }
    let closing = Closing::Draining;
    let _ = outbox.push(Frame::of(&ServerMessage::Closing { closing }));
    close(outbox, close_code(closing));
}

/// Whether a command may be repeated without end, and everybody told each time. The others use up or undo something that stands, so
/// there are no more of them to hear of than of what they act on; and somebody who turns their microphone off, or takes somebody off
/// the stage, must not be told to wait.
const fn is_repeatable(command: &Command) -> bool {
    match command {
        Command::JoinStage { .. }
        | Command::RequestStage { .. }
        | Command::Invite { .. }
        | Command::SetStageAccess { .. }
        | Command::SetRole { .. }
        | Command::SetSource { on: true, .. }
        | Command::RaiseHand { raised: true }
        | Command::Say { .. }
        | Command::LikeMessage { liked: true, .. }
        | Command::PinMessage { message: Some(_) }
        | Command::Silence { .. }
        | Command::AskQuestion { .. }
        | Command::VoteQuestion { voted: true, .. }
        | Command::MarkQuestion { .. }
        | Command::AnswerQuestion { .. }
        | Command::React { .. }
        | Command::CreatePoll { .. }
        | Command::StartPoll { .. }
        | Command::ShowPoll { .. }
        | Command::AnswerPoll { .. }
        | Command::SetFeature { .. }
        | Command::LockRoom { .. }
        | Command::SetTimer { .. }
        | Command::Spotlight { participant: Some(_) }
        | Command::Mute { .. }
        | Command::MuteEveryone { .. }
        | Command::AskToUnmute { .. } => true,
        Command::CancelRequest { .. }
        | Command::DeclineRequest { .. }
        | Command::ApproveRequest { .. }
        | Command::ApproveAllRequests
        | Command::RaiseHand { raised: false }
        | Command::LowerHand { .. }
        | Command::LowerAllHands
        | Command::DeleteMessage { .. }
        | Command::ClearChat
        | Command::LikeMessage { liked: false, .. }
        | Command::PinMessage { message: None }
        | Command::VoteQuestion { voted: false, .. }
        | Command::DismissQuestion { .. }
        | Command::EndPoll { .. }
        | Command::DeletePoll { .. }
        | Command::Admit { .. }
        | Command::AdmitAll
        | Command::TurnAway { .. }
        | Command::Spotlight { participant: None }
        | Command::AcceptInvitation { .. }
        | Command::DeclineInvitation { .. }
        | Command::KeepInvitation { .. }
        | Command::RevokeInvitation { .. }
        | Command::RemoveFromStage { .. }
        | Command::LeaveStage
        | Command::SetSource { on: false, .. }
        | Command::RemoveParticipant { .. }
        | Command::LeaveRoom
        | Command::EndRoom
        // Concerns nobody else.
        | Command::ShowSlots { .. }
        // Has a rate of its own.
        | Command::Offer { .. } => false,
    }
}

fn binary() -> Turned {
    Turned::away(ErrorCode::MessageInvalid, "frames are text")
}

/// What it means that a page can be read no more: too long even to be skipped, no WebSocket at all, or gone.
fn unread(app: &App, end: ReadEnd) -> End {
    match end {
        ReadEnd::Gone => End::Lost,
        ReadEnd::Unreadable(Unreadable::TooLong { bytes }) => {
            app.counts.hit(Bound::MessageBytes);
            End::Broke(Turned::away(ErrorCode::MessageTooLong, format!("{bytes} bytes")))
        }
        ReadEnd::Unreadable(Unreadable::NotUtf8) => End::Closed(NO_TEXT),
        ReadEnd::Unreadable(Unreadable::Forbidden) => End::Closed(PROTOCOL_ERROR),
    }
}

/// A page in a room.
struct Page {
    app: Arc<App>,
    room: RoomRef,
    session: SessionId,
    outbox: Outbox,
    frames: Bucket,
    offers: Bucket,
    changes: Bucket,
    /// When its TURN servers are to be told anew, once it has any.
    ice_servers_due: Option<Millis>,
}

impl Page {
    /// Knocks at the room's door. Without a link the page was not let in, and its last words are in its queue.
    async fn enter(
        app: Arc<App>,
        admitted: Admitted,
        frames: Bucket,
        outbox: Outbox,
    ) -> (Page, Option<Arc<Link>>) {
        let Admitted { identity, resume, room } = admitted;
        let session = app.rooms.new_session();
        let (joined, link) = oneshot::channel();
        let fresh_key = ResumeKey(random::key());
        let joining = Joining { session, identity, resume, fresh_key, outbox: outbox.clone(), joined };
        room.send(ToRoom::Join(joining)).await;
        let link = link.await.ok();
        if link.is_none() {
            // Where the room itself said why, this comes after the end and is never sent.
            not_answered(&app, &room, &outbox);
        }
        let now = app.rooms.now();
        let page = Page {
            frames,
            offers: Bucket::full(OFFERS_PER_SECOND, OFFER_BURST, now),
            changes: Bucket::full(CHANGES_PER_SECOND, CHANGE_BURST, now),
            app,
            room,
            session,
            outbox,
            ice_servers_due: None,
        };
        (page, link)
    }

    /// Tells the page its TURN servers anew before their time is over: it may need them at any moment, and not be able to ask by then. The
    /// first are in its welcome, of which this hears with the next heartbeat.
    fn renew_ice_servers(&mut self, link: &Link) {
        let now = self.app.rooms.now();
        let (Some(who), Some(after)) = (link.whose(), self.app.rooms.renew_ice_servers_after()) else {
            return;
        };
        let next = Some(now.plus(after.as_millis() as u64));
        let due = std::mem::replace(&mut self.ice_servers_due, next);
        match due {
            None => {}
            Some(due) if due <= now => {
                let ice_servers = self.app.rooms.ice_servers(&self.room, who);
                // Too slow for this one: the way out ends by itself.
                let _ = self.outbox.push(Frame::of(&ServerMessage::IceServers { ice_servers }));
            }
            Some(_) => self.ice_servers_due = due,
        }
    }

    /// Takes what the page sends, until it ends or breaks a rule.
    async fn read(&mut self, reader: &mut Reader<'_>, link: Option<Arc<Link>>) -> End {
        let Some(link) = link else { return End::Lost };
        loop {
            let Ok(next) = timeout(Duration::from_millis(SILENCE_MS), reader.next()).await else {
                self.app.counts.hit(Bound::Silence);
                return End::Lost;
            };
            if let Err(end) = in_time(&self.app, &mut self.frames) {
                return end;
            }
            let taken = match next {
                Ok(Message::Text(text)) => Box::pin(self.take(&text, &link)).await,
                Ok(Message::Ping(payload)) => {
                    answer(&self.outbox, payload);
                    Ok(())
                }
                Ok(Message::Pong | Message::Piece) => Ok(()),
                Ok(Message::Binary) => Err(End::Broke(binary())),
                Ok(Message::Close(code)) => Err(End::Closed(code)),
                Err(end) => Err(unread(&self.app, end)),
            };
            if let Err(end) = taken {
                return end;
            }
        }
    }

    async fn take(&mut self, text: &str, link: &Arc<Link>) -> Result<(), End> {
        let session = self.session;
        let message = match message::read(text) {
            Read::Message(ClientMessage::MediaStalled { connection }) => {
                link.doubt(&self.app.rooms, connection);
                return Ok(());
            }
            Read::Message(ClientMessage::Ping) => {
                self.renew_ice_servers(link);
                // Too slow for this one: the way out ends by itself.
                let _ = self.outbox.push(Frame::of(&ServerMessage::Pong));
                // A room whose task broke off has told nobody. The page comes back to the one that took its place.
                return if self.room.mailbox.is_closed() { Err(End::Lost) } else { Ok(()) };
            }
            Read::Message(ClientMessage::Command { id, .. }) if link.whose().is_none() => {
                ToRoom::Unreadable { session, id, detail: "waiting to be let in".into() }
            }
            Read::Message(ClientMessage::Command {
                id,
                command: Command::Offer { connection, sdp, sources },
            }) => {
                let outcome = if self.offers.take(self.app.rooms.now()) {
                    link.offer(&self.app.rooms, &self.room, connection, &sdp, &sources)
                } else {
                    self.app.counts.hit(Bound::OfferRate);
                    let detail = format!("too fast: more than {OFFERS_PER_SECOND} offers a second");
                    OfferOutcome::Refused { detail }
                };
                ToRoom::Offered { session, id, connection, link: link.clone(), outcome }
            }
            Read::Message(ClientMessage::Command { id, command }) => {
                if !is_repeatable(&command) || self.changes.take(self.app.rooms.now()) {
                    ToRoom::Page { session, id, command }
                } else {
                    self.app.counts.hit(Bound::ChangeRate);
                    let detail = format!("too fast: more than {CHANGES_PER_SECOND} commands a second");
                    ToRoom::Unreadable { session, id, detail }
                }
            }
            Read::BadCommand { id, detail } => ToRoom::Unreadable { session, id, detail },
            Read::Message(ClientMessage::Hello { .. }) => {
                return Err(End::Broke(Turned::away(ErrorCode::MessageInvalid, "hello comes once")));
            }
            Read::Invalid { detail } => {
                return Err(End::Broke(Turned::away(ErrorCode::MessageInvalid, detail)));
            }
            Read::TooLong { bytes } => {
                self.app.counts.hit(Bound::MessageBytes);
                return Err(End::Broke(Turned::away(ErrorCode::MessageTooLong, format!("{bytes} bytes"))));
            }
        };
        if self.room.send(message).await { Ok(()) } else { Err(End::Lost) }
    }

    /// Tells the page why, where there is something to tell, and the room that it is gone.
    async fn leave(&mut self, end: End) {
        match end {
            End::Broke(turned) => tell_last(&self.outbox, turned),
            // Ends the way out, behind whatever was queued before.
            End::Lost => close(&self.outbox, NORMAL),
            End::Closed(code) => close(&self.outbox, code),
        }
        self.room.send(ToRoom::Leave(self.session)).await;
    }
}
