//! The peer connection itself: which codecs, tracks and interceptors it is made of, and how it offers.
//!
//! Retransmissions go out on the stream they repair, since no RTX is offered: the crate's NACK responder gives an RTX packet neither `mid`
//! nor `repaired-rid` (rtc-interceptor 0.21.1, `nack/responder.rs`), and the SSRCs of simulcast layers are not in the offer, so that nobody
//! could tell whose retransmission it is.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use media::sdp::SourceMids;
use media::sdp::offer::{RIDS, payload};
use media::{Loss, Mid, Source};
use rtc::ice::mdns::MulticastDnsMode;
use rtc::interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::peer_connection::configuration::media_engine::{MIME_TYPE_OPUS, MIME_TYPE_VP8};
use rtc::rtcp::payload_feedbacks::full_intra_request::FullIntraRequest;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters,
    RTCRtpHeaderExtensionCapability, RtpCodecKind,
};
use rtc::sansio::Protocol;
use rtc::sdp::extmap::{AUDIO_LEVEL_URI, SDES_MID_URI};
use tokio::sync::watch;
use webrtc::error::Error;
use webrtc::media_stream::MediaStreamTrack;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCPeerConnectionState,
    RTCSessionDescription, Registry, SettingEngineBuilder, Slot, configure_twcc_sender_only,
    register_default_interceptors,
};
use webrtc::rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit, RtpTransceiver};

use crate::error::LoadError;
use crate::sending::ssrc;

use super::feed::Steering;

/// Threads that all peer connections of this process share for their sockets and timers. With a thread of its own, a peer connection that
/// is dropped ends; without, it goes on in the background.
const REACTORS: usize = 1;

/// Behind all of the crate's own interceptors, which have seen then what is taken note of here.
const LAST: Slot = Slot::Custom(14_500);

/// Where packets are written to.
#[derive(Clone)]
pub(super) struct Tracks {
    pub(super) mic: Arc<TrackLocalStaticRTP>,
    pub(super) camera: Arc<TrackLocalStaticRTP>,
}

/// A peer connection with a microphone and a camera. It ends, without a goodbye, when this is dropped.
pub(super) struct Peer {
    connection: Box<dyn PeerConnection>,
    tracks: Tracks,
    mic: Arc<dyn RtpTransceiver>,
    camera: Arc<dyn RtpTransceiver>,
    state: watch::Receiver<RTCPeerConnectionState>,
}

/// What the crate said, in our words.
pub(super) fn failed(error: Error) -> LoadError {
    LoadError::Webrtc(error.to_string())
}

impl Peer {
    /// A peer connection on the address from which this machine reaches the server, with tracks whose SSRCs are made of `seed`.
    pub(super) async fn new(server: &str, seed: u32, steering: &Arc<Steering>) -> Result<Peer, LoadError> {
        let address = SocketAddr::new(local_address(server).await?, 0);
        let (told, state) = watch::channel(RTCPeerConnectionState::New);
        let mut engine = media_engine().map_err(failed)?;
        let registry = interceptors(&mut engine, steering).map_err(failed)?;
        // Candidates are addresses; a socket per peer that listens for names would be for nothing.
        let settings =
            SettingEngineBuilder::new().with_multicast_dns_mode(MulticastDnsMode::Disabled).build();
        let builder = PeerConnectionBuilder::new()
            .with_media_engine(engine)
            .with_setting_engine(settings)
            .with_interceptor_registry(registry)
            .with_handler(Arc::new(Told(told)))
            .with_udp_addrs(vec![address])
            .with_dedicated_reactor_pool_size(REACTORS);
        let connection = Box::new(builder.build().await.map_err(failed)?) as Box<dyn PeerConnection>;
        let tracks = Tracks { mic: Arc::new(mic(seed)), camera: Arc::new(camera(seed)) };
        let sendonly = || {
            Some(RTCRtpTransceiverInit {
                direction: RTCRtpTransceiverDirection::Sendonly,
                ..Default::default()
            })
        };
        let mic =
            connection.add_transceiver_from_track(tracks.mic.clone(), sendonly()).await.map_err(failed)?;
        let camera =
            connection.add_transceiver_from_track(tracks.camera.clone(), sendonly()).await.map_err(failed)?;
        Ok(Peer { connection, tracks, mic, camera, state })
    }

    pub(super) fn tracks(&self) -> Tracks {
        self.tracks.clone()
    }

    /// Offers. The offer has no candidates, since the server learns addresses from checks alone.
    pub(super) async fn offer(&self) -> Result<(String, SourceMids), LoadError> {
        let offer = self.connection.create_offer(None).await.map_err(failed)?;
        let text = offer.sdp.clone();
        self.connection.set_local_description(offer).await.map_err(failed)?;
        let sources =
            SourceMids { mic: mid(&self.mic).await?, camera: mid(&self.camera).await?, screen: None };
        Ok((text, sources))
    }

    /// Takes the server's answer, and begins to connect.
    pub(super) async fn answer(&self, text: String) -> Result<(), LoadError> {
        let answer = RTCSessionDescription::answer(text).map_err(failed)?;
        self.connection.set_remote_description(answer).await.map_err(failed)
    }

    /// Waits until ICE and DTLS are done.
    pub(super) async fn connected(&self, patience: Duration) -> Result<(), LoadError> {
        use RTCPeerConnectionState::{Closed, Connected, Failed};
        let mut state = self.state.clone();
        let settled = state.wait_for(|state| matches!(state, Connected | Failed | Closed));
        match tokio::time::timeout(patience, settled).await {
            Ok(Ok(state)) if *state == Connected => Ok(()),
            Ok(_) => Err(LoadError::Media(Loss::NeverConnected)),
            Err(_) => Err(LoadError::Timeout { what: "ICE and DTLS", seconds: patience.as_secs() }),
        }
    }

