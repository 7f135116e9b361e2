// What a bad network does to the datagrams of one direction. No sockets and no clock: time is an argument, in milliseconds.
// `push` takes a datagram, `due` gives back what has come out of the far end by now, `next` says when there will be more.
//
// On its way a datagram meets, in this order: loss; a link of limited rate with a bounded queue (the tail is dropped); delay, with what is
// laid on top of it (jitter, being held back, a duplicate).

import { chance, seedFor } from "./chance.mjs";

/** A network that does nothing. All times in ms, all shares from 0 to 1. */
export const CLEAN = Object.freeze({
  /** Share of datagrams lost, each by itself; with `burst` above 1, in bursts of so many on average (Gilbert-Elliott). */
  loss: 0,
  burst: 1,
  /** Bits a second of UDP payload and headers, or null for no limit; how long the queue before it may get. */
  rate: null,
  queueMs: 300,
  /** On every datagram. */
  delayMs: 0,
  /** Up to twice this is added, this on average; with `overtaking` each datagram draws for itself, without it the delay drifts. */
  jitterMs: 0,
  overtaking: false,
  /** Share of datagrams held back by `heldMs`, so that those behind come first. */
  held: 0,
  heldMs: 20,
  /** Share of datagrams that come twice. */
  duplicates: 0,
});

/** IPv4 and UDP headers, which a link carries too. */
export const HEADER_BYTES = 28;
/** A drifting delay takes a new aim so often. Real queues fill and drain over some tens of milliseconds. */
const DRIFT_MS = 60;

export class Direction {
  #lose;
  #jitter;
  #hold;
  #double;
  /** Whether the Gilbert-Elliott chain is in its state of losing. */
  #losing = false;
  /** Before the link, and the bytes of all of them. Its first one is on the link and leaves at `#leaves`. */
  #queue = [];
  #queued = 0;
  #leaves = Infinity;
  /** Behind the link: a heap by the time of coming out. */
  #flying = new Heap();
  /** No datagram of an unshuffled direction comes out before this. */
  #latest = -Infinity;
  #drift = { from: 0, to: 0, since: -Infinity };

  constructor(seed, conditions = {}) {
    [this.#lose, this.#jitter, this.#hold, this.#double] = ["loss", "jitter", "hold", "double"].map((purpose) => chance(seedFor(seed, purpose)));
    this.counts = { taken: 0, takenBytes: 0, lost: 0, overflowed: 0, duplicated: 0, held: 0, given: 0, givenBytes: 0, deepestMs: 0, delayedMs: 0 };
    this.set(conditions);
  }

  /** These conditions from `now` on, and nothing of those before. What is under way keeps its delay; what waits for the link goes at the new rate. */
  set(conditions, now = 0) {
    this.conditions = { ...CLEAN, ...conditions };
    if (this.#queue.length > 0) this.#leaves = now + this.#onLink(this.#queue[0].bytes);
  }

  /** A datagram of `bytes` of payload sets out. */
  push(now, datagram, bytes) {
    const { counts } = this;
    counts.taken += 1;
    counts.takenBytes += bytes;
    if (this.#isLost()) {
      counts.lost += 1;
      return;
    }
    const one = { datagram, bytes: bytes + HEADER_BYTES, since: now };
    if (this.conditions.rate === null && this.#queue.length === 0) return this.#fly(now, one);
    const wait = this.waits();
    if (wait > this.conditions.queueMs) {
      counts.overflowed += 1;
      return;
    }
    counts.deepestMs = Math.max(counts.deepestMs, wait);
    this.#queue.push(one);
    this.#queued += one.bytes;
    if (this.#queue.length === 1) this.#leaves = now + this.#onLink(one.bytes);
  }

  /** How long a datagram waits now before it gets onto the link, about. */
  waits() {
    return this.#onLink(this.#queued);
  }

  /** When `due` has something to give; Infinity when nothing is under way. */
  next() {
    return Math.min(this.#leaves, this.#flying.first?.at ?? Infinity);
  }

  /** What came out up to `now`, in the order of coming out: `{at, datagram}`. */
  due(now) {
    // The link's times are its own, not those of whoever asks late: a rate is kept however seldom it is looked at.
    while (this.#leaves <= now) {
      const at = this.#leaves;
      const one = this.#queue.shift();
      this.#queued -= one.bytes;
      this.#leaves = this.#queue.length > 0 ? at + this.#onLink(this.#queue[0].bytes) : Infinity;
      this.#fly(at, one);
    }
    const out = [];
    while (this.#flying.first?.at <= now) {
      const one = this.#flying.pop();
      this.counts.given += 1;
      this.counts.givenBytes += one.bytes - HEADER_BYTES;
      this.counts.delayedMs += one.at - one.since;
      out.push(one);
    }
    return out;
  }

  /** Gilbert-Elliott with a state that loses nothing and one that loses all; independent loss is its case of bursts without memory. */
  #isLost() {
    const { loss, burst } = this.conditions;
    if (loss <= 0) return false;
    if (burst <= 1) return this.#lose() < loss;
    const leave = 1 / burst;
    const enter = (leave * loss) / (1 - loss);
    this.#losing = this.#losing ? this.#lose() >= leave : this.#lose() < enter;
    return this.#losing;
  }

  #onLink(bytes) {
    const { rate } = this.conditions;
    return rate === null ? 0 : (bytes * 8000) / rate;
  }

  #fly(now, one) {
    const { delayMs, jitterMs, overtaking, held, heldMs, duplicates } = this.conditions;
    const steady = now + delayMs + (overtaking ? this.#jitter() * 2 * jitterMs : this.#drifting(now, jitterMs));
    const isHeld = held > 0 && this.#hold() < held;
    if (isHeld) this.counts.held += 1;
    // Only what was asked to overtake overtakes: a delay that is taken back lets nobody pass.
    const at = isHeld ? steady + heldMs : overtaking ? steady : Math.max(steady, this.#latest);
    if (!isHeld) this.#latest = at;
    this.#flying.push({ ...one, at });
    if (duplicates > 0 && this.#double() < duplicates) {
      this.counts.duplicated += 1;
      this.#flying.push({ ...one, at });
    }
  }

  /** A delay between 0 and twice `jitterMs` that goes from one aim to the next. */
  #drifting(now, jitterMs) {
    if (jitterMs === 0) return 0;
    const drift = this.#drift;
    if (now - drift.since >= DRIFT_MS) Object.assign(drift, { from: drift.to, to: this.#jitter() * 2 * jitterMs, since: now });
    return drift.from + (drift.to - drift.from) * ((now - drift.since) / DRIFT_MS);
  }
}

/** By `at`, and by the order of coming in where that is the same. */
class Heap {
  #items = [];
  #count = 0;

  get first() {
    return this.#items[0];
  }

  push(item) {
    item.order = this.#count++;
    const items = this.#items;
    let index = items.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!sooner(item, items[parent])) break;
      items[index] = items[parent];
      index = parent;
    }
    items[index] = item;
  }

  pop() {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (items.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && sooner(items[child + 1], items[child])) child += 1;
      if (!sooner(items[child], last)) break;
      items[index] = items[child];
      index = child;
    }
    items[index] = last;
    return first;
  }
}

const sooner = (one, other) => one.at < other.at || (one.at === other.at && one.order < other.order);
