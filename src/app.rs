//! What every request and every socket can reach.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::config::Config;
use crate::http::{ApiKeyCheck, Names, Page, Redemptions};
use crate::lti::Lti;
use crate::media::MediaThreads;
use crate::metrics::{Counts, LastReport};
use crate::rooms::Rooms;
use crate::sign_in::SignIns;
use crate::token::Tokens;

/// The running server's parts.
pub(crate) struct App {
    pub(crate) config: Config,
    /// Where HTTP is really served; the configuration may have left the port open.
    pub(crate) http: SocketAddr,
    pub(crate) tokens: Tokens,
    pub(crate) api_key: ApiKeyCheck,
    pub(crate) rooms: Arc<Rooms>,
    pub(crate) media: MediaThreads,
    pub(crate) lti: Arc<Lti>,
    pub(crate) counts: Arc<Counts>,
    pub(crate) last_report: LastReport,
    pub(crate) page: Page,
    /// For people who come by a link of dev mode.
    pub(crate) names: Names,
    /// Where the operator named a provider.
    pub(crate) sign_ins: Option<SignIns>,
    /// How fast guests come.
    pub(crate) redemptions: Redemptions,
    draining: AtomicBool,
}

impl App {
    pub(crate) fn new(
        config: Config,
        http: SocketAddr,
        rooms: Arc<Rooms>,
        media: MediaThreads,
        lti: Arc<Lti>,
        counts: Arc<Counts>,
        sign_ins: Option<SignIns>,
    ) -> Arc<Self> {
        Arc::new(App {
            tokens: Tokens::new(&config.api_key, &config.tokens),
            api_key: ApiKeyCheck::new(&config.api_key),
            config,
            http,
            rooms,
            media,
            lti,
            counts,
            last_report: LastReport::default(),
            page: Page::load(),
            names: Names::default(),
            sign_ins,
            redemptions: Redemptions::default(),
            draining: AtomicBool::new(false),
        })
    }

    /// Whether the server is going down: nobody new gets in.
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    pub(crate) fn start_draining(&self) {
        self.draining.store(true, Ordering::Release);
    }
}
