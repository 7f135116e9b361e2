// What a viewer saw and heard over a time: samples of getStats, and what they say of a window.
//
// Frozen is Chromium's `totalFreezesDuration` (a frame came later than three times the usual pause, and at least 150 ms more than it) and
// `totalPausesDuration`. It counts a standstill only when the next frame is there; so one that lasts beyond the window's end is
// added, and what of one lay before its beginning is taken off. Without a picture everything is frozen.
//
// Concealed is what the decoder made up of all that it played (`concealedSamples` of `totalSamplesReceived`), silence included.

import { pause } from "./media.mjs";

const SAMPLE_MS = 200;
/** A standstill at the edge of a window counts from this length on; it is known to one sample. */
const STANDSTILL_MS = 300;
/** A size has to last so long to be the one that is shown. */
const HELD_MS = 1000;
const HELD_FRAMES = 10;

const VIDEO = [
  "framesDecoded", "framesDropped", "totalFreezesDuration", "totalPausesDuration", "freezeCount", "packetsReceived", "packetsLost", "nackCount",
  "pliCount", "bytesReceived", "headerBytesReceived", "retransmittedPacketsReceived", "jitterBufferDelay", "jitterBufferEmittedCount", "keyFramesDecoded",
];
const AUDIO = [
  "concealedSamples", "silentConcealedSamples", "totalSamplesReceived", "packetsReceived", "packetsLost", "nackCount", "bytesReceived",
  "headerBytesReceived", "retransmittedPacketsReceived", "fecPacketsReceived", "jitterBufferDelay", "jitterBufferEmittedCount", "packetsDiscarded",
];

/** Runs in the page: the inbound streams that `participant`'s tile and voice play, as they stand. */
async function look([participant, videoNames, audioNames]) {
  const playing = {
    video: document.querySelector(`[data-participant="${participant}"] video`)?.srcObject?.getVideoTracks()[0],
    audio: document.querySelector(`audio[data-voice="${participant}"]`)?.srcObject?.getAudioTracks()[0],
  };
  const found = { at: performance.timeOrigin + performance.now(), video: null, audio: null, connections: window.watched.connections.length };
  const report = await window.watched.connections.at(-1)?.getStats();
  for (const stat of report?.values() ?? []) {
    if (stat.type !== "inbound-rtp" || stat.trackIdentifier !== playing[stat.kind]?.id) continue;
    const names = stat.kind === "video" ? videoNames : audioNames;
    const one = { stream: `${found.connections}/${stat.id}`, height: stat.frameHeight ?? 0 };
    for (const name of names) one[name] = stat[name] ?? 0;
    found[stat.kind] = one;
  }
  return found;
}

export class Quality {
  #going;

  constructor(person, participant) {
    Object.assign(this, { person, participant, samples: [], reading: false });
  }

  start() {
    this.reading = true;
    this.#going = this.#read();
    return this;
  }

  async stop() {
    this.reading = false;
    await this.#going;
  }

  async #read() {
    while (this.reading) {
      const began = Date.now();
      const sample = await this.person.page.evaluate(look, [this.participant, VIDEO, AUDIO]).catch(() => undefined);
      // A page that is gone is not read; what is asked of it afterwards finds no samples and says so.
      if (!sample) return;
      this.samples.push(sample);
      await pause(Math.max(20, SAMPLE_MS - (Date.now() - began)));
    }
  }

  /** The window from `from` to `to`, in ms as of `epoch()`. */
  report(from, to) {
    return report(this.samples, from, to);
  }

  /** How long after `change` a picture of at least `height` was there and stayed; null when it did not come. */
  returned(change, height) {
    return returned(this.samples, change, height);
  }
}

/** Now, in the time of the samples. */
export const epoch = () => performance.timeOrigin + performance.now();

