//! The WebSocket of a synthetic participant: commands one way, and what the server says the other.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::stream::SplitStream;
use futures_util::{SinkExt, StreamExt};
use signaling::{
    Change, ClientMessage, Closing, Command, ErrorCode, InvitationId, Notice, ParticipantId,
    ParticipantState, Refusal, ServerMessage, SlotState, SourceMids, StageStanding, VERSION,
};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::error::LoadError;

/// For the server to answer anything.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// Frames waiting to be written.
const OUTGOING: usize = 64;
/// Notices remembered.
const NOTICES: usize = 256;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What a participant knows of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Who it is.
    pub you: ParticipantId,
    /// How it stands, as everybody is told.
    pub me: Option<ParticipantState>,
    /// What its slots show.
    pub slots: Vec<SlotState>,
    /// What it was told for itself, oldest first; the oldest are forgotten in the end.
    pub notices: Vec<Notice>,
    /// Who speaks.
    pub speaking: Vec<ParticipantId>,
    /// The active speaker.
    pub active: Option<ParticipantId>,
    /// Whether the server says that its media flows.
    pub media: bool,
    /// Why the socket ended.
    pub ended: Option<Ended>,
}

/// Why a socket ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The server closed it.
    Closing(Closing),
    /// The server threw it out.
    Error(ErrorCode, String),
    /// It broke.
    Broken,
}

impl View {
    /// Where it stands.
    pub fn standing(&self) -> StageStanding {
        self.me.as_ref().map_or(StageStanding::Off, |me| me.stage)
    }

    /// The invitation it has.
    pub fn invitation(&self) -> Option<InvitationId> {
        self.me.as_ref().and_then(|me| me.invitation)
    }
}

/// A session's way to the server. The socket breaks when this is dropped.
#[derive(Debug)]
pub struct Control {
    shared: Arc<Shared>,
    outgoing: mpsc::Sender<ClientMessage>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    view: watch::Sender<View>,
    waiting: Mutex<HashMap<u32, oneshot::Sender<Reply>>>,
    next: AtomicU32,
}

/// What a command was answered with.
#[derive(Debug)]
enum Reply {
    Done,
    Answer(String),
    Refused(Refusal),
}

impl Control {
    /// Opens the socket and enters the room.
    ///
    /// # Errors
    /// The server is not there, or turns the token away.
    pub async fn enter(server: &str, room: &str, token: &str) -> Result<Control, LoadError> {
        let address = format!("{}/api/v1/rooms/{room}/socket", server.replacen("http", "ws", 1));
        let broken = |error: tokio_tungstenite::tungstenite::Error| LoadError::Socket(error.to_string());
        let (mut socket, _) = within("the WebSocket", connect_async(address)).await?.map_err(broken)?;
        let hello = ClientMessage::Hello { version: VERSION, token: token.to_owned(), resume: None };
        socket.send(frame(&hello)).await.map_err(broken)?;
        let (view, heartbeat) = within("welcome", welcome(&mut socket)).await??;
        let shared = Arc::new(Shared {
            view: watch::Sender::new(view),
            waiting: Mutex::default(),
            next: AtomicU32::new(1),
        });
        let (outgoing, commands) = mpsc::channel(OUTGOING);
        let task = tokio::spawn(run(Arc::clone(&shared), socket, commands, heartbeat));
        Ok(Control { shared, outgoing, task })
    }

    /// What it knows of itself now.
    pub fn view(&self) -> View {
        self.shared.view.borrow().clone()
    }

    /// Waits until what it knows is so.
    ///
    /// # Errors
    /// The socket ended, or nothing like it within [`PATIENCE`].
    pub async fn wait_until(
        &self,
        what: &'static str,
        so: impl Fn(&View) -> bool,
    ) -> Result<View, LoadError> {
        let mut view = self.shared.view.subscribe();
        let found = within(what, view.wait_for(|view| so(view) || view.ended.is_some())).await?;
        let view = found.map_err(|_| LoadError::Socket("ended".to_owned()))?.clone();
        match &view.ended {
            _ if so(&view) => Ok(view),
            Some(ended) => Err(ended.clone().into()),
            None => Err(LoadError::Socket("ended".to_owned())),
        }
    }

