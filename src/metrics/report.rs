//! The whole of `/metrics`. The names are the contract's, as far as it has any; more may be added.

use media::{Kind, Source};
use room::BoundsHit;

use stage::Millis;
use tokio::sync::Mutex;

use super::exposition::Exposition;
use super::process;
use crate::app::App;
use crate::bounds::METRICS_FOR;
use crate::media::TcpCounters;
use crate::rooms::Protocol;

/// The last answer, and when it was made. Whoever asks while one is made waits for that one: however many ask how often, the rooms are
/// asked once in a while.
#[derive(Debug, Default)]
pub(crate) struct LastReport(Mutex<Option<(Millis, String)>>);

impl LastReport {
    /// All of it, as it was a moment ago at the earliest.
    pub(crate) async fn get(&self, app: &App) -> String {
        let mut last = self.0.lock().await;
        if let Some((made, text)) = &*last
            && u128::from(app.rooms.now().since(*made)) < METRICS_FOR.as_millis()
        {
            return text.clone();
        }
        let text = report(app).await;
        *last = Some((app.rooms.now(), text.clone()));
        text
    }
}

async fn report(app: &App) -> String {
    let rooms = app.rooms.counts().await;
    let mut page = Exposition::default();
    people(&mut page, &rooms);
    packets(&mut page, app);
    control(&mut page, app);
    page.counter("process_cpu_seconds_total", "CPU time used, user and system, in seconds.")
        .sample(&[], process::cpu_seconds());
    page.gauge("process_resident_memory_bytes", "Resident memory, in bytes.")
        .sample(&[], process::resident_bytes());
    page.finish()
}

fn people(page: &mut Exposition, rooms: &[(room::Counts, BoundsHit)]) {
    page.gauge("proscenium_rooms", "Rooms of this server.").sample(&[], rooms.len());
    let sum =
        |count: fn(&room::Counts) -> usize| rooms.iter().map(|(counts, _)| count(counts)).sum::<usize>();
    page.gauge("proscenium_participants", "People in all rooms, by where they stand.")
        .sample(&[("stage", "off")], sum(|counts| counts.off))
        .sample(&[("stage", "requested")], sum(|counts| counts.requested))
        .sample(&[("stage", "invited")], sum(|counts| counts.invited))
        .sample(&[("stage", "on_stage")], sum(|counts| counts.on_stage));
    let hits = |count: fn(&BoundsHit) -> u64| rooms.iter().map(|(_, hit)| count(hit)).sum::<u64>();
    page.gauge("proscenium_room_bound_hits", "Times the rooms that run now ran into one of their bounds.")
        .sample(&[("bound", "slots_ignored")], hits(|hit| hit.slots_ignored))
        .sample(&[("bound", "people_forgotten")], hits(|hit| hit.people_forgotten))
        .sample(&[("bound", "stage_forgotten")], hits(|hit| hit.stage_forgotten))
        .sample(&[("bound", "chat_forgotten")], hits(|hit| hit.chat_forgotten))
        .sample(&[("bound", "waiting_full")], hits(|hit| hit.waiting_full))
        .sample(&[("bound", "questions_full")], hits(|hit| hit.questions_full))
        .sample(&[("bound", "polls_full")], hits(|hit| hit.polls_full))
        .sample(&[("bound", "writing_fast")], hits(|hit| hit.writing_fast))
        .sample(&[("bound", "meetings_forgotten")], hits(|hit| hit.meetings_forgotten))
        .sample(&[("bound", "attendees_full")], hits(|hit| hit.attendees_full));
}

const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Audio => "audio",
        Kind::Video => "video",
    }
}

const fn source_name(source: Source) -> &'static str {
    match source {
        Source::Mic => "mic",
        Source::Camera => "camera",
        Source::Screen => "screen",
    }
}

