//! A server in this process, scripts that call it, and pages that join it over real sockets.
#![allow(dead_code, reason = "each test binary uses its own part of this")]

use std::path::Path;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use proscenium::config::{Config, Flags};
use proscenium::{Running, Server};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use signaling::{ClientMessage, Command, ServerMessage, VERSION};
use tempfile::TempDir;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async, connect_async};

pub(crate) const API_KEY: &str = "key-of-the-tests";
/// Far longer than anything here takes; what is not there by then does not come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// A server with an API key, on ports of its own.
pub(crate) struct TestServer {
    pub(crate) running: Running,
    pub(crate) base: String,
    client: reqwest::Client,
}

impl TestServer {
    /// On a data directory that may have been used before; `file` is added to the configuration.
    pub(crate) async fn on(data: &Path, file: &str) -> TestServer {
        TestServer::tuned(data, file, |_| {}).await
    }

    /// The same, with values that no operator may set.
    pub(crate) async fn tuned(data: &Path, file: &str, tune: impl FnOnce(&mut Config)) -> TestServer {
        let config = data.join("test.toml");
        std::fs::write(&config, file).unwrap();
        let flags = Flags {
            config: Some(config),
            http: Some("127.0.0.1:0".to_owned()),
            media: Some("127.0.0.1:0".to_owned()),
            announce: vec!["127.0.0.1".to_owned()],
            workers: Some("1".to_owned()),
            data: Some(data.join("data").display().to_string()),
            ..Flags::default()
        };
        let variables = [("PROSCENIUM_API_KEY".to_owned(), API_KEY.to_owned())];
        let mut config = Config::resolve(&flags, variables).unwrap();
        tune(&mut config);
        let running = Server::start(config).await.unwrap();
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        TestServer { base: format!("http://{}", running.http()), running, client }
    }

    /// On a fresh data directory.
    pub(crate) async fn start() -> (TestServer, TempDir) {
        TestServer::with("").await
    }

    pub(crate) async fn with(file: &str) -> (TestServer, TempDir) {
        let data = TempDir::new().unwrap();
        (TestServer::on(data.path(), file).await, data)
    }

    /// Any request.
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    /// A script's call: the status, and the body where there is one.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let request = self.request(method, path).bearer_auth(API_KEY);
        let request = if let Some(body) = body { request.json(&body) } else { request };
        answer(request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, body) = self.call(Method::GET, path, None).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.call(Method::POST, path, Some(body)).await
    }

    /// Makes a room.
    pub(crate) async fn room(&self, id: &str, stage: Value) {
        let (status, body) = self.post("/api/v1/rooms", json!({ "id": id, "stage": stage })).await;
        assert_eq!(status, StatusCode::CREATED, "{body}");
    }

    /// A join token; `user` and `ttl_seconds` go into `more`.
    pub(crate) async fn token(&self, room: &str, name: &str, role: &str, more: Value) -> String {
        let mut body = json!({ "name": name, "role": role });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (status, body) = self.post(&format!("/api/v1/rooms/{room}/tokens"), body).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body["token"].as_str().unwrap().to_owned()
    }

    /// Somebody new in the room.
    pub(crate) async fn page(&self, room: &str, name: &str, role: &str) -> Page {
        let token = self.token(room, name, role, json!({})).await;
        self.join(room, &token, None).await
    }

    /// Somebody in the room, by token.
    pub(crate) async fn join(&self, room: &str, token: &str, resume: Option<String>) -> Page {
        let mut socket = self.socket(room).await;
        socket.send(&ClientMessage::Hello { version: VERSION, token: token.to_owned(), resume }).await;
        match socket.next().await {
            Some(ServerMessage::Welcome { you, resume, resumed, room, .. }) => {
                Page { socket, you: you.to_string(), resume, resumed, welcome: room, last_id: 0 }
            }
            other => panic!("no welcome but {other:?}"),
        }
    }

    /// A socket that has not said anything.
    pub(crate) async fn socket(&self, room: &str) -> Socket {
        self.try_socket(room, &[]).await.unwrap()
    }

    /// A socket whose receiver takes little before it is read.
    pub(crate) async fn narrow_socket(&self, room: &str) -> Socket {
        let tcp = TcpSocket::new_v4().unwrap();
        tcp.set_recv_buffer_size(4096).unwrap();
        let tcp = tcp.connect(self.running.http()).await.unwrap();
        let url = format!("ws://{}/api/v1/rooms/{room}/socket", self.running.http());
        Socket(client_async(url, MaybeTlsStream::Plain(tcp)).await.unwrap().0)
    }

    pub(crate) async fn try_socket(
        &self,
        room: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Socket, Error> {
        let url = format!("{}/api/v1/rooms/{room}/socket", self.base.replacen("http", "ws", 1));
        let mut request = url.into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        Ok(Socket(connect_async(request).await?.0))
    }
}