    /// Sends a command and waits for it to have taken effect.
    ///
    /// # Errors
    /// It was refused, or the socket ended.
    pub async fn command(&self, command: Command) -> Result<(), LoadError> {
        match self.ask(command).await? {
            Reply::Done | Reply::Answer(_) => Ok(()),
            Reply::Refused(refusal) => Err(LoadError::Refused(refusal)),
        }
    }

    /// Sends an offer and returns the answer.
    ///
    /// # Errors
    /// It was refused, or the socket ended.
    pub async fn offer(
        &self,
        connection: u32,
        sdp: String,
        sources: SourceMids,
    ) -> Result<String, LoadError> {
        match self.ask(Command::Offer { connection, sdp, sources }).await? {
            Reply::Answer(sdp) => Ok(sdp),
            Reply::Refused(refusal) => Err(LoadError::Refused(refusal)),
            Reply::Done => Err(LoadError::Answer("done, but no answer".to_owned())),
        }
    }

    async fn ask(&self, command: Command) -> Result<Reply, LoadError> {
        let id = self.shared.next.fetch_add(1, Ordering::Relaxed);
        let (reply, replied) = oneshot::channel();
        self.shared.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(id, reply);
        let gone = || LoadError::from(self.view().ended.unwrap_or(Ended::Broken));
        self.outgoing.send(ClientMessage::Command { id, command }).await.map_err(|_| gone())?;
        within("an answer to a command", replied).await?.map_err(|_| gone())
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl From<Ended> for LoadError {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Closing(closing) => LoadError::Closed(closing),
            Ended::Error(code, detail) => LoadError::TurnedAway { code, detail },
            Ended::Broken => LoadError::Socket("broken".to_owned()),
        }
    }
}

async fn within<T>(what: &'static str, future: impl Future<Output = T>) -> Result<T, LoadError> {
    timeout(PATIENCE, future).await.map_err(|_| LoadError::Timeout { what, seconds: PATIENCE.as_secs() })
}

fn frame(message: &ClientMessage) -> Message {
    // Our own types, all of whose keys are strings, always serialise.
    Message::text(serde_json::to_string(message).unwrap_or_default())
}

async fn welcome(socket: &mut Socket) -> Result<(View, Duration), LoadError> {
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                Ok(ServerMessage::Welcome { you, heartbeat_ms, room, .. }) => {
                    let me = room.participants.into_iter().find(|participant| participant.id == you);
                    let view = View {
                        you,
                        me,
                        slots: Vec::new(),
                        notices: Vec::new(),
                        speaking: Vec::new(),
                        active: None,
                        media: false,
                        ended: None,
                    };
                    return Ok((view, Duration::from_millis(heartbeat_ms.max(1).into())));
                }
                Ok(ServerMessage::Error { code, detail }) => {
                    return Err(LoadError::TurnedAway { code, detail });
                }
                Ok(ServerMessage::Closing { closing }) => return Err(LoadError::Closed(closing)),
                Ok(_) => {}
                Err(error) => return Err(LoadError::Socket(error.to_string())),
            },
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(LoadError::Socket(error.to_string())),
            None => return Err(LoadError::Socket("closed before welcome".to_owned())),
        }
    }
}

