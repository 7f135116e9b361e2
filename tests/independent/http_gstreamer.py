"""A client of WHIP or WHEP on an independent WebRTC stack (GStreamer's webrtcbin): publishes or watches, and says what it received.

Prints one JSON object a line: {"event": "answered", "location", "etag", "offer"}, and twice a second {"event": "media", "state",
"frames", "energy"}. Ends the session when its standard input is closed. Runs on the system's Python, which has GStreamer's bindings.
"""

import argparse
import json
import sys
import threading
from urllib.error import HTTPError
from urllib.parse import urljoin
from urllib.request import Request, urlopen

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

H264 = "media=video,encoding-name=H264,clock-rate=90000,payload=96"
# What a publisher's payloader says by itself of its own stream.
H264_WANTED = f"{H264},packetization-mode=(string)1,profile-level-id=(string)42e01f"
VP8 = "media=video,encoding-name=VP8,clock-rate=90000,payload=96"
OPUS = "media=audio,encoding-name=OPUS,clock-rate=48000,encoding-params=(string)2,payload=97"
SENT = {"h264": H264, "vp8": VP8}
WANTED = {"h264": H264_WANTED, "vp8": VP8}

# A keyframe comes when it is asked for, and not by itself while a test runs.
ENCODE = {
    "vp8": "vp8enc deadline=1 keyframe-max-dist=3000 target-bitrate=800000 ! rtpvp8pay picture-id-mode=15-bit",
    "h264": "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=3000 bitrate=800 ! "
    "video/x-h264,profile=constrained-baseline ! rtph264pay config-interval=-1 aggregate-mode=zero-latency",
}
DECODE = {
    "VP8": "rtpvp8depay ! vp8dec",
    "H264": "rtph264depay ! h264parse ! avdec_h264",
    "OPUS": "rtpopusdepay ! opusdec",
}


def say(event, **facts):
    print(json.dumps({"event": event, **facts}), flush=True)


# A single element alone would be no pipeline.
WATCHING = "webrtcbin name=peer bundle-policy=max-bundle fakesrc num-buffers=0 ! fakesink"


def publishing(codec):
    return (
        "webrtcbin name=peer bundle-policy=max-bundle "
        "videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=640,height=360,framerate=30/1 ! "
        f"{ENCODE[codec]} ! application/x-rtp,{SENT[codec]} ! peer. "
        f"audiotestsrc is-live=true volume=0.5 ! opusenc ! rtpopuspay ! application/x-rtp,{OPUS} ! peer."
    )


class Client:
    def __init__(self, options):
        self.options = options
        self.frames = 0
        self.energy = 0.0
        self.location = None
        self.loop = GLib.MainLoop()
        # What the bindings would free, although GStreamer has it.
        self.kept = []
        self.pipeline = Gst.parse_launch(publishing(options.codec) if options.publish else WATCHING)
        self.peer = self.pipeline.get_by_name("peer")
        self.peer.connect("on-negotiation-needed", self.negotiate)
        self.peer.connect("pad-added", self.receive)
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message", self.heard)
        direction = GstWebRTC.WebRTCRTPTransceiverDirection
        if options.publish:
            for index in range(2):
                self.peer.emit("get-transceiver", index).set_property("direction", direction.SENDONLY)
        else:
            for caps in (OPUS, WANTED[options.codec]):
                caps = Gst.Caps.from_string(f"application/x-rtp,{caps}")
                self.peer.emit("add-transceiver", direction.RECVONLY, caps)

    def run(self):
        self.pipeline.set_state(Gst.State.PLAYING)
        threading.Thread(target=self.wait_for_the_end, daemon=True).start()
        GLib.timeout_add(500, self.tell)
        self.loop.run()
        if self.location:
            say("ended", status=self.call("DELETE", self.location).status)
        self.pipeline.set_state(Gst.State.NULL)

    def wait_for_the_end(self):
        sys.stdin.read()
        GLib.idle_add(self.loop.quit)

    def negotiate(self, _):
        self.peer.emit("create-offer", None, Gst.Promise.new_with_change_func(self.offered, None))

    def offered(self, promise, _):
        reply = promise.get_reply()
        offer = reply.get_value("offer")
        self.peer.emit("set-local-description", offer, None)
        # The server needs no candidates of ours.
        sdp = offer.sdp.as_text()
        answer = self.call("POST", self.options.url, sdp, "application/sdp")
        self.location = urljoin(self.options.url, answer.headers["Location"])
        say("answered", location=self.location, etag=answer.headers["ETag"], offer=sdp)
        _, message = GstSdp.SDPMessage.new_from_text(answer.read().decode())
        described = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, message)
        self.kept += [promise, reply, offer, message, described]
        self.peer.emit("set-remote-description", described, None)

    def call(self, method, url, body=None, kind=None):
        headers = {"Authorization": f"Bearer {self.options.token}", **({"Content-Type": kind} if kind else {})}
        try:
            return urlopen(Request(url, body.encode() if body else None, headers, method=method))
        except HTTPError as error:
            print(f"{error.code}: {error.read().decode()}", file=sys.stderr, flush=True)
            GLib.idle_add(self.loop.quit)
            raise

    def receive(self, _, pad):
        if pad.direction != Gst.PadDirection.SRC:
            return
        codec = pad.get_current_caps().get_structure(0).get_string("encoding-name")
        if codec == "OPUS":
            sink = "audioconvert ! level interval=100000000 ! fakesink sync=false"
        else:
            sink = "videoconvert ! video/x-raw,format=GRAY8 ! fakesink name=pictures sync=false signal-handoffs=true"
        receiver = Gst.parse_bin_from_description(f"{DECODE[codec]} ! {sink}", True)
        pictures = receiver.get_by_name("pictures")
        if pictures:
            pictures.connect("handoff", self.seen)
        self.pipeline.add(receiver)
        receiver.sync_state_with_parent()
        pad.link(receiver.get_static_pad("sink"))

    def seen(self, _, buffer, __):
        start = buffer.extract_dup(0, buffer.get_size())[::97]
        if max(start) - min(start) > 20:
            self.frames += 1

    def heard(self, _, message):
        if message.type == Gst.MessageType.ERROR:
            print(message.parse_error(), file=sys.stderr, flush=True)
        structure = message.get_structure()
        if structure and structure.get_name() == "level":
            decibels = structure.get_value("rms")[0]
            self.energy += 10 ** (decibels / 10)

    def tell(self):
        state = self.peer.get_property("connection-state").value_nick
        say("media", state=state, frames=self.frames, energy=self.energy)
        return True


options = argparse.ArgumentParser()
options.add_argument("--url", required=True)
options.add_argument("--token", required=True)
options.add_argument("--publish", action="store_true")
options.add_argument("--codec", choices=("vp8", "h264"), default="vp8")
Gst.init(None)
Client(options.parse_args()).run()
