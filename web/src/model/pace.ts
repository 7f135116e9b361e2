/** No more than the server takes: so many at once, and after that one every so often. Pure but for what it counts. */
export class Pace {
  /** When nothing of what went would count any more. */
  #until = 0;

  constructor(
    private readonly burst: number,
    private readonly everyMs: number,
  ) {}

  /** Whether one more goes now; then it counts. */
  take(now: number): boolean {
    if (this.wait(now) > 0) return false;
    this.#until = Math.max(this.#until, now) + this.everyMs;
    return true;
  }

  /** Milliseconds until the next one goes. */
  wait(now: number): number {
    return Math.max(0, this.#until - now - (this.burst - 1) * this.everyMs);
  }
}
