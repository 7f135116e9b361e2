// What another participant really sees and hears: decoded frames and audio energy, never messages.

import assert from "node:assert/strict";

/** Runs in the page before its own scripts: keeps every peer connection and socket, so that tests can ask and hurt them. */
export function watchMedia() {
  const connections = [];
  const sockets = [];
  window.watched = { connections, sockets };
  const Connection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(...configuration) {
      super(...configuration);
      connections.push(this);
    }
  };
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...address) {
      super(...address);
      sockets.push(this);
    }
  };
}

/** What `page` received so far in the track that a video element of `participant` shows; -1 without a picture. */
export async function frames(page, participant) {
  return page.evaluate(async (id) => {
    const video = document.querySelector(`[data-participant="${id}"] video`);
    const shown = video?.srcObject?.getVideoTracks()[0];
    if (!shown || video.videoWidth === 0) return -1;
    for (const connection of window.watched.connections) {
      if (connection.connectionState === "closed") continue;
      for (const stat of (await connection.getStats()).values()) {
        if (stat.type === "inbound-rtp" && stat.trackIdentifier === shown.id) return stat.framesDecoded ?? 0;
      }
    }
    return -1;
  }, participant);
}

/** Audio energy (RTCInboundRtpStreamStats.totalAudioEnergy) and packets that `page` received, all people together, so far. */
export async function sound(page) {
  return page.evaluate(async () => {
    const sum = { energy: 0, packets: 0 };
    for (const connection of window.watched.connections) {
      if (connection.connectionState === "closed") continue;
      for (const stat of (await connection.getStats()).values()) {
        if (stat.type !== "inbound-rtp" || stat.kind !== "audio") continue;
        sum.energy += stat.totalAudioEnergy ?? 0;
        sum.packets += stat.packetsReceived;
      }
    }
    return sum;
  });
}

/** Watches every frame that `viewer` decodes of `participant`; `gap()` is the longest time without one so far, in milliseconds. */
export async function watchFrames(viewer, participant) {
  await viewer.page.evaluate((id) => {
    const [track] = document.querySelector(`[data-participant="${id}"] video`).srcObject.getVideoTracks();
    const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
    const seen = { last: performance.now(), longest: 0, frames: 0 };
    window.watched.frames = seen;
    void (async () => {
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        next.value.close();
        const now = performance.now();
        seen.longest = Math.max(seen.longest, now - seen.last);
        seen.last = now;
        seen.frames += 1;
      }
    })();
  }, participant);
  return {
    /** Counts from here on. */
    start: () => viewer.page.evaluate(() => (window.watched.frames.longest = 0)),
    gap: () => viewer.page.evaluate(() => Math.round(Math.max(window.watched.frames.longest, performance.now() - window.watched.frames.last))),
    frames: () => viewer.page.evaluate(() => window.watched.frames.frames),
  };
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Chromium's fake microphone beeps once a second: a window that holds one for sure. */
const LISTEN_MS = 1600;
/** A stream that ends within a beep is played on by the decoder's concealment, fading for up to a second. */
const SETTLE_MS = 1000;
/** A beep gives about 0.01; comfort noise of a muted stream under 1e-6. */
const HEARD = 1e-4;
/** Frames that count as a moving picture, and the time they may take. */
const SEEN_FRAMES = 5;
const WATCH_MS = 1500;

/** Waits until `viewer` sees new frames of `participant`. */
export async function assertSees(viewer, participant, patience = 15_000) {
  const deadline = Date.now() + patience;
  let first = -1;
  let last = -1;
  while (Date.now() < deadline) {
    last = await frames(viewer.page, participant);
    if (first < 0) first = last;
    if (first >= 0 && last - first >= SEEN_FRAMES) return;
    await pause(100);
  }
  assert.fail(`${viewer.name} does not see ${participant}: frames went from ${first} to ${last} in ${patience} ms`);
}

/** Asserts that `viewer` gets not one frame of `participant` for a while. */
export async function assertSeesNothing(viewer, participant, watch = WATCH_MS) {
  const before = await frames(viewer.page, participant);
  await pause(watch);
  const after = await frames(viewer.page, participant);
  assert.ok(after === -1 || after === before, `${viewer.name} saw ${after - before} frames of ${participant}`);
}

/** Waits until `viewer` hears something. */
export async function assertHears(viewer, patience = 15_000) {
  const before = await sound(viewer.page);
  const deadline = Date.now() + patience;
  let gained = 0;
  while (Date.now() < deadline) {
    await pause(100);
    gained = (await sound(viewer.page)).energy - before.energy;
    if (gained > HEARD) return;
  }
  assert.fail(`${viewer.name} hears nothing: energy ${gained} in ${patience} ms`);
}

/** Asserts that `viewer` gets not one packet of sound for a while, and that what plays is silence once `settle` is over. */
export async function assertHearsNothing(viewer, settle = SETTLE_MS) {
  // What was on the wire when this was called.
  await pause(100);
  const silent = await sound(viewer.page);
  await pause(settle);
  const before = await sound(viewer.page);
  await pause(LISTEN_MS);
  const after = await sound(viewer.page);
  assert.equal(after.packets, silent.packets, `${viewer.name} got packets of sound`);
  assert.ok(after.energy - before.energy < HEARD, `${viewer.name} heard something: energy ${after.energy - before.energy}`);
}

/** Waits until `condition` holds; says what it waited for. */
export async function eventually(what, condition, patience = 15_000) {
  const deadline = Date.now() + patience;
  let last;
  while (Date.now() < deadline) {
    last = await condition();
    if (last) return last;
    await pause(100);
  }
  assert.fail(`${what}: not within ${patience} ms (last: ${JSON.stringify(last)})`);
}

export { pause };
