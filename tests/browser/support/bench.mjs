// A stage to measure media on: a server, a Chromium, one publisher with a voice and a picture, and viewers who come and go.

import { readFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join as path } from "node:path";
import { join, launchChromium } from "./browser.mjs";
import { pause } from "./media.mjs";
import { epoch, Quality } from "./quality.mjs";
import { startServer } from "./server.mjs";
import { UdpWire } from "./udp_wire.mjs";
import { writeVoice } from "./voice.mjs";
import { SETTLE_MS, THIN_SETTLE_MS } from "./networks.mjs";

/** Chromium's fake camera at a real camera's rate; it makes 20 frames a second unless told. */
const CAMERA_FPS = 30;
/** The heights of the page's three layers. */
export const TOP_HEIGHT = 720;
const LOWEST_HEIGHT = 180;
/** For a viewer to have the top layer on a clean network, or for the publisher to send it. */
const TOP_PATIENCE_MS = 20_000;
/** For the sample in which a window ends. */
const SAMPLED_MS = 400;

export class Bench {
  static async start({ server } = {}) {
    const voice = await writeVoice(path(tmpdir(), `proscenium-voice-${process.pid}.wav`));
    const own = await launchChromium(
      `--use-fake-device-for-media-stream=fps=${CAMERA_FPS}`,
      `--use-file-for-fake-audio-capture=${voice}`,
      // Pages that others cover go on as if they were seen.
      "--disable-backgrounding-occluded-windows",
      "--disable-renderer-backgrounding",
    );
    const bench = new Bench();
    return Object.assign(bench, { own, server: server ?? (await startServer()), ownsServer: !server, seed: 1, wires: new Set() });
  }

  async stop() {
    await this.own.close();
    for (const wire of this.wires) wire.close();
    if (this.ownsServer) await this.server.discard();
  }

  /** A room with somebody on stage, over a wire of their own. */
  async scene() {
    const room = await this.server.room({ access: "open" });
    const publisher = await this.#enter(room, "Ada");
    await publisher.joinStage();
    return { room, publisher, id: await publisher.id() };
  }

  async endScene({ room, publisher }) {
    await this.#leave(publisher);
    await this.server.api("DELETE", `/api/v1/rooms/${room}`);
  }

  /** A viewer of the scene who has the top layer, with the reading of their stats begun. */
  async viewer(scene, name, network = {}) {
    const viewer = await this.#enter(scene.room, name, network);
    viewer.quality = new Quality(viewer, scene.id).start();
    return viewer;
  }

  async #enter(room, name, network = {}) {
    const wire = new UdpWire({ seed: this.seed++, ...network });
    this.wires.add(wire);
    const person = await join(this.server, room, name, "viewer", { own: this.own, wire });
    await person.page.evaluate(paintNoPictures);
    return Object.assign(person, { wire });
  }

  async #leave(person) {
    await person.quality?.stop().catch(() => undefined);
    await person.leave();
    person.wire.close();
    this.wires.delete(person.wire);
  }

  leave(viewer) {
    return this.#leave(viewer);
  }

  /** Until the viewer is shown the top layer; answers what is wrong when that does not come, as a list of sentences. */
  async atTop(viewer) {
    const shown = () => viewer.quality.samples.at(-1)?.video?.height;
    const deadline = epoch() + TOP_PATIENCE_MS;
    while (shown() !== TOP_HEIGHT) {
      if (epoch() > deadline) return [`on a clean link still ${shown() ?? 0} lines after ${TOP_PATIENCE_MS / 1000} s`];
      await pause(100);
    }
    return [];
  }

  /** Puts `who`'s link under `row`, and answers what `viewers` saw and heard in a window of `ms`, and what was inflicted. */
  async window(row, who, viewers, ms, settleMs = SETTLE_MS) {
    who.wire.set(row);
    await pause(settleMs);
    const before = who.wire.counts();
    const cpu = busy();
    const from = epoch();
    await pause(ms);
    const to = epoch();
    const result = { row: row.name, ...cpu(), inflicted: inflicted(before, who.wire.counts(), to - from), timing: { ...who.wire.timing } };
    // The sample that ends the window.
    await pause(SAMPLED_MS);
    result.viewers = viewers.map((viewer) => viewer.quality.report(from, to));
    return result;
  }

  /** A link that is wide, thin and wide again, for `ms` each. */
  async change(row, viewer, ms) {
    viewer.wire.set(row.wide);
    await pause(SETTLE_MS);
    const starts = [];
    const before = viewer.wire.counts();
    const cpu = busy();
    for (const phase of [row.wide, row.thin, row.wide]) {
      viewer.wire.set(phase);
      starts.push(epoch());
      await pause(ms);
    }
    const to = epoch();
    const load = cpu();
    await pause(SAMPLED_MS);
    const { quality } = viewer;
    const [first, second, third] = starts;
    const wide = quality.report(first, second);
    return {
      row: row.name,
      ...load,
      starts: starts.map((start) => start - first),
      rates: [row.wide, row.thin, row.wide].map((phase) => phase.down.rate),
      inflicted: inflicted(before, viewer.wire.counts(), to - first),
      wide,
      thin: quality.report(second + THIN_SETTLE_MS, third),
      entering: quality.report(second, second + THIN_SETTLE_MS),
      recovered: quality.report(third, to),
      wideHeight: wide.heights[0].height,
      lowestHeight: LOWEST_HEIGHT,
      returnedMs: quality.returned(third, wide.heights[0].height),
      line: line(quality.samples, first, to),
    };
  }
}

