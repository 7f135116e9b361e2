//! A learning platform in this process: it signs what a test wants signed, and answers as badly as a test wants.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use lti::claims;
use lti::keys::{ToolKey, key_set};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::TestServer;

pub(crate) const INSTRUCTOR: &str = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor";
const CLIENT: &str = "proscenium-1";

pub(crate) fn key() -> ToolKey {
    ToolKey::from_pem(include_str!("../../crates/lti/tests/keys/platform.pem")).unwrap()
}

pub(crate) fn other_key() -> ToolKey {
    ToolKey::from_pem(include_str!("../../crates/lti/tests/keys/other.pem")).unwrap()
}

/// How the platform answers when it is asked for its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answers {
    Keys,
    OtherKeys,
    TenMegabytes,
    Never,
    Failure,
}

#[derive(Debug)]
struct Inside {
    base: String,
    answers: Mutex<Answers>,
    registered: Mutex<Value>,
    line_items: Mutex<Vec<Value>>,
    /// Columns made so far, those deleted since included.
    columns: AtomicUsize,
    /// A teacher deletes the column when it has its first score.
    deletes: AtomicBool,
    scores: Mutex<Vec<Value>>,
}

impl Inside {
    fn column(&self, number: usize) -> String {
        format!("{}/line_items/{number}", self.base)
    }
}

pub(crate) struct Platform(Arc<Inside>);

impl Platform {
    pub(crate) async fn start() -> Platform {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let inside = Arc::new(Inside {
            base,
            answers: Mutex::new(Answers::Keys),
            registered: Mutex::default(),
            line_items: Mutex::default(),
            columns: AtomicUsize::new(0),
            deletes: AtomicBool::new(false),
            scores: Mutex::default(),
        });
        let token =
            || async { Json(json!({ "access_token": "a", "token_type": "bearer", "expires_in": 3600 })) };
        let router = Router::new()
            .route("/keys", get(keys))
            .route("/auth", get(|| async { StatusCode::BAD_REQUEST }))
            .route("/token", post(token))
            .route("/configuration", get(configuration))
            .route("/registration", post(registration))
            .route("/line_items", get(line_items).post(make_line_item))
            .route("/line_items/{id}/scores", post(score))
            .with_state(inside.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Platform(inside)
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.0.base)
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.0.base
    }

