//! A session of Janus' JSON API over a WebSocket of its own, as a page has it: requests one way, their answers the other.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, interval_at, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::control::PATIENCE;
use crate::error::LoadError;

/// Janus forgets a session that has been silent for 60 s.
const KEEPALIVE: Duration = Duration::from_secs(25);
/// Requests waiting to be written. A session's owner asks one thing at a time.
const REQUESTS: usize = 4;
/// The plugin that is attached.
const PLUGIN: &str = "janus.plugin.videoroom";
/// Janus refuses WebSockets that do not speak this.
const PROTOCOL: &str = "janus-protocol";
/// Nobody waits for an answer to a keepalive; transactions that somebody waits for are numbers.
const UNATTENDED: &str = "keepalive";

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A session with one handle of the VideoRoom plugin. Janus ends it, and the peer connection with it, when this is dropped.
pub(crate) struct Session {
    requests: mpsc::Sender<Request>,
    media: watch::Receiver<bool>,
    task: JoinHandle<()>,
    id: u64,
    handle: u64,
}

/// What the plugin said.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reply {
    /// The plugin's own part.
    pub(crate) data: Value,
    /// The description that came with it.
    pub(crate) sdp: Option<String>,
}

struct Request {
    body: Value,
    answer: oneshot::Sender<Value>,
}