/** Pure: what the samples say of a window. Times in ms, shares from 0 to 1, rates in bits a second. */
export function report(samples, from, to) {
  const first = Math.max(0, samples.findLastIndex((one) => one.at <= from));
  const end = samples.findLastIndex((one) => one.at <= to);
  const window = samples.slice(first, end + 1);
  if (window.length < 2) throw new Error(`no samples from ${from} to ${to}`);
  const ms = window.at(-1).at - window[0].at;
  const grown = (kind, name) => growth(window, kind, name);
  const ratio = (kind, part, whole) => (grown(kind, whole) > 0 ? grown(kind, part) / grown(kind, whole) : null);
  const bytes = (kind) => grown(kind, "bytesReceived") + grown(kind, "headerBytesReceived");
  return {
    ms,
    frozen: Math.min(1, frozenMs(samples, first, end) / ms),
    freezes: grown("video", "freezeCount"),
    fps: grown("video", "framesDecoded") / (ms / 1000),
    heights: heights(window),
    keyframes: grown("video", "keyFramesDecoded"),
    framesDropped: grown("video", "framesDropped"),
    // Nothing played is nothing heard: all made up.
    concealed: ratio("audio", "concealedSamples", "totalSamplesReceived") ?? 1,
    silent: ratio("audio", "silentConcealedSamples", "totalSamplesReceived") ?? 1,
    bitrate: ((bytes("video") + bytes("audio")) * 8000) / ms,
    video: { ...transport(grown, "video"), plis: grown("video", "pliCount"), bufferMs: delay(ratio, "video") },
    audio: { ...transport(grown, "audio"), discarded: grown("audio", "packetsDiscarded"), fec: grown("audio", "fecPacketsReceived"), bufferMs: delay(ratio, "audio") },
    reconnections: window.at(-1).connections - window[0].connections,
  };
}

const transport = (grown, kind) => ({
  packets: grown(kind, "packetsReceived"),
  lost: grown(kind, "packetsLost"),
  repaired: grown(kind, "retransmittedPacketsReceived"),
  nacks: grown(kind, "nackCount"),
});

const delay = (ratio, kind) => {
  const seconds = ratio(kind, "jitterBufferDelay", "jitterBufferEmittedCount");
  return seconds === null ? null : seconds * 1000;
};

/** How far a counter came; one of another stream (a new peer connection) began at nothing. */
function growth(window, kind, name) {
  let sum = 0;
  for (let index = 1; index < window.length; index += 1) {
    const [before, after] = [window[index - 1][kind], window[index][kind]];
    if (after) sum += before?.stream === after.stream ? after[name] - before[name] : after[name];
  }
  return sum;
}

function frozenMs(samples, first, end) {
  const window = samples.slice(first, end + 1);
  let ms = 1000 * (growth(window, "video", "totalFreezesDuration") + growth(window, "video", "totalPausesDuration"));
  for (let index = 1; index < window.length; index += 1) {
    if (!window[index].video) ms += window[index].at - window[index - 1].at;
  }
  return Math.max(0, ms + standstill(samples, end) - standstill(samples, first));
}

/** For how long no frame had come at this sample, where that is long enough to be seen. */
function standstill(samples, index) {
  const { at, video } = samples[index];
  if (!video) return 0;
  let since = index;
  while (since > 0 && samples[since - 1].video?.stream === video.stream && samples[since - 1].video.framesDecoded === video.framesDecoded) since -= 1;
  const ms = at - samples[since].at;
  return ms >= STANDSTILL_MS ? ms : 0;
}

/** The share of the time that each height was shown, most first: `[{height, share}]`; no picture is height 0. */
function heights(window) {
  const shown = new Map();
  for (let index = 1; index < window.length; index += 1) {
    const height = window[index].video?.height ?? 0;
    shown.set(height, (shown.get(height) ?? 0) + window[index].at - window[index - 1].at);
  }
  const all = window.at(-1).at - window[0].at;
  return [...shown].map(([height, ms]) => ({ height, share: ms / all })).sort((one, other) => other.share - one.share);
}

export function returned(samples, change, height) {
  let since = null;
  for (const { at, video } of samples) {
    if (at < change) continue;
    if (!video || video.height < height) since = null;
    else since ??= { at, frames: video.framesDecoded };
    if (since === null || at - since.at < HELD_MS) continue;
    if (video.framesDecoded - since.frames >= HELD_FRAMES) return since.at - change;
    // The size of a picture that stands still says nothing.
    since = null;
  }
  return null;
}
