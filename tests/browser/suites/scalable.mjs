// A camera of several layers in one stream (VP9, AV1), published by a browser over WHIP, seen by one on the page.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { open } from "../support/browser.mjs";
import { assertSees, eventually, pause } from "../support/media.mjs";
import { scene } from "../support/shared.mjs";

const MODE = "L3T3";
const [TOP, LOWEST] = [720, 180];
/** How long the picture has to hold its size, and how many frames are a moving one in that time. */
const HELD_MS = 1500;
const HELD_FRAMES = 15;

/** Runs in a page of the server: publishes by WHIP what a canvas of the top layer's size shows, in one codec; the scalability mode agreed. */
async function publish([room, token, codec, mode, height]) {
  const canvas = Object.assign(document.createElement("canvas"), { width: (height * 16) / 9, height });
  const brush = canvas.getContext("2d");
  setInterval(() => {
    const at = performance.now() / 10;
    brush.fillStyle = "#203040";
    brush.fillRect(0, 0, canvas.width, height);
    brush.fillStyle = "#f0c040";
    brush.fillRect(at % canvas.width, at % height, height / 3, height / 3);
  }, 40);
  const connection = new RTCPeerConnection();
  const [track] = canvas.captureStream(25).getVideoTracks();
  const camera = connection.addTransceiver(track, { direction: "sendonly", sendEncodings: [{ scalabilityMode: mode, maxBitrate: 1_500_000 }] });
  const { codecs } = RTCRtpSender.getCapabilities("video");
  camera.setCodecPreferences(codecs.filter(({ mimeType }) => mimeType === `video/${codec}` || mimeType === "video/rtx"));
  await connection.setLocalDescription();
  const answer = await fetch(`/whip/${room}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/sdp" },
    body: connection.localDescription.sdp,
  });
  if (answer.status !== 201) throw new Error(`${answer.status}: ${await answer.text()}`);
  await connection.setRemoteDescription({ type: "answer", sdp: await answer.text() });
  return camera.sender.getParameters().encodings[0].scalabilityMode;
}

/** What the viewer gets of the only picture there is. */
const received = (viewer) =>
  viewer.page.evaluate(async () => {
    const report = await window.watched.connections.at(-1).getStats();
    const video = [...report.values()].filter((one) => one.type === "inbound-rtp" && one.kind === "video");
    const sum = (name) => video.reduce((total, one) => total + (one[name] ?? 0), 0);
    return { frames: sum("framesDecoded"), height: Math.max(0, ...video.map((one) => one.frameHeight ?? 0)), lost: sum("packetsLost"), codec: report.get(video[0]?.codecId)?.mimeType };
  });

/** Until the viewer is shown pictures of `height` lines, moving and all the time; what it got in that time. */
async function holds(viewer, height) {
  return eventually(`a moving picture of ${height} lines`, async () => {
    const before = await received(viewer);
    if (before.height !== height) return undefined;
    await pause(HELD_MS);
    const after = await received(viewer);
    return after.height === height && after.frames - before.frames >= HELD_FRAMES ? after : undefined;
  });
}

async function saveData(viewer) {
  await viewer.control("Settings").click();
  await viewer.page.getByRole("checkbox", { name: "Save data" }).click();
  await viewer.page.keyboard.press("Escape");
}

describe("a camera of scalable layers", () => {
  for (const codec of ["VP9", "AV1"]) {
    it(`${codec}: a viewer gets the layers that are as large as its tile, and all of them again`, (test) =>
      scene(test, { access: "open" }, async ({ server, room, enter }) => {
        const bob = await enter("Bob");
        const { token } = await server.invitation(room, "Pia");
        const pia = await open(`${server.url}/healthz`);
        try {
          assert.equal(await pia.page.evaluate(publish, [room, token, codec, MODE, TOP]), MODE);
          const { id } = (await server.participants(room)).find(({ name }) => name === "Pia");
          await assertSees(bob, id);
          const top = await holds(bob, TOP);
          assert.equal(top.codec, `video/${codec}`);
          await saveData(bob);
          const lowest = await holds(bob, LOWEST);
          await saveData(bob);
          const back = await holds(bob, TOP);
          assert.deepEqual([lowest.lost, back.lost], [0, 0], "nothing is missing where layers were left out");
        } finally {
          await pia.context.close();
        }
      }));
  }
});