fn packets(page: &mut Exposition, app: &App) {
    let traffic = app.media.traffic();
    let engine = &traffic.engine;
    page.counter(
        "proscenium_rtp_packets_received_total",
        "RTP packets from publishers, whatever became of them.",
    );
    for of in [Kind::Audio, Kind::Video] {
        page.sample(&[("kind", kind(of))], engine.received(of));
    }
    page.counter(
        "proscenium_rtp_packets_forwarded_total",
        "RTP packets sent to viewers, retransmissions not counted.",
    );
    for of in [Kind::Audio, Kind::Video] {
        page.sample(&[("kind", kind(of))], engine.forwarded(of));
    }
    page.counter(
        "proscenium_rtp_packets_gated_total",
        "RTP packets dropped because their sender is not on stage or that source is off.",
    );
    for source in Source::ALL {
        page.sample(&[("kind", kind(source.kind())), ("source", source_name(source))], engine.gated(source));
    }
    page.counter(
        "proscenium_camera_packets_admitted_total",
        "RTP packets of cameras that were let in, by simulcast layer, 0 the smallest picture.",
    );
    for (layer, count) in ["0", "1", "2"].into_iter().zip(engine.upstream.camera_layers) {
        page.sample(&[("layer", layer)], count);
    }
    page.counter("proscenium_rtp_bytes_forwarded_total", "Bytes of the forwarded packets.")
        .sample(&[], engine.forwarded_bytes);
    page.counter("proscenium_rtp_packets_retransmitted_total", "RTP packets sent to viewers again.")
        .sample(&[], engine.retransmitted);
    page.counter(
        "proscenium_rtp_packets_filled_total",
        "RTP packets of padding in place of what a viewer does not get.",
    )
    .sample(&[], engine.filled);
    page.counter(
        "proscenium_rtp_packets_probe_total",
        "RTP packets of padding sent to find out how much a viewer's way carries.",
    )
    .sample(&[], engine.probe_packets);
    page.counter("proscenium_feedbacks_total", "Transport-wide feedbacks of viewers.")
        .sample(&[], engine.feedbacks);
    page.counter(
        "proscenium_pictures_paused_total",
        "Pictures paused because a viewer's way did not carry even the least of them.",
    )
    .sample(&[], engine.pauses);
    page.counter("proscenium_keyframe_requests_total", "Keyframe requests sent to publishers.")
        .sample(&[], engine.upstream.keyframe_requests);
    page.counter("proscenium_media_connected_total", "Transports that completed ICE and DTLS.")
        .sample(&[], engine.connected);
    page.counter("proscenium_media_lost_total", "Transports lost without a command.")
        .sample(&[], engine.lost);
    page.counter(
        "proscenium_media_consent_expired_total",
        "Transports lost because their peer stopped consenting to be sent to.",
    )
    .sample(&[], engine.consent_expired);
    page.counter(
        "proscenium_media_stalled_total",
        "Times that media got through to a peer or from it no more, and the page was told to restart ICE.",
    )
    .sample(&[], engine.stalled);
    let dropped = &engine.dropped;
    page.counter("proscenium_datagrams_dropped_total", "Datagrams and packets dropped, by reason.");
    for (reason, count) in [
        ("unknown_address", dropped.unknown_address),
        ("unknown_ufrag", dropped.unknown_ufrag),
        ("unproven_checks", dropped.unproven_checks),
        ("too_many_peers", dropped.too_many_peers),
        ("bad_assignment", dropped.bad_assignment),
        ("too_many_slots", dropped.too_many_slots),
        ("too_many_pending", dropped.too_many_pending),
        ("too_many_handshakes", dropped.too_many_handshakes),
        ("too_many_paced", dropped.too_many_paced),
        ("too_many_speakers", dropped.too_many_speakers),
        ("too_many_statuses", dropped.too_many_statuses),
        ("no_codec", dropped.no_codec),
        ("not_kept", dropped.not_kept),
        ("nack_bounded", dropped.nack_bounded),
        ("relay_full", dropped.relay_full),
        ("relay_stale", dropped.relay_stale),
        ("malformed", engine.upstream.malformed),
        ("unbound", engine.upstream.unbound),
        ("padding", engine.upstream.padding),
        ("send_buffer_full", traffic.socket.send_buffer_full),
        ("send_refused", traffic.socket.send_refused),
        ("tcp_queue_full", traffic.tcp.queue_full),
        ("tcp_gone", traffic.tcp.gone),
    ] {
        page.sample(&[("reason", reason)], count);
    }
    tcp(page, &traffic.tcp);
    qualities(page, traffic.engine.peers_by_level);
    page.gauge("proscenium_media_peers", "Transports of each media thread.");
    for (thread, peers) in app.media.peers().into_iter().enumerate() {
        page.sample(&[("thread", &thread.to_string())], peers);
    }
}

/// Of the engines' peers, by how well media gets to them and from them.
fn qualities(page: &mut Exposition, by_level: [u64; 3]) {
    page.gauge("proscenium_media_quality", "Transports, by how well media flows: good, fair or poor.");
    for (quality, count) in ["good", "fair", "poor"].into_iter().zip(by_level) {
        page.sample(&[("quality", quality)], count);
    }
}

fn tcp(page: &mut Exposition, tcp: &TcpCounters) {
    page.gauge("proscenium_tcp_connections", "TCP connections to the media ports.").sample(&[], tcp.open);
    page.counter(
        "proscenium_tcp_connections_accepted_total",
        "TCP connections that came to the media ports.",
    )
    .sample(&[], tcp.accepted);
    page.counter(
        "proscenium_tcp_connections_closed_total",
        "TCP connections to the media ports that ended, by reason.",
    );
    for (reason, count) in [
        ("crowded", tcp.crowded),
        ("unproven", tcp.unproven),
        ("junk", tcp.junk),
        ("oversize", tcp.oversize),
        ("left", tcp.left),
        ("closed", tcp.closed),
    ] {
        page.sample(&[("reason", reason)], count);
    }
}

fn control(page: &mut Exposition, app: &App) {
    let counts = &app.counts;
    page.gauge("proscenium_sockets", "WebSockets open.").sample(&[], counts.sockets());
    page.gauge("proscenium_whip_sessions", "Sessions without a page: publishers by WHIP, viewers by WHEP.");
    for protocol in Protocol::ALL {
        page.sample(&[("protocol", protocol.name())], app.rooms.resources.count(protocol));
    }
    page.counter(
        "proscenium_whip_refused_total",
        "Clients of WHIP and WHEP that were not let in, by reason.",
    );
    for (protocol, reason, count) in counts.turned() {
        page.sample(&[("protocol", protocol), ("reason", reason)], count);
    }
    page.counter("proscenium_bound_hits_total", "Times somebody ran into one of the server's bounds.");
    for (bound, count) in counts.bounds() {
        page.sample(&[("bound", bound)], count);
    }
    page.counter(
        "proscenium_gate_timeouts_total",
        "Gates not closed in time on every media thread; each is a bug.",
    )
    .sample(&[], counts.gate_timeouts());
    let [refused, accepted] = counts.launches();
    page.counter(
        "proscenium_lti_total",
        "Launches, registrations and calls of learning platforms, by what came of them.",
    )
    .sample(&[("outcome", "refused")], refused)
    .sample(&[("outcome", "accepted")], accepted);
    page.counter("proscenium_storage_failures_total", "Changes of rooms that could not be kept on the disk.")
        .sample(&[], counts.storage_failures());
    page.counter(
        "proscenium_media_queue_overflows_total",
        "Messages lost between media threads and control plane.",
    )
    .sample(&[], app.media.queue_overflows());
}
