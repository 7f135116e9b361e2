"""A client of WHIP or WHEP on an independent WebRTC stack (aiortc): publishes or watches, and says what it received.

Prints one JSON object a line: {"event": "answered", "location", "etag", "offer"}, and twice a second {"event": "media", "state",
"frames", "energy"}. Ends the session when its standard input is closed.
"""

import argparse
import asyncio
import json
import sys
from urllib.parse import urljoin

import aiohttp
from aiortc import RTCPeerConnection, RTCRtpReceiver, RTCRtpSender, RTCSessionDescription

from media import MovingPicture, Received, Tone


def say(event, **facts):
    print(json.dumps({"event": event, **facts}), flush=True)


def prefer(transceiver, capabilities, codec):
    if codec is None:
        return
    wanted = (f"video/{codec}", "video/rtx")
    transceiver.setCodecPreferences([one for one in capabilities.codecs if one.mimeType.lower() in wanted])


def offer_of(connection, publish, codec):
    if publish:
        connection.addTransceiver(Tone(), direction="sendonly")
        camera = connection.addTransceiver(MovingPicture(), direction="sendonly")
        prefer(camera, RTCRtpSender.getCapabilities("video"), codec)
    else:
        connection.addTransceiver("audio", direction="recvonly")
        picture = connection.addTransceiver("video", direction="recvonly")
        prefer(picture, RTCRtpReceiver.getCapabilities("video"), codec)


async def main():
    options = argparse.ArgumentParser()
    options.add_argument("--url", required=True)
    options.add_argument("--token", required=True)
    options.add_argument("--publish", action="store_true")
    options.add_argument("--codec", choices=("vp8", "h264"), help="all there are without it")
    options = options.parse_args()
    connection, received = RTCPeerConnection(), Received()
    connection.on("track", received.watch)
    offer_of(connection, options.publish, options.codec)
    await connection.setLocalDescription(await connection.createOffer())
    ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    bearer = {"Authorization": f"Bearer {options.token}"}
    async with aiohttp.ClientSession(headers=bearer) as client:
        sdp = connection.localDescription.sdp
        async with client.post(options.url, data=sdp, headers={"Content-Type": "application/sdp"}) as answer:
            text = await answer.text()
            if answer.status != 201:
                sys.exit(f"{answer.status}: {text}")
            location = urljoin(options.url, answer.headers["Location"])
            say("answered", location=location, etag=answer.headers["ETag"], offer=sdp)
        await connection.setRemoteDescription(RTCSessionDescription(text, "answer"))
        while not ended.done():
            await asyncio.wait([ended], timeout=0.5)
            say("media", state=connection.connectionState, frames=received.frames, energy=received.energy)
        async with client.delete(location) as gone:
            say("ended", status=gone.status)
        await connection.close()


asyncio.run(main())
