//! Which layers of a publication are alive, what they cost, how large they are and what their clocks say. One per publication and engine,
//! shared by its forwarders.

use std::time::{Duration, Instant};

use super::CaptureClock;
use crate::codec::Codec;
use crate::congestion::MAX_TEMPORAL;
use crate::{MAX_LAYERS, Packet};

/// A layer that sent nothing for this long while another one did has stopped.
pub const LAYER_SILENCE: Duration = Duration::from_millis(600);

/// The same for one of many frames: so many of its longest usual pauses, but not less than this.
const SILENT_PAUSES: u32 = 3;
const LEAST_SILENCE: Duration = Duration::from_millis(100);

/// Pauses shorter than this are between packets of one frame.
const WITHIN_FRAME: Duration = Duration::from_millis(5);

/// Between two packets of a publication, whichever layers they are of, no more than this counts as silence of the others. So a pause of
/// all layers is none of any one of them, wherever in a frame it began, and a publisher of one frame a second has a few of them to tell.
pub const MAX_SILENCE_COUNTED: Duration = Duration::from_millis(200);

/// A publication that came all the time and then paused for this long was cut off. Its publisher knows less of the way there than before and
/// may well send fewer layers from now on: each has to be heard again, so that viewers take the next keyframe of any.
const CUT: Duration = Duration::from_millis(200);
/// Packets this close to one another come all the time...
const CLOSE: Duration = Duration::from_millis(100);
/// ... when there were so many of them in a row: no slow publisher's.
const CLOSE_PACKETS: u8 = 60;

/// What layers cost is measured over this long.
pub const RATE_SPAN: Duration = Duration::from_millis(500);

/// Bytes that go with every payload into a datagram: header, an extension or two, the tag.
const OVERHEAD: u64 = 40;

/// The state of a publication's layers.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    /// How long each was silent while others sent; `None` while it was never heard.
    silent: [Option<Duration>; MAX_LAYERS],
    /// When each was heard last, and its longest pause of late.
    pauses: [(Option<Instant>, Duration); MAX_LAYERS],
    /// When the newest packet of any layer arrived.
    newest: Option<Instant>,
    /// Packets in a row that were [`CLOSE`] to one another.
    close: u8,
    clocks: [Option<CaptureClock>; MAX_LAYERS],
    target: u8,
    rates: Rates,
    /// In pixels, where a keyframe told; 0: unknown.
    heights: [u16; MAX_LAYERS],
    /// Its layers share a stream: each is of use with those below it alone.
    scalable: bool,
    /// Its codec is AV1.
    av1: bool,
}

/// What each spatial layer's temporal layers bring.
#[derive(Clone, Debug, Default)]
struct Rates {
    since: Option<Instant>,
    bytes: [[u64; MAX_TEMPORAL]; MAX_LAYERS],
    /// In bit/s; what was measured last stays when a layer stops.
    measured: [[u32; MAX_TEMPORAL]; MAX_LAYERS],
}

impl Rates {
    fn note(&mut self, packet: &Packet) {
        let since = *self.since.get_or_insert(packet.arrived);
        let span = packet.arrived.saturating_duration_since(since);
        if span >= RATE_SPAN {
            self.measure(span);
            self.since = Some(packet.arrived);
        }
        let temporal = usize::from(packet.temporal()).min(MAX_TEMPORAL - 1);
        if let Some(bytes) = self.bytes.get_mut(usize::from(packet.spatial())) {
            bytes[temporal] += packet.payload().len() as u64 + OVERHEAD;
        }
    }

    fn measure(&mut self, span: Duration) {
        for (bytes, measured) in self.bytes.iter_mut().zip(&mut self.measured) {
            if bytes.iter().all(|bytes| *bytes == 0) {
                continue;
            }
            for (bytes, known) in bytes.iter_mut().zip(measured) {
                let rate = (*bytes as f64 * 8.0 / span.as_secs_f64()) as u32;
                *bytes = 0;
                *known = if *known == 0 { rate } else { known.midpoint(rate) };
            }
        }
    }
}

impl Layers {
    /// Takes note of a packet: of its layer, its size, and that of the picture where it says it.
    pub fn take(&mut self, packet: &Packet) {
        self.heard(packet.spatial(), packet.arrived);
        self.rates.note(packet);
        if let Some(scalable) = &packet.scalable {
            // A keyframe's first packet tells of all layers, where it tells their sizes.
            self.av1 = matches!(packet.codec, Codec::Av1 { .. });
            self.scalable |= scalable.spatial > 0 || scalable.heights[1] > 0;
            let known = self.heights.iter_mut().skip(usize::from(packet.layer));
            known.zip(scalable.heights).filter(|(_, told)| *told > 0).for_each(|(known, told)| *known = told);
        }
        if packet.keyframe_start
            && let Some(height) = packet.vp8.and_then(|vp8| vp8.height(packet.payload()))
            && let Some(known) = self.heights.get_mut(usize::from(packet.layer))
        {
            *known = height;
        }
    }

