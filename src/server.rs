//! Putting the parts together, and taking them apart again.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use store::{Store, StoreError};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{interval, sleep, timeout};

use crate::app::App;
use crate::bounds::{DRAIN_WITHIN, MEDIA_STOPS_WITHIN};
use crate::clock::Clock;
use crate::config::{Config, DEV_ROOM};
use crate::http;
use crate::lti::{Lti, LtiError, report_for_ever, settle_at_end};
use crate::media::{MediaEvent, MediaOptions, MediaThreads};
use crate::metrics::Counts;
use crate::rooms::{CreateError, LoadError, NewRoom, Rooms};
use crate::sign_in::SignIns;
use crate::turn::Turn;

/// Between two looks at whether the media threads still run.
const WATCH_MEDIA: Duration = Duration::from_secs(1);
/// Between two looks at whether the last socket is closed, while going down.
const WATCH_SOCKETS: Duration = Duration::from_millis(20);

/// Why the server did not start; the operator's to mend.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is kept for learning platforms cannot be used.
    #[error(transparent)]
    Lti(#[from] LtiError),
    /// The media threads did not come up.
    #[error("media (--media): {0}")]
    Media(io::Error),
    /// The rooms that were kept could not be read, by a mistake of the server's own.
    #[error("bug: reading the kept rooms panicked")]
    Rooms,
    /// No TLS towards the provider of `[sign_in]`.
    #[error("sign_in: {0}")]
    SignIn(String),
    /// The HTTP address cannot be listened on.
    #[error("cannot listen on {address} (--http): {source}")]
    Http { address: SocketAddr, source: io::Error },
}

impl From<LoadError> for StartError {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Store(error) => StartError::Store(error),
            LoadError::Panicked => StartError::Rooms,
        }
    }
}

/// The server.
#[derive(Debug)]
pub struct Server;

/// A server that runs. [`Running::drain`] ends it in order; dropping it ends HTTP and tells nobody.
pub struct Running {
    app: Arc<App>,
    stop_http: oneshot::Sender<()>,
    http: JoinHandle<()>,
    media_failed: oneshot::Receiver<()>,
}

impl Server {
    /// Starts everything: data directory, media threads, rooms, HTTP.
    ///
    /// # Errors
    ///
    /// Whatever keeps a part from starting; nothing is left running then.
    pub async fn start(config: Config) -> Result<Running, StartError> {
        let store = Arc::new(open_store(&config).await?);
        let options = MediaOptions {
            listen: config.media,
            announce: config.announce.clone(),
            workers: config.workers,
            dev: config.dev,
        };
        let refused = |source| StartError::Http { address: config.http, source };
        let listener = http::listen(config.http).map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let (media, events) = MediaThreads::start(&options).map_err(StartError::Media)?;
        let counts = Arc::new(Counts::default());
        let lti = Arc::new(open_lti(store.clone(), counts.clone(), &config).await?);
        let turn = config.turn.as_ref().map(Turn::new);
        let rooms = Rooms::new(media.clone(), store, counts.clone(), config.limits, config.timing, turn);
        let kept = rooms.load().await?;
        if config.dev {
            make_demo(&rooms).await;
        }
        let media_failed = watch_media(media.clone(), rooms.clone(), events);
        let connections = config.limits.connections;
        rooms.on_end(Box::new(settle_at_end(lti.clone())));
        tokio::spawn(report_for_ever(lti.clone(), rooms.clone()));
        let sign_ins = config.sign_in.clone().map(SignIns::new).transpose();
        let sign_ins = sign_ins.map_err(|error| StartError::SignIn(error.to_string()))?;
        let app = App::new(config, address, rooms, media, lti, counts.clone(), sign_ins);
        let (stop_http, stop) = oneshot::channel();
        let http = tokio::spawn(http::serve(listener, http::router(app.clone()), counts, connections, stop));
        tracing::info!(http = %address, rooms = kept, "serving");
        Ok(Running { app, stop_http, http, media_failed })
    }
}

impl Running {
    /// Where HTTP is served.
    pub fn http(&self) -> SocketAddr {
        self.app.http
    }

    /// Scheme and authority under which browsers reach the server.
    pub fn url(&self) -> String {
        self.app.config.public_url.clone().unwrap_or_else(|| format!("http://{}", self.app.http))
    }

    /// In dev mode, the links of the room that is there from the start, each with its role.
    pub fn dev_links(&self) -> Vec<(&'static str, String)> {
        let base = format!("http://{}", self.app.http);
        if self.app.config.dev { http::dev_links(&base, DEV_ROOM).into() } else { Vec::new() }
    }

    /// Completes when a media thread has ended by itself, which is a bug and leaves the server of no use.
    pub async fn media_failed(&mut self) {
        // The watcher lives as long as the server; were it gone, that would be a failure as well.
        let _ = (&mut self.media_failed).await;
    }

    /// Goes down: nobody new gets in, everybody is told to come back in a moment, then all ends. Takes ten seconds at the most.
    pub async fn drain(self) {
        tracing::info!("going down");
        self.app.start_draining();
        let told = async {
            self.app.rooms.drain().await;
            while self.app.counts.sockets() > 0 {
                sleep(WATCH_SOCKETS).await;
            }
        };
        if timeout(DRAIN_WITHIN, told).await.is_err() {
            tracing::warn!(sockets = self.app.counts.sockets(), "some pages did not close in time");
        }
        // HTTP may have ended by itself, and then nobody listens here.
        let _ = self.stop_http.send(());
        let _ = self.http.await;
        if timeout(MEDIA_STOPS_WITHIN, self.app.media.clone().stop()).await.is_err() {
            tracing::error!("bug: the media threads did not end in time");
        }
        self.app.rooms.release_data();
        tracing::info!("gone");
    }
}

async fn open_store(config: &Config) -> Result<Store, StartError> {
    let directory = config.data.clone();
    match tokio::task::spawn_blocking(move || Store::open(&directory)).await {
        Ok(store) => Ok(store?),
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

async fn open_lti(store: Arc<Store>, counts: Arc<Counts>, config: &Config) -> Result<Lti, LtiError> {
    let platforms = config.lti.clone();
    let open = move || Lti::open(store, counts, &platforms, Clock::unix_seconds());
    match tokio::task::spawn_blocking(open).await {
        Ok(opened) => opened,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

async fn make_demo(rooms: &Arc<Rooms>) {
    let (id, title) = (Some(DEV_ROOM.to_owned()), Some("Demo".to_owned()));
    let demo = NewRoom { id, title, ..NewRoom::default() };
    match rooms.create(demo).await {
        Ok(_) | Err(CreateError::Exists) => {}
        Err(error) => tracing::error!(%error, "no demo room"),
    }
}

/// Carries the media threads' news to the rooms, and notices when a thread has died.
fn watch_media(
    media: MediaThreads,
    rooms: Arc<Rooms>,
    mut events: mpsc::Receiver<MediaEvent>,
) -> oneshot::Receiver<()> {
    let (failed, receiver) = oneshot::channel();
    tokio::spawn(async move {
        let mut look = interval(WATCH_MEDIA);
        loop {
            tokio::select! {
                event = events.recv() => match event {
                    Some(event) => rooms.tell(event),
                    None => break,
                },
                _ = look.tick() => if !media.is_running() { break },
            }
        }
        let _ = failed.send(());
    });
    receiver
}
