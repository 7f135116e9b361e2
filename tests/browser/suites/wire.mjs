// The instrument before what it measures: the wire inflicts what it says, and nothing else.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Direction, HEADER_BYTES } from "../support/impairment.mjs";
import { pause } from "../support/media.mjs";
import { report, returned } from "../support/quality.mjs";
import { bound, stream } from "../support/stream.mjs";
import { UdpWire } from "../support/udp_wire.mjs";
import { asRoot } from "../support/wire.mjs";

const place = (name) => fileURLToPath(new URL(`../support/${name}`, import.meta.url));
const [WIRE, STREAM] = ["wire-process.mjs", "stream.mjs"].map(place);
const BYTES = 1200;

/** Sends `count` datagrams, one every `everyMs`, each by its number; answers what came out, in order, with the time of sending. */
function through(direction, { count, everyMs, bytes = BYTES, from = 0 }) {
  const out = [];
  for (let index = 0; index < count; index += 1) {
    const now = from + index * everyMs;
    direction.push(now, { index, sent: now }, bytes);
    out.push(...direction.due(now));
  }
  while (direction.next() < Infinity) out.push(...direction.due(direction.next()));
  return out.map(({ at, datagram }) => ({ at, ...datagram }));
}

const near = (value, wanted, tolerance, what) => assert.ok(Math.abs(value - wanted) <= tolerance, `${what}: ${value}, not ${wanted} ± ${tolerance}`);

describe("the wire's network", () => {
  it("a clean one passes everything on at once and in order", () => {
    const out = through(new Direction(1), { count: 1000, everyMs: 1 });
    assert.deepEqual(out.map((one) => one.index), [...Array(1000).keys()]);
    assert.ok(out.every((one) => one.at === one.sent));
  });

  it("loses the share it was told, each datagram by itself, the same ones for the same seed", () => {
    const run = (seed) => through(new Direction(seed, { loss: 0.2 }), { count: 20_000, everyMs: 1 }).map((one) => one.index);
    const got = run(1);
    near(1 - got.length / 20_000, 0.2, 0.01, "share lost");
    near(bursts(got, 20_000), 1 / 0.8, 0.05, "length of a loss");
    assert.deepEqual(run(1), got);
    assert.notDeepEqual(run(2), got);
  });

  it("loses in bursts of the length it was told, and the same share", () => {
    const got = through(new Direction(3, { loss: 0.1, burst: 5 }), { count: 100_000, everyMs: 1 }).map((one) => one.index);
    near(1 - got.length / 100_000, 0.1, 0.01, "share lost");
    near(bursts(got, 100_000), 5, 0.4, "length of a loss");
  });

  it("a delay is a delay, and a drifting one keeps the order within its bounds", () => {
    assert.ok(through(new Direction(1, { delayMs: 150 }), { count: 100, everyMs: 3 }).every((one) => one.at - one.sent === 150));
    const out = through(new Direction(4, { jitterMs: 50 }), { count: 20_000, everyMs: 2 });
    assert.ok(out.every((one, index) => index === 0 || one.index > out[index - 1].index));
    const delays = out.map((one) => one.at - one.sent);
    near(mean(delays), 50, 5, "mean delay");
    assert.ok(Math.max(...delays) <= 100 && Math.max(...delays) > 90);
    assert.ok(Math.min(...delays) < 10);
  });

  it("a jitter that may overtake does", () => {
    const out = through(new Direction(5, { jitterMs: 50, overtaking: true }), { count: 5000, everyMs: 5 });
    near(mean(out.map((one) => one.at - one.sent)), 50, 3, "mean delay");
    assert.ok(overtaken(out) > 0.5);
  });

  it("holds back the share it was told, behind those that followed", () => {
    const direction = new Direction(6, { held: 0.05, heldMs: 20 });
    const out = through(direction, { count: 20_000, everyMs: 5 });
    near(overtaken(out), 0.05, 0.01, "share out of order");
    near(direction.counts.held / 20_000, 0.05, 0.01, "share held");
    assert.equal(out.length, 20_000);
  });

  it("sends the share it was told twice", () => {
    near(through(new Direction(7, { duplicates: 0.05 }), { count: 20_000, everyMs: 1 }).length / 20_000, 1.05, 0.01, "copies");
  });

  it("a thin link carries its rate, queues so long and no longer, and drops the tail", () => {
    const direction = new Direction(8, { rate: 250_000, queueMs: 300 });
    const out = through(direction, { count: 1000, everyMs: 10 });
    const bits = (out.length - 1) * (BYTES + HEADER_BYTES) * 8;
    near(bits / ((out.at(-1).at - out[0].at) / 1000), 250_000, 500, "bits a second");
    const most = Math.max(...out.map((one) => one.at - one.sent));
    assert.ok(most <= 300 + 2 * 39.3 && most > 280, `waited ${most} ms`);
    assert.equal(direction.counts.overflowed + out.length, 1000);
    assert.deepEqual(out.map((one) => one.index), out.map((one) => one.index).toSorted((one, other) => one - other));
  });

  it("what waits goes at the new rate when the link changes, and at once when it has no limit any more", () => {
    const direction = new Direction(9, { rate: 1_000_000, queueMs: 300 });
    for (let index = 0; index < 20; index += 1) direction.push(0, index, BYTES);
    direction.set({ rate: 100_000, queueMs: 300 }, 0);
    near(direction.next(), ((BYTES + HEADER_BYTES) * 8000) / 100_000, 0.001, "the first one leaves");
    direction.set({}, 50);
    assert.equal(direction.due(50).length, 20);
    assert.equal(direction.next(), Infinity);
  });

  it("a delay that is taken back lets nobody pass", () => {
    const direction = new Direction(10, { delayMs: 100 });
    direction.push(0, "first", BYTES);
    direction.set({}, 10);
    direction.push(10, "second", BYTES);
    assert.deepEqual(direction.due(1000).map((one) => one.datagram), ["first", "second"]);
  });
});