    /// Takes note of a packet of a layer. A layer's silence is the time that *others* were sending, at most [`MAX_SILENCE_COUNTED`] between two
    /// packets, so that a publisher who pauses altogether changes nothing: whichever layer comes first afterwards, the others have as
    /// long to follow as ever, less what is counted of the pause.
    pub fn heard(&mut self, layer: u8, arrived: Instant) {
        let own = usize::from(layer);
        if own >= MAX_LAYERS {
            return;
        }
        let gap = self.newest.map_or(Duration::ZERO, |newest| arrived.saturating_duration_since(newest));
        self.newest = self.newest.max(Some(arrived));
        if gap >= CUT && self.close >= CLOSE_PACKETS {
            self.silent.iter_mut().flatten().for_each(|silent| *silent = LAYER_SILENCE);
        }
        self.close = if gap < CLOSE { self.close.saturating_add(1) } else { 0 };
        for silent in self.silent.iter_mut().flatten() {
            *silent = silent.saturating_add(gap.min(MAX_SILENCE_COUNTED));
        }
        self.silent[own] = Some(Duration::ZERO);
        self.note_pause(own, arrived);
        self.target = (0..MAX_LAYERS as u8).rfind(|layer| self.is_alive(*layer)).unwrap_or(0);
    }

    /// The longest pause is forgotten little by little.
    fn note_pause(&mut self, own: usize, arrived: Instant) {
        let (last, longest) = &mut self.pauses[own];
        let pause = last.map_or(LAYER_SILENCE, |last| arrived.saturating_duration_since(last));
        *last = (*last).max(Some(arrived));
        if pause >= WITHIN_FRAME {
            *longest = pause.min(LAYER_SILENCE).max(*longest * 15 / 16);
        }
    }

    /// After which silence a layer has stopped.
    fn silence(&self, layer: usize) -> Duration {
        let (_, longest) = self.pauses[layer];
        // Where layers share a stream nothing is gained by going down early, and going up again takes a keyframe.
        if self.scalable {
            return LAYER_SILENCE;
        }
        (longest * SILENT_PAUSES).clamp(LEAST_SILENCE, LAYER_SILENCE)
    }

    /// Takes a layer's clock from its publisher's report.
    pub fn set_clock(&mut self, layer: u8, clock: CaptureClock) {
        if let Some(slot) = self.clocks.get_mut(usize::from(layer)) {
            *slot = Some(clock);
        }
    }

    /// All of this is over: the gate was closed, or the source is not negotiated any more.
    pub fn clear(&mut self) {
        *self = Layers::default();
    }

    /// The highest layer alive.
    pub fn target(&self) -> u8 {
        self.target
    }

    /// A layer's clock, where a report has told it.
    pub fn clock(&self, layer: u8) -> Option<CaptureClock> {
        self.clocks.get(usize::from(layer)).copied().flatten()
    }

    /// All clocks known.
    pub fn clocks(&self) -> impl Iterator<Item = (u8, CaptureClock)> {
        self.clocks.iter().enumerate().filter_map(|(layer, clock)| clock.map(|clock| (layer as u8, clock)))
    }

    /// The layer alive that is nearest to the one wanted: not higher, unless there is no lower one.
    pub fn nearest(&self, wanted: u8) -> u8 {
        if wanted >= self.target {
            return self.target;
        }
        let below = (0..=wanted).rev().find(|layer| self.is_alive(*layer));
        below.or_else(|| (wanted..=self.target).find(|layer| self.is_alive(*layer))).unwrap_or(self.target)
    }

    /// The highest layer that was ever heard; the highest there can be before any was.
    pub fn top(&self) -> u8 {
        self.silent.iter().rposition(Option::is_some).unwrap_or(MAX_LAYERS - 1) as u8
    }

    /// Whether packets come of it.
    pub fn is_alive(&self, layer: u8) -> bool {
        let silent = self.silent.get(usize::from(layer)).copied().flatten();
        silent.is_some_and(|silent| silent < self.silence(usize::from(layer)))
    }

    /// Whether its layers share a stream.
    pub fn is_scalable(&self) -> bool {
        self.scalable
    }

    /// Whether only those who are told of its layers decode more than the lowest.
    pub fn needs_descriptor(&self) -> bool {
        self.scalable && self.av1
    }

    /// Of which stream a keyframe brings a spatial layer.
    pub fn stream_of(&self, spatial: u8) -> u8 {
        if self.scalable { 0 } else { spatial }
    }