/// The answer to a request, as JSON where it is.
pub(crate) async fn answer(request: reqwest::RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    let body = response.text().await.unwrap();
    (status, if body.is_empty() { Value::Null } else { serde_json::from_str(&body).unwrap() })
}

/// A raw socket.
pub(crate) struct Socket(pub(crate) WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub(crate) async fn send(&mut self, message: &ClientMessage) {
        self.send_text(&serde_json::to_string(message).unwrap()).await;
    }

    pub(crate) async fn send_text(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    /// The same, for a server that may have closed the socket already; whether it went out.
    pub(crate) async fn try_send_text(&mut self, text: &str) -> bool {
        self.0.send(Message::text(text)).await.is_ok()
    }

    /// The next message; `None` when the server closed the socket in order.
    pub(crate) async fn next(&mut self) -> Option<ServerMessage> {
        loop {
            let frame = timeout(PATIENCE, self.0.next()).await.expect("the server says nothing");
            match frame {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(_))) | None => return None,
                Some(Ok(_)) => {}
                Some(Err(error)) => panic!("the socket broke: {error}"),
            }
        }
    }

    /// The next message for which `wanted` finds something; others are passed over.
    pub(crate) async fn find<T>(&mut self, mut wanted: impl FnMut(ServerMessage) -> Option<T>) -> T {
        loop {
            let message = self.next().await.expect("the socket was closed before that came");
            if let Some(found) = wanted(message) {
                return found;
            }
        }
    }

    /// Everything until the server closes the socket.
    pub(crate) async fn rest(&mut self) -> Vec<ServerMessage> {
        let mut rest = Vec::new();
        while let Some(message) = self.next().await {
            rest.push(message);
        }
        rest
    }
}

/// A person in a room.
pub(crate) struct Page {
    pub(crate) socket: Socket,
    pub(crate) you: String,
    pub(crate) resume: String,
    pub(crate) resumed: bool,
    pub(crate) welcome: signaling::RoomState,
    last_id: u32,
}

impl Page {
    /// Sends a command, and passes over everything until its answer.
    pub(crate) async fn command(&mut self, command: Command) -> ServerMessage {
        self.last_id += 1;
        let sent = self.last_id;
        self.socket.send(&ClientMessage::Command { id: sent, command }).await;
        self.socket
            .find(|message| match &message {
                ServerMessage::Done { id, .. }
                | ServerMessage::Refused { id, .. }
                | ServerMessage::Answer { id, .. }
                    if *id == sent =>
                {
                    Some(message)
                }
                _ => None,
            })
            .await
    }

    /// The same, for a command that must take effect.
    pub(crate) async fn done(&mut self, command: Command) {
        let answer = self.command(command).await;
        assert!(matches!(answer, ServerMessage::Done { .. }), "{answer:?}");
    }

    /// Whether the room still talks to this page, and has said nothing but `pong`.
    pub(crate) async fn noticed_nothing(&mut self) {
        self.socket.send(&ClientMessage::Ping).await;
        assert_eq!(self.socket.next().await, Some(ServerMessage::Pong));
    }
}