describe("the wire's sockets", () => {
  /** An echo behind a wire, and a client before it. */
  async function echo(network, body) {
    const far = await bound();
    far.on("message", (datagram, from) => far.send(datagram, from.port, from.address));
    const client = await bound();
    const wire = new UdpWire(network);
    try {
      const { address, port } = await wire.toward({ address: "127.0.0.1", port: far.address().port });
      await body({ wire, client, send: (bytes) => client.send(bytes, port, address) });
    } finally {
      for (const one of [far, client, wire]) one.close();
    }
  }

  it("carry both directions, and never come early", () =>
    echo({ up: { delayMs: 30 }, down: { delayMs: 20 } }, async ({ wire, client, send }) => {
      const took = [];
      client.on("message", (datagram) => took.push(performance.now() - datagram.readDoubleLE(0)));
      for (let index = 0; index < 100; index += 1) {
        const stamp = Buffer.alloc(200);
        stamp.writeDoubleLE(performance.now());
        send(stamp);
        await pause(3);
      }
      await pause(200);
      assert.equal(took.length, 100);
      assert.ok(Math.min(...took) >= 50, `a round trip took ${Math.min(...took)} ms`);
      const { wakes, lateMs } = wire.timing;
      const median = took.toSorted((one, other) => one - other)[50];
      // How late they come is the machine's affair: told, as docs/media.md does, and not judged.
      console.log(`    round trip ${median.toFixed(1)} ms in the median for 50, timer late by ${(lateMs / wakes).toFixed(2)} ms on average`);
    }));

  it("lose and count: what is taken is given, lost, or was too much", () =>
    echo({ seed: 3, up: { loss: 0.3 }, down: { rate: 1_000_000, queueMs: 50 } }, async ({ wire, client, send }) => {
      let got = 0;
      client.on("message", () => (got += 1));
      for (let round = 0; round < 20; round += 1) {
        for (let index = 0; index < 10; index += 1) send(Buffer.alloc(BYTES));
        await pause(10);
      }
      await pause(200);
      const { up, down } = wire.counts();
      assert.equal(up.taken, 200);
      assert.equal(up.given + up.lost, 200);
      assert.equal(down.taken, up.given);
      assert.equal(down.given + down.overflowed, down.taken);
      assert.equal(got, down.given);
      assert.ok(up.lost > 30 && down.overflowed > 30);
    }));
});

describe("the wire beside the kernel", () => {
  it("a thin link is as thin as one of the kernel's (tbf), and its queue as long", async () => {
    const what = { count: 400, everyMs: 5, bytes: BYTES, settleMs: 600 };
    // A namespace of its own that goes with the process: nobody else's loopback becomes thin. What tbf weighs has an Ethernet header.
    const link = "tc qdisc add dev lo root tbf rate 250kbit burst 1600 latency 300ms && ip link set lo up";
    const kernel = JSON.parse(asRoot("unshare", "--net", "sh", "-c", `${link} && exec "$0" "$1" "$2"`, process.execPath, STREAM, JSON.stringify(what)));
    const wire = new UdpWire({ up: { rate: 250_000, queueMs: 300 } });
    const ours = await stream(what, wire).finally(() => wire.close());
    const line = (one) => `${one.came} came, ${Math.round(one.bitrate / 1000)} kbit/s, half of them in ${Math.round(one.medianMs)} ms`;
    console.log(`    kernel: ${line(kernel)}; wire: ${line(ours)}`);
    // As near as a busy machine leaves it: half the rate or twice the queue would be far off.
    near(ours.bitrate / kernel.bitrate, 1, 0.1, "bitrate beside the kernel's");
    near(ours.came / kernel.came, 1, 0.15, "number beside the kernel's");
    near(ours.medianMs / kernel.medianMs, 1, 0.25, "time on the way beside the kernel's");
  });
});

