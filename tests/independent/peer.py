"""A participant on an independent WebRTC stack (aiortc): speaks docs/protocol.md, goes on stage, or watches, and says what it received.

Prints one JSON object a line: {"event": "joined"}, {"event": "on_stage"}, and twice a second {"event": "media", "frames", "energy"}.
"""

import argparse
import asyncio
import json
import math
import sys

import aiohttp
import numpy
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack
from av import AudioFrame, VideoFrame
from fractions import Fraction

VERSION = 1
SLOTS_PER_KIND = 2


def say(event, **facts):
    print(json.dumps({"event": event, **facts}), flush=True)


class MovingPicture(VideoStreamTrack):
    """Bars that move, so that every frame differs from the one before."""

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        picture = numpy.zeros((360, 640, 3), numpy.uint8)
        shift = (pts // 3000) % 64
        picture[:, (numpy.arange(640) + shift) % 64 < 32] = (40, 160, 220)
        frame = VideoFrame.from_ndarray(picture, format="bgr24")
        frame.pts, frame.time_base = pts, time_base
        return frame


class Tone(MediaStreamTrack):
    """440 Hz at half the full scale."""

    kind = "audio"
    RATE = 48_000
    SAMPLES = 960

    def __init__(self):
        super().__init__()
        self.position = 0
        self.start = None

    async def recv(self):
        loop = asyncio.get_running_loop()
        self.start = self.start or loop.time()
        due = self.start + self.position / self.RATE
        await asyncio.sleep(max(0, due - loop.time()))
        times = (self.position + numpy.arange(self.SAMPLES)) / self.RATE
        wave = (numpy.sin(2 * math.pi * 440 * times) * 16_000).astype(numpy.int16)
        frame = AudioFrame.from_ndarray(wave.reshape(1, -1), format="s16", layout="mono")
        frame.pts, frame.sample_rate, frame.time_base = self.position, self.RATE, Fraction(1, self.RATE)
        self.position += self.SAMPLES
        return frame


class Received:
    """What the slots brought."""

    def __init__(self):
        self.frames = 0
        self.energy = 0.0
        self.tasks = []

    def watch(self, track):
        self.tasks.append(asyncio.ensure_future(self._pictures(track) if track.kind == "video" else self._sound(track)))

    async def _pictures(self, track):
        while True:
            frame = await track.recv()
            if frame.to_ndarray(format="gray").std() > 1:
                self.frames += 1

    async def _sound(self, track):
        while True:
            samples = (await track.recv()).to_ndarray().astype(numpy.float64) / 32_768
            self.energy += float((samples**2).mean())


class Participant:
    def __init__(self, socket):
        self.socket = socket
        self.commands = 0
        self.replies = {}
        self.connection = RTCPeerConnection()
        self.received = Received()
        self.connection.on("track", self.received.watch)

    async def read(self):
        async for message in self.socket:
            frame = json.loads(message.data)
            if frame["type"] in ("answer", "done", "refused"):
                self.replies.pop(frame["id"]).set_result(frame)
            elif frame["type"] in ("error", "closing"):
                say("ended", frame=frame)
                return

    async def command(self, do, **fields):
        self.commands += 1
        reply = self.replies[self.commands] = asyncio.get_running_loop().create_future()
        await self.socket.send_json({"type": "command", "id": self.commands, "command": {"do": do, **fields}})
        frame = await asyncio.wait_for(reply, 15)
        if frame["type"] == "refused":
            raise RuntimeError(f"{do} was refused: {frame['refusal']}")
        return frame

    async def connect(self, publish):
        senders = {"mic": self.connection.addTransceiver("audio", direction="sendonly")} if publish else {}
        if publish:
            senders["camera"] = self.connection.addTransceiver("video", direction="sendonly")
        for kind in ("audio", "video"):
            for _ in range(SLOTS_PER_KIND):
                self.connection.addTransceiver(kind, direction="recvonly")
        await self.connection.setLocalDescription(await self.connection.createOffer())
        sources = {name: transceiver.mid for name, transceiver in senders.items()}
        answer = await self.command("offer", connection=1, sdp=self.connection.localDescription.sdp, sources=sources)
        await self.connection.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))
        if publish:
            senders["mic"].sender.replaceTrack(Tone())
            senders["camera"].sender.replaceTrack(MovingPicture())
            await self.command("join_stage", sources={"mic": True, "camera": True})
            say("on_stage")


async def main():
    options = argparse.ArgumentParser()
    options.add_argument("--server", required=True)
    options.add_argument("--room", required=True)
    options.add_argument("--token", required=True)
    options.add_argument("--publish", action="store_true")
    options.add_argument("--seconds", type=float, default=60)
    options = options.parse_args()
    address = options.server.replace("http", "ws", 1) + f"/api/v1/rooms/{options.room}/socket"
    async with aiohttp.ClientSession() as client, client.ws_connect(address) as socket:
        await socket.send_json({"type": "hello", "version": VERSION, "token": options.token})
        welcome = await socket.receive_json()
        if welcome["type"] != "welcome":
            sys.exit(f"not welcome: {welcome}")
        say("joined", participant=welcome["you"])
        participant = Participant(socket)
        reading = asyncio.ensure_future(participant.read())
        await participant.connect(options.publish)
        for _ in range(int(options.seconds * 2)):
            await asyncio.sleep(0.5)
            await socket.send_json({"type": "ping"})
            say("media", frames=participant.received.frames, energy=participant.received.energy)
            if reading.done():
                break
        await participant.connection.close()


asyncio.run(main())