/**
 * Runs in the page. Painting pictures of 720 lines without a graphics card takes three times what decoding them takes, and two cores then
 * measure themselves. What is received, decoded and handed to the element is the same, and so is the size of the tile.
 */
function paintNoPictures() {
  document.styleSheets[0].insertRule("video { visibility: hidden !important }");
}

/** What the wire did between two of its counts, as shares of what was sent, by direction. */
function inflicted(before, after, ms) {
  const ways = {};
  for (const way of ["up", "down"]) {
    const grown = Object.fromEntries(Object.keys(after[way]).map((name) => [name, after[way][name] - (before[way][name] ?? 0)]));
    const share = (count) => (grown.taken > 0 ? count / grown.taken : 0);
    ways[way] = {
      datagrams: grown.taken,
      bitrate: (grown.takenBytes * 8000) / ms,
      lost: share(grown.lost),
      overflowed: share(grown.overflowed),
      duplicated: share(grown.duplicated),
      held: share(grown.held),
      delayMs: grown.given > 0 ? grown.delayedMs / grown.given : 0,
    };
  }
  return ways;
}

/** The course of a change: seconds from its beginning, bits a second received, height, frames a second. */
function line(samples, from, to) {
  const course = [];
  const inside = samples.filter((one) => one.at >= from && one.at <= to);
  for (let index = 1; index < inside.length; index += 1) {
    const [before, after] = [inside[index - 1], inside[index]];
    const seconds = (after.at - before.at) / 1000;
    const bytes = ["video", "audio"].reduce((sum, kind) => {
      if (!after[kind] || before[kind]?.stream !== after[kind].stream) return sum;
      return sum + after[kind].bytesReceived - before[kind].bytesReceived + after[kind].headerBytesReceived - before[kind].headerBytesReceived;
    }, 0);
    const decoded = before.video?.stream === after.video?.stream ? (after.video?.framesDecoded ?? 0) - (before.video?.framesDecoded ?? 0) : 0;
    course.push({ seconds: (after.at - from) / 1000, bitrate: (bytes * 8) / seconds, height: decoded > 0 ? after.video.height : 0, fps: decoded / seconds });
  }
  return course;
}

/**
 * Starts a clock of what the machine's cores do; it answers since then: `cores`, how many were busy, and `starved`, the share of the time in
 * which something that could have run waited for a core (the kernel's pressure stall information), or null where that is not kept.
 */
function busy() {
  const before = times();
  return () => {
    const after = times();
    const starved = before.stalledUs === null ? null : (after.stalledUs - before.stalledUs) / 1000 / (after.at - before.at);
    return { cores: (cpus().length * (after.busy - before.busy)) / Math.max(1, after.all - before.all), starved };
  };
}

function times() {
  const sum = { at: performance.now(), stalledUs: stalled(), busy: 0, all: 0 };
  for (const { times: one } of cpus()) {
    const all = Object.values(one).reduce((total, ms) => total + ms, 0);
    sum.all += all;
    sum.busy += all - one.idle;
  }
  return sum;
}

function stalled() {
  try {
    return Number(/^some .*total=(\d+)/m.exec(readFileSync("/proc/pressure/cpu", "utf8"))[1]);
  } catch {
    return null;
  }
}