    pub(crate) fn client_id(&self) -> &'static str {
        CLIENT
    }

    pub(crate) fn answer(&self, answers: Answers) {
        *self.0.answers.lock().unwrap() = answers;
    }

    /// The claim that lets grades be sent here.
    pub(crate) fn grades(&self) -> Value {
        json!({ "scope": [claims::SCOPE_LINE_ITEM, claims::SCOPE_SCORE], "lineitems": self.url("/line_items") })
    }

    /// Its column is deleted as soon as a score is in it, once.
    pub(crate) fn delete_column(&self) {
        self.0.deletes.store(true, Relaxed);
    }

    /// The first score of somebody, and how many columns were made by then.
    pub(crate) async fn score_of(&self, subject: &str) -> (f64, usize) {
        for _ in 0..300 {
            let found =
                self.0.scores.lock().unwrap().iter().find(|score| score["userId"] == subject).cloned();
            if let Some(score) = found {
                return (score["scoreGiven"].as_f64().unwrap(), self.0.columns.load(Relaxed));
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("no score of {subject}: {:?}", self.0.scores.lock().unwrap());
    }

    /// What the tool said of itself.
    pub(crate) async fn registered(&self) -> Value {
        self.0.registered.lock().unwrap().clone()
    }

    /// As an operator writes it.
    pub(crate) fn configuration(&self) -> String {
        format!(
            "[[lti.platforms]]\nissuer = \"{base}\"\nclient_id = \"{CLIENT}\"\ndeployments = [\"1\", \"2\"]\n\
             login_url = \"{base}/auth\"\njwks_url = \"{base}/keys\"\ntoken_url = \"{base}/token\"\n",
            base = self.0.base
        )
    }

    pub(crate) async fn begin(&self, server: &TestServer) -> Begun {
        self.begin_with(server, &[]).await
    }

    pub(crate) async fn begin_with(&self, server: &TestServer, more: &[(&str, &str)]) -> Begun {
        self.begin_as(CLIENT, server, more).await
    }

    async fn begin_as(&self, client: &str, server: &TestServer, more: &[(&str, &str)]) -> Begun {
        let target = format!("{}/lti/launch", server.base);
        let mut query = vec![
            ("iss", self.issuer()),
            ("client_id", client),
            ("login_hint", "h"),
            ("target_link_uri", &target),
        ];
        query.extend(more);
        let request = server.request(Method::GET, "/lti/login").query(&query);
        Begun::read(request.send().await.unwrap()).await
    }

    /// A whole launch, by a browser that keeps cookies.
    pub(crate) async fn launch(&self, server: &TestServer, message: Value) -> Launched {
        self.launch_as(CLIENT, server, message).await
    }

    pub(crate) async fn launch_as(&self, client: &str, server: &TestServer, message: Value) -> Launched {
        let begun = self.begin_as(client, server, &[]).await;
        let message = with(message, json!({ "nonce": begun.nonce }));
        begun.post(server, &key().sign(&message).unwrap()).await
    }
}

async fn keys(State(platform): State<Arc<Inside>>) -> Response {
    let answers = *platform.answers.lock().unwrap();
    match answers {
        Answers::Keys => Json(key_set([&key()])).into_response(),
        Answers::OtherKeys => Json(key_set([&other_key()])).into_response(),
        Answers::TenMegabytes => vec![b' '; 10 * 1024 * 1024].into_response(),
        Answers::Never => std::future::pending().await,
        Answers::Failure => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn configuration(State(platform): State<Arc<Inside>>) -> Json<Value> {
    let base = &platform.base;
    Json(json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/auth"),
        "registration_endpoint": format!("{base}/registration"),
        "jwks_uri": format!("{base}/keys"),
        "token_endpoint": format!("{base}/token"),
    }))
}

async fn registration(State(platform): State<Arc<Inside>>, Json(tool): Json<Value>) -> Json<Value> {
    *platform.registered.lock().unwrap() = tool;
    Json(json!({ "client_id": "registered-1" }))
}

async fn line_items(State(platform): State<Arc<Inside>>) -> Json<Value> {
    Json(json!(*platform.line_items.lock().unwrap()))
}

async fn make_line_item(State(platform): State<Arc<Inside>>, text: String) -> Json<Value> {
    let mut item: Value = serde_json::from_str(&text).unwrap();
    let number = platform.columns.fetch_add(1, Relaxed) + 1;
    item["id"] = json!(platform.column(number));
    platform.line_items.lock().unwrap().push(item.clone());
    Json(item)
}

/// It has nobody who is called an observer.
async fn score(State(platform): State<Arc<Inside>>, Path(number): Path<usize>, text: String) -> StatusCode {
    let column = platform.column(number);
    if !platform.line_items.lock().unwrap().iter().any(|item| item["id"] == column) {
        return StatusCode::NOT_FOUND;
    }
    let score: Value = serde_json::from_str(&text).unwrap();
    if score["userId"].as_str().is_some_and(|user| user.starts_with("observer")) {
        return StatusCode::UNPROCESSABLE_ENTITY;
    }
    platform.scores.lock().unwrap().push(score);
    if platform.deletes.swap(false, Relaxed) {
        platform.line_items.lock().unwrap().clear();
    }
    StatusCode::OK
}

/// What a student's click sends.
pub(crate) fn claims(platform: &Platform) -> Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    json!({
        "iss": platform.issuer(),
        "aud": CLIENT,
        "sub": "student-7",
        "iat": now,
        "exp": now + 300,
        "name": "Ada",
        claims::MESSAGE_TYPE: "LtiResourceLinkRequest",
        claims::VERSION: "1.3.0",
        claims::DEPLOYMENT_ID: "1",
        claims::RESOURCE_LINK: { "id": "link-1", "title": "Lecture" },
        claims::ROLES: ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"],
    })
}

