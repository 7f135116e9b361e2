//! Looks once a second while a scenario runs: a line of progress for whoever watches, a point on the timeline for the report.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::api::Api;
use crate::connection::Watch;
use crate::error::LoadError;
use crate::figures::Figures;
use crate::generator::{self, GeneratorFigures};
use crate::process::Usage;
use crate::reactor::Reactor;
use crate::report::Quantiles;
use crate::timeline::Second;

/// From one look to the next.
const EVERY: Duration = Duration::from_secs(1);

/// Where the server's cost is read.
#[derive(Clone)]
pub(super) enum Gauge {
    /// Its own `/metrics`.
    Metrics(Api),
    /// A process of this machine that has none.
    Process(i32),
}

impl Gauge {
    async fn read(&self) -> Option<Usage> {
        match self {
            Gauge::Metrics(api) => {
                let metrics = api.metrics().await.ok()?;
                Some(Usage {
                    cpu_ns: (metrics.sum("process_cpu_seconds_total", &[]) * 1e9) as u64,
                    rss_bytes: metrics.sum("process_resident_memory_bytes", &[]) as u64,
                })
            }
            Gauge::Process(process) => Usage::of(*process).ok(),
        }
    }
}

/// Where progress is told.
pub type Tell = Arc<dyn Fn(&str) + Send + Sync>;

/// What is found; it grows while the monitor runs.
#[derive(Default)]
struct Found {
    total: Figures,
    timeline: Vec<Second>,
}

/// A task that looks; it stops when this is dropped.
pub(super) struct Monitor {
    found: Arc<Mutex<Found>>,
    reactor: Arc<Reactor>,
    began: Instant,
    cpu: f64,
    unread: u64,
    task: JoinHandle<()>,
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Monitor {
    /// Begins to measure; what came before does not count.
    pub(super) fn start(gauge: Gauge, viewers: Vec<Watch>, tell: Tell) -> Result<Monitor, LoadError> {
        let reactor = Reactor::get()?;
        let found = Arc::new(Mutex::new(Found::default()));
        let (began, cpu, unread) = (Instant::now(), generator::cpu_seconds(), reactor.unread());
        drop(reactor.take_figures());
        let look = Look {
            gauge,
            reactor: Arc::clone(&reactor),
            viewers,
            tell,
            began,
            last: began,
            server: None,
            cpu,
            lost: 0,
        };
        let task = tokio::spawn(run(look, Arc::clone(&found)));
        Ok(Monitor { found, reactor, began, cpu, unread, task })
    }

    /// Ends; what was measured, what the generator says of itself, and the timeline.
    pub(super) fn finish(self) -> Measured {
        self.task.abort();
        let seconds = self.began.elapsed().as_secs_f64();
        let mut found = std::mem::take(&mut *self.found.lock().unwrap_or_else(PoisonError::into_inner));
        found.total.add(&self.reactor.take_figures());
        let unread = self.reactor.unread().saturating_sub(self.unread);
        let cpu = generator::cpu_seconds() - self.cpu;
        let generator = GeneratorFigures::new(&found.total, cpu, unread);
        Measured { seconds, figures: found.total, generator, timeline: found.timeline }
    }
}

/// What a monitor brings home.
pub(super) struct Measured {
    pub(super) seconds: f64,
    pub(super) figures: Figures,
    pub(super) generator: GeneratorFigures,
    pub(super) timeline: Vec<Second>,
}

struct Look {
    gauge: Gauge,
    reactor: Arc<Reactor>,
    viewers: Vec<Watch>,
    tell: Tell,
    began: Instant,
    last: Instant,
    /// What the server said last.
    server: Option<Usage>,
    cpu: f64,
    lost: u64,
}

async fn run(mut look: Look, found: Arc<Mutex<Found>>) {
    let mut beat = interval(EVERY);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first beat comes at once.
    beat.tick().await;
    look.server = look.gauge.read().await;
    loop {
        beat.tick().await;
        let usage = look.gauge.read().await;
        let figures = look.reactor.take_figures();
        let second = look.second(&figures, usage);
        (look.tell)(&line(&second, look.viewers.len()));
        let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
        found.total.add(&figures);
        found.timeline.push(second);
    }
}

impl Look {
    fn second(&mut self, figures: &Figures, usage: Option<Usage>) -> Second {
        let now = Instant::now();
        let span = now.duration_since(self.last).as_secs_f64().max(1e-3);
        let cpu = generator::cpu_seconds();
        let lost: u64 = self.viewers.iter().map(Watch::given_up).sum();
        let server_ns = match (&usage, &self.server) {
            (Some(new), Some(old)) => new.cpu_ns.saturating_sub(old.cpu_ns),
            _ => 0,
        };
        let second = Second {
            at: now.duration_since(self.began).as_secs_f64(),
            packets: (figures.packets as f64 / span) as u64,
            lost: lost.saturating_sub(self.lost),
            delay_us: Quantiles::of_histogram(&figures.delay_us),
            server_cpu: server_ns as f64 / 1e9 / span,
            server_rss_bytes: usage.map_or(0, |usage| usage.rss_bytes),
            generator_cpu: (cpu - self.cpu) / span,
            generator_late_ms: Quantiles::of_histogram(&figures.send_late_us).scaled(1e-3),
        };
        (self.last, self.cpu, self.lost) = (now, cpu, lost);
        self.server = usage.or(self.server);
        second
    }
}

fn line(second: &Second, viewers: usize) -> String {
    format!(
        "{:4.0} s   {viewers} viewers   {} packets/s   {} lost   delay p99 {:.1} ms   server {:.0} % of a core   generator {:.0} %",
        second.at,
        second.packets,
        second.lost,
        second.delay_us.p99 / 1000.0,
        second.server_cpu * 100.0,
        second.generator_cpu * 100.0,
    )
}
