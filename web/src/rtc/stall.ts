/**
 * Notices when everything that a page receives stops from one moment to the next, long before the browser does: it checks a path that it
 * trusts every few seconds only.
 *
 * Whether that is the path's fault or simply nothing is sent is not known here; the server knows.
 */

/** Between two looks. */
const LOOK_MS = 50;
/** Nothing for so long, where something came all the time, is a stall. */
const STALL_MS = 200;
/** Looks in a row, one after the other or every second, with something new: then it flows. */
const FLOWING_LOOKS = 10;
/** After a stall, before the next one counts: at first, and at most. It doubles each time, for some networks stumble all day long. */
const PAUSE_MS = { first: 3_000, most: 60_000 };

/** When something of a stream was last received, in a clock that only rises; 0 before anything was. Anything after `known` will do. */
export type Arrival = (known: number) => number;

/**
 * Of several receivers, of sound and of pictures. Each one asked makes the page wait for the browser's media threads: with 25 people on stage,
 * asking all of them took a fifth of the page's time. So the one with the latest news comes first, and nobody after the first news.
 */
export class Arrivals {
  #latest: RTCRtpReceiver | undefined;

  last(receivers: readonly RTCRtpReceiver[], known: number): number {
    const latest = this.#latest;
    const first = latest !== undefined && receivers.includes(latest) ? [latest] : [];
    let last = 0;
    for (const receiver of [...first, ...receivers]) {
      for (const { timestamp } of receiver.getSynchronizationSources()) last = Math.max(last, timestamp);
      if (last <= known) continue;
      this.#latest = receiver;
      break;
    }
    return last;
  }
}

export class StallWatch {
  #timer: number | undefined;
  #newest = 0;
  #changedAt = 0;
  #flow = 0;
  #pause = PAUSE_MS.first;
  #quietUntil = 0;

  constructor(
    private readonly arrival: Arrival,
    private readonly stalled: () => void,
  ) {
    this.#timer = window.setInterval(() => this.#look(performance.now()), LOOK_MS);
  }

  close(): void {
    window.clearInterval(this.#timer);
  }

  #look(now: number): void {
    const newest = this.arrival(this.#newest);
    const changed = newest !== this.#newest;
    // A timer that comes late, in a tab that nobody looks at, has seen nothing of what came between.
    if (changed) {
      this.#newest = newest;
      this.#changedAt = now;
      this.#flow = Math.min(FLOWING_LOOKS, this.#flow + 1);
      return;
    }
    const silence = now - this.#changedAt;
    if (silence < STALL_MS) return;
    const flowed = this.#flow >= FLOWING_LOOKS;
    this.#flow = 0;
    if (!flowed || now < this.#quietUntil) return;
    this.#quietUntil = now + this.#pause;
    this.#pause = Math.min(PAUSE_MS.most, this.#pause * 2);
    this.stalled();
  }
}