    /// Says goodbye (DTLS `close_notify`), and ends.
    pub(super) async fn close(&self) {
        // It fails where there is nobody to say it to.
        let _ = self.connection.close().await;
    }
}

async fn mid(transceiver: &Arc<dyn RtpTransceiver>) -> Result<Option<Mid>, LoadError> {
    let mid = transceiver.mid().await.map_err(failed)?;
    Ok(mid.as_deref().and_then(Mid::new))
}

/// Asks the kernel's routes; nothing is sent.
async fn local_address(server: &str) -> Result<IpAddr, LoadError> {
    let failed =
        |error: std::io::Error| LoadError::Machine { what: "way to the server", detail: error.to_string() };
    let host = server.split_once("://").map_or(server, |(_, host)| host);
    let address = tokio::net::lookup_host(host).await.map_err(failed)?.next();
    let address = address.ok_or_else(|| failed(std::io::Error::other("no address")))?;
    let any =
        if address.is_ipv4() { IpAddr::from(Ipv4Addr::UNSPECIFIED) } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = tokio::net::UdpSocket::bind((any, 0)).await.map_err(failed)?;
    socket.connect(address).await.map_err(failed)?;
    Ok(socket.local_addr().map_err(failed)?.ip())
}

fn opus() -> RTCRtpCodecParameters {
    let rtp_codec = RTCRtpCodec {
        mime_type: MIME_TYPE_OPUS.to_owned(),
        clock_rate: 48_000,
        channels: 2,
        sdp_fmtp_line: "minptime=10;useinbandfec=1".to_owned(),
        rtcp_feedback: Vec::new(),
    };
    RTCRtpCodecParameters { rtp_codec, payload_type: payload::OPUS }
}

fn vp8() -> RTCRtpCodecParameters {
    let rtp_codec =
        RTCRtpCodec { mime_type: MIME_TYPE_VP8.to_owned(), clock_rate: 90_000, ..RTCRtpCodec::default() };
    RTCRtpCodecParameters { rtp_codec, payload_type: payload::VP8 }
}

/// The clip's codecs, and what sound says in its headers; what pictures say comes with the interceptors.
fn media_engine() -> Result<MediaEngine, Error> {
    let mut engine = MediaEngine::default();
    engine.register_codec(opus(), RtpCodecKind::Audio)?;
    engine.register_codec(vp8(), RtpCodecKind::Video)?;
    for uri in [SDES_MID_URI, AUDIO_LEVEL_URI] {
        let extension = RTCRtpHeaderExtensionCapability { uri: uri.to_owned() };
        engine.register_header_extension(extension, RtpCodecKind::Audio, None)?;
    }
    Ok(engine)
}

/// The crate's default, which reports and retransmits; numbering for transport-wide feedback, which the default leaves out for senders; and
/// the way for requests of a keyframe to get out.
fn interceptors(engine: &mut MediaEngine, steering: &Arc<Steering>) -> Result<Registry, Error> {
    let registry = register_default_interceptors(Registry::new(), engine)?;
    let registry = configure_twcc_sender_only(registry, engine)?;
    Ok(registry.with(
        LAST,
        KeyframeRequests {
            steering: Arc::clone(steering),
            inbound: VecDeque::new(),
            outbound: VecDeque::new(),
        },
    ))
}

fn mic(seed: u32) -> TrackLocalStaticRTP {
    track("mic", RtpCodecKind::Audio, vec![coding(opus(), "", ssrc(seed, Source::Mic, 0))])
}

fn camera(seed: u32) -> TrackLocalStaticRTP {
    let layers = RIDS.iter().zip(0..);
    let codings = layers.map(|(rid, layer)| coding(vp8(), rid, ssrc(seed, Source::Camera, layer)));
    track("camera", RtpCodecKind::Video, codings.collect())
}

fn track(name: &str, kind: RtpCodecKind, codings: Vec<RTCRtpEncodingParameters>) -> TrackLocalStaticRTP {
    let name = name.to_owned();
    TrackLocalStaticRTP::new(MediaStreamTrack::new("stage".to_owned(), name.clone(), name, kind, codings))
}

fn coding(codec: RTCRtpCodecParameters, rid: &str, ssrc: u32) -> RTCRtpEncodingParameters {
    let rtp_coding_parameters =
        RTCRtpCodingParameters { rid: rid.to_owned(), ssrc: Some(ssrc), ..RTCRtpCodingParameters::default() };
    RTCRtpEncodingParameters {
        rtp_coding_parameters,
        active: true,
        codec: codec.rtp_codec,
        ..RTCRtpEncodingParameters::default()
    }
}

/// Passes on how far the peer connection is.
struct Told(watch::Sender<RTCPeerConnectionState>);

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Told {
    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        self.0.send_replace(state);
    }
}

/// Takes note of requests for a keyframe: the crate's own interceptors do not answer them, and no RTCP goes further than this.
struct KeyframeRequests {
    steering: Arc<Steering>,
    inbound: VecDeque<TaggedPacket>,
    outbound: VecDeque<TaggedPacket>,
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for KeyframeRequests {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(controls) = &packet.message.packet {
            let requests = controls.iter().filter(|control| {
                let control = control.as_any();
                control.is::<PictureLossIndication>() || control.is::<FullIntraRequest>()
            });
            requests.for_each(|_| self.steering.keyframe_requested());
        }
        self.inbound.push_back(packet);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.inbound.pop_front()
    }

    fn handle_write(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        self.outbound.push_back(packet);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.outbound.pop_front()
    }
}

impl Interceptor for KeyframeRequests {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _: &StreamInfo) {}
    fn bind_remote_stream(&mut self, _: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}
