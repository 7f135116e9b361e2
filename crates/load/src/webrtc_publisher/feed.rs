//! What a publisher of the `webrtc` crate is fed with: the packets of our streams, each when it is due.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use bytes::Bytes;
use media::Source;
use rtc::rtp::Packet;
use rtc_shared::marshal::Unmarshal;
use tokio::sync::watch;
use webrtc::media_stream::track_local::TrackLocal;

use crate::Micros;
use crate::error::LoadError;
use crate::reactor::Reactor;
use crate::rhythm::Rhythm;
use crate::stream::{MAX_PACKET, Stream};

use super::peer::{Tracks, failed};

/// What others want of a feed, and what they may know of it.
#[derive(Debug, Default)]
pub(super) struct Steering {
    /// Whether it sends.
    pub(super) running: watch::Sender<bool>,
    keyframe_wanted: AtomicBool,
    /// Keyframes that the server asked for.
    pub(super) keyframe_requests: AtomicU64,
    /// Packets handed over.
    pub(super) packets: AtomicU64,
}

impl Steering {
    /// The next frame of every layer will be a keyframe.
    pub(super) fn want_keyframe(&self) {
        self.keyframe_wanted.store(true, Ordering::Relaxed);
    }

    /// The server asked for one. Browsers answer a request for one layer on all of them.
    pub(super) fn keyframe_requested(&self) {
        self.keyframe_requests.fetch_add(1, Ordering::Relaxed);
        self.want_keyframe();
    }
}

/// All streams of one publisher.
pub(super) struct Feed {
    streams: Vec<(Stream, Rhythm)>,
    tracks: Tracks,
    steering: Arc<Steering>,
    /// Where it says how late it was.
    reactor: Arc<Reactor>,
    /// When time stamps began.
    epoch: Instant,
}

impl Feed {
    /// A feed that has sent nothing. The streams are made for these tracks.
    pub(super) fn new(
        mut streams: Vec<(Stream, Rhythm)>,
        tracks: Tracks,
        steering: Arc<Steering>,
        epoch: Instant,
    ) -> Result<Feed, LoadError> {
        for (stream, _) in &mut streams {
            // The peer connection counts what it transports, retransmissions too.
            stream.names.extensions.transport_sequence = None;
        }
        Ok(Feed { streams, tracks, steering, reactor: Reactor::get()?, epoch })
    }

    /// Sends whenever it is wanted, until the peer connection takes nothing more.
    pub(super) async fn run(mut self) {
        let mut running = self.steering.running.subscribe();
        loop {
            if !*running.borrow() {
                if running.wait_for(|on| *on).await.is_err() {
                    return;
                }
                let now = Instant::now();
                self.streams.iter_mut().for_each(|(_, rhythm)| rhythm.restart(now));
            }
            let Some(due) = self.streams.iter().map(|(_, rhythm)| rhythm.due).min() else { return };
            tokio::time::sleep_until(due.into()).await;
            // It may have been stopped meanwhile.
            if *running.borrow() && self.send_due().await.is_err() {
                return;
            }
        }
    }

    /// Sends what is due, stream by stream.
    async fn send_due(&mut self) -> Result<(), LoadError> {
        if self.steering.keyframe_wanted.swap(false, Ordering::Relaxed) {
            let pictures = self.streams.iter_mut().filter(|(stream, _)| stream.names.source != Source::Mic);
            pictures.for_each(|(_, rhythm)| rhythm.want_keyframe());
        }
        let Feed { streams, tracks, steering, reactor, epoch } = self;
        let now = Instant::now();
        for (stream, rhythm) in streams {
            if rhythm.catch_up(now) {
                reactor.note(|figures| figures.left_out += 1);
            }
            while rhythm.due <= now {
                let late = now.saturating_duration_since(rhythm.due);
                let packets = send_step(stream, rhythm, tracks, *epoch).await?;
                steering.packets.fetch_add(packets, Ordering::Relaxed);
                reactor.note(|figures| figures.sent_late(late, packets));
                rhythm.due += rhythm.step;
            }
        }
        Ok(())
    }
}

/// Sends the packets of one step, each stamped when it is handed over and not before; returns how many.
async fn send_step(
    stream: &mut Stream,
    rhythm: &mut Rhythm,
    tracks: &Tracks,
    epoch: Instant,
) -> Result<u64, LoadError> {
    let clock_rate = stream.names.payload_type.codec.clock_rate();
    let track = if stream.names.source == Source::Mic { &tracks.mic } else { &tracks.camera };
    let mut space = [0; MAX_PACKET];
    let mut packets = 0;
    loop {
        let shape = rhythm.next(epoch, clock_rate);
        let length = stream.next(Micros::now(), &shape, 0, &mut space);
        let packet = Packet::unmarshal(&mut Bytes::copy_from_slice(&space[..length])).map_err(failed)?;
        track.write_rtp(packet).await.map_err(failed)?;
        packets += 1;
        if shape.last || !rhythm.whole_frames {
            return Ok(packets);
        }
    }
}
