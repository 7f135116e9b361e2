"""A participant on an independent WebRTC stack (aiortc): speaks docs/protocol.md, goes on stage, or watches, and says what it received.

Prints one JSON object a line: {"event": "joined"}, {"event": "on_stage"}, and twice a second {"event": "media", "frames", "energy"}.
"""

import argparse
import asyncio
import json
import sys

import aiohttp
from aiortc import RTCPeerConnection, RTCSessionDescription

from media import MovingPicture, Received, Tone

VERSION = 1
SLOTS_PER_KIND = 2


def say(event, **facts):
    print(json.dumps({"event": event, **facts}), flush=True)


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
