//! The server's HTTP side, as a script uses it.

use reqwest::{Client, Method, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use signaling::{Access, ParticipantId, Role};

use crate::error::LoadError;
use crate::metrics::Metrics;

/// A server and the key to it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Api {
    client: Client,
    server: String,
    key: String,
}

/// A session that began by HTTP.
pub(crate) struct Created {
    pub(crate) location: String,
    pub(crate) etag: String,
    pub(crate) answer: String,
}

#[derive(Deserialize)]
struct Token {
    token: String,
}

#[derive(Deserialize)]
struct Failure {
    error: Code,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

impl Api {
    /// `server` as in `http://127.0.0.1:8080`.
    pub fn new(server: &str, key: &str) -> Api {
        Api { client: Client::new(), server: server.trim_end_matches('/').to_owned(), key: key.to_owned() }
    }

    /// The address, without a slash at its end.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// Makes a room.
    ///
    /// # Errors
    /// The server refused or is not there.
    pub async fn create_room(&self, id: &str, access: Access, capacity: u16) -> Result<(), LoadError> {
        let stage = json!({"access": access, "capacity": capacity, "self_leave": true});
        self.call(Method::POST, "rooms", Some(json!({"id": id, "stage": stage}))).await.map(drop)
    }

    /// Ends a room.
    ///
    /// # Errors
    /// The server refused or is not there.
    pub async fn delete_room(&self, id: &str) -> Result<(), LoadError> {
        self.call(Method::DELETE, &format!("rooms/{id}"), None).await.map(drop)
    }

    /// One room, its participants with it.
    ///
    /// # Errors
    /// The server refused or is not there.
    pub async fn room(&self, id: &str) -> Result<Value, LoadError> {
        let path = format!("rooms/{id}");
        let answer = self.call(Method::GET, &path, None).await?;
        answer.json().await.map_err(|error| LoadError::Http { call: path, error })
    }

    /// A join token.
    ///
    /// # Errors
    /// The server refused or is not there.
    pub async fn token(&self, room: &str, name: &str, role: Role) -> Result<String, LoadError> {
        let path = format!("rooms/{room}/tokens");
        let answer = self.call(Method::POST, &path, Some(json!({"name": name, "role": role}))).await?;
        let token: Token = answer.json().await.map_err(|error| LoadError::Http { call: path, error })?;
        Ok(token.token)
    }

    /// What a moderator does about somebody's place: `invite`, `revoke`, `approve`, `decline` or `remove`.
    ///
    /// # Errors
    /// The server refused or is not there.
    pub async fn stage(&self, room: &str, participant: ParticipantId, what: &str) -> Result<(), LoadError> {
        let path = format!("rooms/{room}/participants/{participant}/stage");
        self.call(Method::POST, &path, Some(json!({"do": what}))).await.map(drop)
    }

    /// What a moderator does about somebody's source: `muted`, `locked` or `released`.
    ///
    /// # Errors
    /// The server refused or is not there.
    pub async fn mute(
        &self,
        room: &str,
        participant: ParticipantId,
        source: &str,
        state: &str,
    ) -> Result<(), LoadError> {
        let path = format!("rooms/{room}/participants/{participant}/mute");
        self.call(Method::POST, &path, Some(json!({"source": source, "state": state}))).await.map(drop)
    }

    /// Offers to publish or to watch by HTTP.
    ///
    /// # Errors
    /// The server refused or is not there.
    pub(crate) async fn offer(&self, path: &str, token: &str, sdp: String) -> Result<Created, LoadError> {
        let call = format!("POST {path}");
        let request = self.client.post(format!("{}{path}", self.server)).bearer_auth(token);
        let request = request.header("content-type", "application/sdp").body(sdp);
        let answer = checked(call.clone(), request.send().await).await?;
        let header = |name: &str| {
            let value = answer.headers().get(name).and_then(|value| value.to_str().ok());
            value.map(str::to_owned).ok_or_else(|| LoadError::Answer(format!("no {name}")))
        };
        let (location, etag) = (header("location")?, header("etag")?);
        let answer = answer.text().await.map_err(|error| LoadError::Http { call, error })?;
        Ok(Created { location, etag, answer })
    }

    /// What the server counted so far.
    ///
    /// # Errors
    /// The server is not there.
    pub async fn metrics(&self) -> Result<Metrics, LoadError> {
        let failed = |error| LoadError::Http { call: "/metrics".to_owned(), error };
        let answer = self.client.get(format!("{}/metrics", self.server)).send().await.map_err(failed)?;
        Ok(Metrics::read(&answer.text().await.map_err(failed)?))
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Response, LoadError> {
        let call = format!("{method} /api/v1/{path}");
        let mut request =
            self.client.request(method, format!("{}/api/v1/{path}", self.server)).bearer_auth(&self.key);
        if let Some(body) = body {
            request = request.json(&body);
        }
        checked(call, request.send().await).await
    }
}

/// The answer, where it is a success.
async fn checked(call: String, answer: reqwest::Result<Response>) -> Result<Response, LoadError> {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return Err(LoadError::Http { call, error }),
    };
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let code =
        answer.json::<Failure>().await.map_or_else(|_| "no code".to_owned(), |failure| failure.error.code);
    Err(LoadError::Status { call, status: status.as_u16(), code })
}