describe("the wire as a process of its own", () => {
  it("leads everyone on over a link of their own, and says what it did", async () => {
    const far = await bound();
    far.on("message", (datagram, from) => far.send(datagram, from.port, from.address));
    const words = [WIRE, "--to", `127.0.0.1:${far.address().port}`, "--down", JSON.stringify({ rate: 300_000, queueMs: 60 })];
    const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async () => JSON.parse((await lines.next()).value);
    const clients = await Promise.all([bound(), bound(), bound()]);
    try {
      const { address, port } = await next();
      const got = clients.map(() => 0);
      for (const [index, client] of clients.entries()) client.on("message", () => (got[index] += 1));
      // Ten at once to each: what the queue of one link holds, however many the others take.
      for (const client of clients) for (let count = 0; count < 10; count += 1) client.send(Buffer.alloc(BYTES), port, address);
      await pause(500);
      child.kill("SIGTERM");
      const { links, counts } = await next();
      assert.equal(links, 3);
      assert.ok(got.every((count) => count === got[0] && count >= 2 && count <= 4), `got ${got}`);
      assert.equal(counts.down.given, 3 * got[0]);
    } finally {
      child.kill("SIGKILL");
      for (const one of [far, ...clients]) one.close();
    }
  });
});

describe("the figures of a viewer", () => {
  /** A sample every 200 ms; `each` fills in what it likes. */
  const samples = (count, each) =>
    Array.from({ length: count }, (_, index) => {
      const one = { at: index * 200, connections: 1, video: counters(index), audio: counters(index) };
      each?.(one, index);
      return one;
    });
  const names = ["totalPausesDuration", "totalFreezesDuration", "freezeCount", "pliCount", "nackCount", "packetsLost", "retransmittedPacketsReceived"];
  const counters = (index) => ({
    stream: "1/a",
    height: 720,
    framesDecoded: index * 6,
    totalSamplesReceived: index * 9600,
    concealedSamples: index * 96,
    bytesReceived: index * 25_000,
    headerBytesReceived: 0,
    ...Object.fromEntries(names.map((name) => [name, 0])),
  });

  it("count what grew in the window", () => {
    const told = report(samples(50), 1000, 9000);
    near(told.fps, 30, 0.01, "frames a second");
    near(told.concealed, 0.01, 0.0001, "concealed");
    near(told.bitrate, 2_000_000, 1, "bitrate");
    assert.equal(told.frozen, 0);
    assert.deepEqual(told.heights, [{ height: 720, share: 1 }]);
  });

  it("a standstill that nothing ended yet is frozen time, and the part of one before the window is not", () => {
    const stopped = samples(50, (one, index) => (one.video.framesDecoded = Math.min(index, 40) * 6));
    near(report(stopped, 0, 9800).frozen, 1800 / 9800, 0.001, "frozen");
    const ended = samples(50, (one, index) => {
      one.video.framesDecoded = 60 + Math.max(0, index - 9) * 6;
      // Chromium counts all of it when the next frame is there: two seconds, one of them in the window.
      one.video.totalFreezesDuration = index < 10 ? 0 : 2;
    });
    near(report(ended, 1000, 9800).frozen, 1000 / 8800, 0.001, "frozen");
  });

  it("no picture is frozen, no sound is concealed", () => {
    const told = report(samples(50, (one) => Object.assign(one, { video: null, audio: null })), 0, 9800);
    assert.equal(told.frozen, 1);
    assert.equal(told.concealed, 1);
    assert.equal(told.fps, 0);
  });

  it("a size is back when it moves and stays, not when it only shows", () => {
    const back = samples(50, (one, index) => (one.video.height = index < 20 ? 180 : 720));
    assert.equal(returned(back, 2000, 720), 2000);
    assert.equal(returned(samples(50, (one) => (one.video.framesDecoded = 7)), 2000, 720), null);
    const brief = samples(50, (one, index) => (one.video.height = index % 4 === 0 ? 180 : 720));
    assert.equal(returned(brief, 2000, 720), null);
  });
});

/** The mean length of a gap in these numbers. */
function bursts(got, count) {
  let gaps = 0;
  let before = -1;
  for (const index of [...got, count]) {
    if (index > before + 1) gaps += 1;
    before = index;
  }
  return (count - got.length) / gaps;
}

/** The share of datagrams that came after one that was sent later. */
function overtaken(out) {
  let latest = -1;
  let late = 0;
  for (const { index } of out) {
    if (index < latest) late += 1;
    latest = Math.max(latest, index);
  }
  return late / out.length;
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