    /// What each spatial layer costs with its temporal layers up to each, in bit/s, as last measured, and with the spatial layers below it where
    /// it is of no use without them; 0 where there is nothing, or where nothing was measured yet. All of a layer stands in the last
    /// place, whatever its temporal layers are.
    pub fn costs(&self) -> [[u32; MAX_TEMPORAL]; MAX_LAYERS] {
        let mut below = [0; MAX_TEMPORAL];
        self.rates.measured.map(|rates| {
            if !self.scalable {
                return up_to_each(&rates);
            }
            if rates.iter().all(|rate| *rate == 0) {
                return rates;
            }
            rates.iter().zip(&mut below).for_each(|(rate, below)| *below += rate);
            up_to_each(&below)
        })
    }

    /// What all of a layer costs, in bit/s.
    pub fn cost(&self, layer: u8) -> u32 {
        self.rates.measured.get(usize::from(layer)).map_or(0, |rates| rates.iter().sum())
    }

    /// How tall a layer's picture is, in pixels, where a keyframe told.
    pub fn height(&self, layer: u8) -> Option<u16> {
        self.heights.get(usize::from(layer)).copied().filter(|height| *height > 0)
    }
}

/// Sums over the temporal layers, with that of all of them in the last place.
fn up_to_each(rates: &[u32; MAX_TEMPORAL]) -> [u32; MAX_TEMPORAL] {
    let all: u32 = rates.iter().sum();
    let (mut sum, mut costs) = (0, [0; MAX_TEMPORAL]);
    for (rate, cost) in rates.iter().zip(&mut costs) {
        sum += rate;
        *cost = if *rate > 0 && sum < all { sum } else { 0 };
    }
    costs[MAX_TEMPORAL - 1] = all;
    costs
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hears these layers at one moment, in this order, and tells the target after each.
    fn hear(layers: &mut Layers, at: Instant, order: &[u8]) -> Vec<u8> {
        let target = |layer: &u8| {
            layers.heard(*layer, at);
            layers.target()
        };
        order.iter().map(target).collect()
    }

    #[test]
    fn a_pause_of_all_layers_changes_nothing() {
        for before in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let (mut layers, start) = (Layers::default(), Instant::now());
            hear(&mut layers, start, &before);
            for second in 1..5 {
                let at = start + Duration::from_secs(second);
                assert_eq!(hear(&mut layers, at, &[0, 1, 2]), [2, 2, 2], "after {before:?}");
                assert_eq!(hear(&mut layers, at, &before), [2, 2, 2], "and once more as {before:?}");
            }
        }
    }

    #[test]
    fn a_pause_in_the_middle_of_a_frame_changes_nothing_either() {
        let (mut layers, start) = (Layers::default(), Instant::now());
        hear(&mut layers, start, &[0, 1, 2]);
        hear(&mut layers, start + Duration::from_millis(33), &[0]);
        let after = start + Duration::from_secs(3);
        assert_eq!(hear(&mut layers, after, &[1, 2, 0]), [2, 2, 2]);
    }

    #[test]
    fn after_a_flow_was_cut_off_each_layer_has_to_be_heard_again() {
        let (mut layers, start) = (Layers::default(), Instant::now());
        let mut at = start;
        for _ in 0..CLOSE_PACKETS {
            at += Duration::from_millis(33);
            hear(&mut layers, at, &[0, 1, 2]);
        }
        assert_eq!(hear(&mut layers, at + CUT, &[1, 0, 2]), [1, 1, 2]);
        assert_eq!(layers.top(), 2, "what there was is remembered");
        assert_eq!(hear(&mut layers, at + CUT * 2, &[0, 1, 2]), [2, 2, 2], "it did not flow since");
    }

    /// How long after its last frame the highest of three layers with a frame every so many milliseconds is missed.
    fn missed_after(frame: u64) -> Duration {
        let (mut layers, start) = (Layers::default(), Instant::now());
        let at = |step: u64| start + Duration::from_millis(frame * step);
        (0..200).for_each(|step| drop(hear(&mut layers, at(step), &[0, 1, 2])));
        let stopped = (200..).find(|step| hear(&mut layers, at(*step), &[0, 1]).contains(&1)).unwrap();
        at(stopped) - at(199)
    }

    #[test]
    fn a_layer_that_stops_alone_is_missed_the_sooner_the_more_frames_it_had() {
        assert_eq!(missed_after(20), LEAST_SILENCE);
        assert_eq!(missed_after(50), Duration::from_millis(150));
        assert_eq!(missed_after(150), Duration::from_millis(450));
    }

    #[test]
    fn a_layer_of_a_slow_publisher_that_stops_alone_is_missed_within_a_few_frames() {
        let (mut layers, start) = (Layers::default(), Instant::now());
        hear(&mut layers, start, &[0, 1, 2]);
        let targets: Vec<_> =
            (1..5).map(|second| hear(&mut layers, start + Duration::from_secs(second), &[0, 1])[1]).collect();
        assert_eq!(targets, [2, 2, 1, 1]);
    }
}
