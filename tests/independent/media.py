"""Pictures and sound for aiortc, and what is made of those received."""

import asyncio
import math
from fractions import Fraction

import numpy
from aiortc import MediaStreamTrack, VideoStreamTrack
from av import AudioFrame, VideoFrame


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
    """What came: decoded pictures that show something, and the energy of the sound."""

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