impl Session {
    /// Opens a WebSocket to `url`, as in `ws://127.0.0.1:8188`, and attaches the plugin.
    ///
    /// # Errors
    /// Janus is not there, or refused.
    pub(crate) async fn open(url: &str) -> Result<Session, LoadError> {
        let broken = |error: tokio_tungstenite::tungstenite::Error| LoadError::Socket(error.to_string());
        let mut request = url.into_client_request().map_err(broken)?;
        request.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_static(PROTOCOL));
        let (socket, _) = within("Janus' WebSocket", connect_async(request)).await?.map_err(broken)?;
        let (requests, waiting) = mpsc::channel(REQUESTS);
        let (asked, media) = Asked::new();
        let task = tokio::spawn(run(socket, waiting, asked));
        let mut session = Session { requests, media, task, id: 0, handle: 0 };
        let made = session.ask("create", json!({"janus": "create"})).await?;
        session.id = id(&made).ok_or_else(|| refused("create", &made))?;
        let attach = json!({"janus": "attach", "session_id": session.id, "plugin": PLUGIN});
        let attached = session.ask("attach", attach).await?;
        session.handle = id(&attached).ok_or_else(|| refused("attach", &attached))?;
        Ok(session)
    }

    /// Says something to the plugin, with an offer or an answer where there is one, and waits for what it says.
    ///
    /// # Errors
    /// Janus or the plugin refused, or the socket ended.
    pub(crate) async fn message(&self, body: Value, jsep: Option<Value>) -> Result<Reply, LoadError> {
        let what = body["request"].as_str().unwrap_or_default().to_owned();
        let mut message = json!({
            "janus": "message", "session_id": self.id, "handle_id": self.handle, "body": body,
        });
        if let Some(jsep) = jsep {
            message["jsep"] = jsep;
        }
        let answer = self.ask(&what, message).await?;
        let data = &answer["plugindata"]["data"];
        if data.is_null() || !data["error"].is_null() {
            return Err(refused(&what, &answer));
        }
        Ok(Reply { data: data.clone(), sdp: answer["jsep"]["sdp"].as_str().map(str::to_owned) })
    }

    /// Waits until Janus says that media flows. Before that, nobody can subscribe to a publisher.
    ///
    /// # Errors
    /// It did not say so within [`PATIENCE`], or the socket ended.
    pub(crate) async fn media(&self) -> Result<(), LoadError> {
        let mut media = self.media.clone();
        let flows = within("media at Janus", media.wait_for(|flows| *flows)).await?.map(drop);
        flows.map_err(|_| gone())
    }

    async fn ask(&self, what: &str, body: Value) -> Result<Value, LoadError> {
        let (answer, answered) = oneshot::channel();
        self.requests.send(Request { body, answer }).await.map_err(|_| gone())?;
        let answer = within("an answer of Janus", answered).await?.map_err(|_| gone())?;
        match answer["janus"].as_str() {
            Some("success" | "event") => Ok(answer),
            _ => Err(refused(what, &answer)),
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn within<T>(what: &'static str, future: impl Future<Output = T>) -> Result<T, LoadError> {
    timeout(PATIENCE, future).await.map_err(|_| LoadError::Timeout { what, seconds: PATIENCE.as_secs() })
}

fn gone() -> LoadError {
    LoadError::Socket("Janus closed it".to_owned())
}

fn id(answer: &Value) -> Option<u64> {
    answer["data"]["id"].as_u64()
}

/// The reason stands in one of two places: the core's own, or the plugin's.
fn refused(request: &str, answer: &Value) -> LoadError {
    let reasons = [&answer["error"]["reason"], &answer["plugindata"]["data"]["error"]];
    let reason = reasons.into_iter().find_map(Value::as_str).unwrap_or("an answer of another kind");
    LoadError::Janus { request: request.to_owned(), reason: reason.to_owned() }
}

async fn run(socket: Socket, mut requests: mpsc::Receiver<Request>, mut asked: Asked) {
    let (mut sink, mut stream) = socket.split();
    let mut session = None;
    let mut keepalive = interval_at(Instant::now() + KEEPALIVE, KEEPALIVE);
    loop {
        let outgoing = tokio::select! {
            alive = read(&mut stream, &mut asked) => match alive {
                true => continue,
                false => return,
            },
            request = requests.recv() => match request {
                Some(request) => {
                    session = request.body["session_id"].as_u64().or(session);
                    asked.note(request)
                }
                None => return,
            },
            _ = keepalive.tick() => match session {
                Some(id) => json!({"janus": "keepalive", "session_id": id, "transaction": UNATTENDED}),
                None => continue,
            },
        };
        if write(&mut sink, &outgoing).await.is_err() {
            return;
        }
    }
}

/// Requests that wait for an answer, by transaction. Whoever waits learns of the socket's end by this being dropped.
struct Asked {
    waiting: HashMap<String, oneshot::Sender<Value>>,
    count: u64,
    /// Whether media flows, by Janus' word.
    media: watch::Sender<bool>,
}

impl Asked {
    fn new() -> (Asked, watch::Receiver<bool>) {
        let (media, told) = watch::channel(false);
        (Asked { waiting: HashMap::new(), count: 0, media }, told)
    }

    fn note(&mut self, Request { mut body, answer }: Request) -> Value {
        self.count += 1;
        let transaction = self.count.to_string();
        body["transaction"] = json!(transaction);
        self.waiting.insert(transaction, answer);
        body
    }

    fn answered(&mut self, answer: Value) {
        match answer["janus"].as_str() {
            // An asynchronous request is acknowledged first; its answer is an event that comes later.
            Some("ack") => return,
            Some("webrtcup") => drop(self.media.send_replace(true)),
            Some("hangup") => drop(self.media.send_replace(false)),
            _ => {}
        }
        let transaction = answer["transaction"].as_str().unwrap_or(UNATTENDED);
        if let Some(waiting) = self.waiting.remove(transaction) {
            // Whoever asked may have given up.
            let _ = waiting.send(answer);
        }
    }
}

/// Takes one frame; `false` when there will be no more.
async fn read(stream: &mut SplitStream<Socket>, asked: &mut Asked) -> bool {
    match stream.next().await {
        Some(Ok(Message::Text(text))) => {
            if let Ok(answer) = serde_json::from_str(&text) {
                asked.answered(answer);
            }
            true
        }
        Some(Ok(Message::Close(_)) | Err(_)) | None => false,
        Some(Ok(_)) => true,
    }
}

async fn write(sink: &mut SplitSink<Socket, Message>, message: &Value) -> Result<(), ()> {
    sink.send(Message::text(message.to_string())).await.map_err(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_acknowledgement_is_no_answer() {
        let ((mut asked, media), (answer, mut answered)) = (Asked::new(), oneshot::channel());
        let sent = asked.note(Request { body: json!({"janus": "message"}), answer });
        let transaction = sent["transaction"].clone();
        asked.answered(json!({"janus": "ack", "transaction": transaction}));
        asked.answered(json!({"janus": "webrtcup"}));
        assert!(answered.try_recv().is_err() && *media.borrow());
        asked.answered(json!({"janus": "event", "transaction": transaction}));
        assert_eq!(answered.try_recv().unwrap()["janus"], "event");
        assert!(asked.waiting.is_empty());
    }

    #[test]
    fn a_refusal_says_why_whoever_refused() {
        let core = json!({"janus": "error", "error": {"code": 458, "reason": "No such session"}});
        let plugin =
            json!({"janus": "event", "plugindata": {"data": {"error_code": 426, "error": "No such room"}}});
        let told = |answer| refused("join", answer).to_string();
        assert_eq!(told(&core), "Janus refused join: No such session");
        assert_eq!(told(&plugin), "Janus refused join: No such room");
    }
}