async fn run(
    shared: Arc<Shared>,
    socket: Socket,
    mut commands: mpsc::Receiver<ClientMessage>,
    beat: Duration,
) {
    let (mut sink, mut stream) = socket.split();
    let mut heartbeat = interval(beat);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let ended = loop {
        let outgoing = tokio::select! {
            ended = read(&shared, &mut stream) => match ended {
                None => continue,
                Some(ended) => break ended,
            },
            _ = heartbeat.tick() => ClientMessage::Ping,
            command = commands.recv() => match command {
                Some(command) => command,
                None => break Ended::Broken,
            },
        };
        if sink.send(frame(&outgoing)).await.is_err() {
            break Ended::Broken;
        }
    };
    shared.view.send_modify(|view| view.ended = Some(ended));
    // Whoever waits for an answer learns that none will come.
    shared.waiting.lock().unwrap_or_else(PoisonError::into_inner).clear();
}

/// Takes one frame; tells why it was the last.
async fn read(shared: &Shared, stream: &mut SplitStream<Socket>) -> Option<Ended> {
    match stream.next().await {
        Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
            Ok(message) => shared.take(message),
            Err(error) => Some(Ended::Error(ErrorCode::MessageInvalid, error.to_string())),
        },
        Some(Ok(Message::Close(_)) | Err(_)) | None => Some(Ended::Broken),
        Some(Ok(_)) => None,
    }
}

impl Shared {
    fn take(&self, message: ServerMessage) -> Option<Ended> {
        match message {
            ServerMessage::Changed { change, .. } => self.changed(change),
            ServerMessage::Slots { slots } => self.view.send_modify(|view| view.slots = slots),
            ServerMessage::Speaking { speaking, active } => {
                self.view.send_modify(|view| (view.speaking, view.active) = (speaking, active));
            }
            ServerMessage::MediaConnected { .. } => self.view.send_modify(|view| view.media = true),
            ServerMessage::MediaLost { .. } => self.view.send_modify(|view| view.media = false),
            ServerMessage::Answer { id, sdp, .. } => self.reply(id, Reply::Answer(sdp)),
            ServerMessage::Done { id, .. } => self.reply(id, Reply::Done),
            ServerMessage::Refused { id, refusal, .. } => self.reply(id, Reply::Refused(refusal)),
            ServerMessage::Notice { notice } => self.view.send_modify(|view| {
                if view.notices.len() == NOTICES {
                    view.notices.remove(0);
                }
                view.notices.push(notice);
            }),
            ServerMessage::Error { code, detail } => return Some(Ended::Error(code, detail)),
            ServerMessage::Closing { closing } => return Some(Ended::Closing(closing)),
            // A synthetic publisher sends all its layers, and a synthetic viewer counts what it gets.
            ServerMessage::SlotPaused { .. }
            | ServerMessage::LayersWanted { .. }
            | ServerMessage::Chat { .. }
            | ServerMessage::ChatGone { .. }
            | ServerMessage::ChatLiked { .. }
            | ServerMessage::ChatPinned { .. }
            | ServerMessage::Questions { .. }
            | ServerMessage::QuestionVoted { .. }
            | ServerMessage::QuestionsGone { .. }
            | ServerMessage::Reactions { .. }
            | ServerMessage::Polls { .. }
            | ServerMessage::PollYours { .. }
            | ServerMessage::PollsGone { .. }
            | ServerMessage::Waiting { .. }
            | ServerMessage::Timer { .. }
            | ServerMessage::Quality { .. } => {}
            ServerMessage::Welcome { .. }
            | ServerMessage::InWaitingRoom { .. }
            | ServerMessage::IceServers { .. }
            | ServerMessage::RestartIce { .. }
            | ServerMessage::Pong
            | ServerMessage::MoreSlots { .. } => {}
        }
        None
    }

    fn changed(&self, change: Change) {
        if let Change::Participant { participant } = change {
            self.view.send_if_modified(|view| {
                let own = participant.id == view.you;
                if own {
                    view.me = Some(participant);
                }
                own
            });
        }
    }

    fn reply(&self, id: u32, reply: Reply) {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        if let Some(waiting) = waiting {
            // Whoever asked may have given up.
            let _ = waiting.send(reply);
        }
    }
}
