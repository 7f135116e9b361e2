// A steady stream of datagrams from one socket to another of this machine, as a process of its own, so that it can run in a network namespace:
//
//     node tests/browser/support/stream.mjs '{"count":400,"everyMs":5,"bytes":1200,"settleMs":600}'
//
// Prints how many came, in which time, and how long they took: one line of JSON.

import { pathToFileURL } from "node:url";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { pause } from "./media.mjs";

/** Streams straight, or over `wire`. */
export async function stream({ count, everyMs, bytes, settleMs }, wire) {
  const [near, far] = [await bound(), await bound()];
  const { address, port } = wire ? await wire.toward({ address: "127.0.0.1", port: far.address().port }) : far.address();
  const took = [];
  let first;
  let last;
  far.on("message", (datagram) => {
    last = performance.now();
    first ??= last;
    took.push(last - datagram.readDoubleLE(0));
  });
  const began = performance.now();
  for (let index = 0; index < count; ) {
    // By the clock, not by the timer: a timer that comes late sends the more.
    for (; index < count && began + index * everyMs <= performance.now(); index += 1) {
      const datagram = Buffer.alloc(bytes);
      datagram.writeDoubleLE(performance.now());
      near.send(datagram, port, address);
    }
    await pause(1);
  }
  await pause(settleMs);
  for (const one of [near, far]) one.close();
  return { came: took.length, bitrate: ((took.length - 1) * bytes * 8000) / (last - first), medianMs: took.toSorted((one, other) => one - other)[took.length >> 1] };
}

export async function bound() {
  const made = createSocket("udp4");
  const listening = once(made, "listening");
  made.bind(0, "127.0.0.1");
  await listening;
  return made;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) console.log(JSON.stringify(await stream(JSON.parse(process.argv[2]))));