pub(crate) fn with(mut message: Value, changes: Value) -> Value {
    for (claim, value) in changes.as_object().unwrap() {
        message[claim] = value.clone();
    }
    message
}

/// A launch that has begun, as the browser has it.
#[derive(Clone, Debug)]
pub(crate) struct Begun {
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) cookie: String,
    /// What is in the cookie.
    pub(crate) secret: String,
}

impl Begun {
    pub(crate) async fn read(answer: reqwest::Response) -> Begun {
        let cookies: Vec<String> = answer
            .headers()
            .get_all("set-cookie")
            .iter()
            .map(|cookie| cookie.to_str().unwrap().to_owned())
            .collect();
        let location = answer.headers().get("location").map(|location| location.to_str().unwrap().to_owned());
        let address = match location {
            Some(location) => location,
            None => {
                let step = step(&answer.text().await.unwrap());
                assert_eq!(step["step"], "store", "{step}");
                step["then"].as_str().unwrap().to_owned()
            }
        };
        let address = reqwest::Url::parse(&address).unwrap();
        let find = |name: &str| address.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        assert!(
            cookies[0].contains("Secure; SameSite=None; Partitioned") && cookies[0].contains("HttpOnly"),
            "{cookies:?}"
        );
        let cookie = cookies[0].split(';').next().unwrap().to_owned();
        let secret = cookie.split_once('=').unwrap().1.to_owned();
        Begun { state: find("state"), nonce: find("nonce"), cookie, secret }
    }

    pub(crate) async fn post(&self, server: &TestServer, message: &str) -> Launched {
        let form = [("state", self.state.as_str()), ("id_token", message)];
        let request = server.request(Method::POST, "/lti/launch").header("cookie", &self.cookie).form(&form);
        let answer = request.send().await.unwrap();
        let location = answer.headers().get("location").map(|location| location.to_str().unwrap().to_owned());
        Launched { status: answer.status(), location, body: answer.text().await.unwrap() }
    }
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Launched {
    status: reqwest::StatusCode,
    location: Option<String>,
    body: String,
}

#[derive(Debug)]
pub(crate) struct Entered {
    pub(crate) room: String,
    pub(crate) token: String,
}

impl Launched {
    #[track_caller]
    pub(crate) fn entered(self) -> Entered {
        let Some(location) = self.location else { panic!("refused: {} {}", self.status, step(&self.body)) };
        let (room, token) = location.strip_prefix("/r/").unwrap().split_once("#token=").unwrap();
        let token = token.split('&').next().unwrap();
        Entered { room: room.to_owned(), token: token.to_owned() }
    }

    /// And that it was written down.
    pub(crate) async fn refused(self, server: &TestServer, code: &str) {
        assert!(
            self.status.is_client_error() || self.status.is_server_error(),
            "{code}: {} {:?}",
            self.status,
            self.location
        );
        let step = step(&self.body);
        assert_eq!((step["step"].as_str(), step["code"].as_str()), (Some("refused"), Some(code)), "{step}");
        let written = &server.get("/api/v1/lti").await["launches"][0];
        assert_eq!(
            (written["accepted"].as_bool(), written["code"].as_str()),
            (Some(false), Some(code)),
            "{written}"
        );
    }

    #[track_caller]
    pub(crate) fn step(self) -> Value {
        step(&self.body)
    }
}

/// What the page is to do.
fn step(page: &str) -> Value {
    let found =
        page.split("name=\"proscenium-launch\" content=\"").nth(1).and_then(|rest| rest.split('"').next());
    let text = found
        .unwrap_or_default()
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    serde_json::from_str(&text).unwrap_or(Value::Null)
}
