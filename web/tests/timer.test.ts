import { describe, expect, it } from "vitest";
import type { Timer } from "../src/model/state";
import { clock, leftAt, lengthened, momentBetween, secondsOf, started, toneOf, turned, untilNext } from "../src/model/timer";

const MINUTE_MS = 60_000;
const timer = (leftMs: number, more: Partial<Timer> = {}): Timer => ({ totalMs: 5 * MINUTE_MS, leftMs, running: true, at: 1_000, ...more });

describe("the timer", () => {
  it("runs down, below zero too, or stands", () => {
    expect([leftAt(timer(5_000), 3_000), leftAt(timer(5_000), 9_000), leftAt(timer(5_000, { running: false }), 9_000)]).toEqual([3_000, -3_000, 5_000]);
  });

  it("shows whole seconds, and zero only once it is over", () => {
    expect([5_000, 4_999, 1, 0, -999, -1_000].map(secondsOf)).toEqual([5, 5, 1, 0, 0, -1]);
    expect([5_000, 4_999, 1, 0, -400].map(untilNext)).toEqual([1_000, 999, 1, 1_000, 600]);
  });

  it("is written as a clock in the digits of the language", () => {
    expect([272, 9, 0, -12, 3_872].map((seconds) => clock(seconds, "en"))).toEqual(["4:32", "0:09", "0:00", "−0:12", "1:04:32"]);
    expect(clock(272, "ar-EG")).toBe("٤:٣٢");
  });

  it("warns in its last tenth or minute, and not for most of a short time", () => {
    const tones = (total: number) => [60, 30, 10, 6, 5, 2, 1, 0.5, 0].filter((at) => at <= total).map((at) => toneOf(at * MINUTE_MS, total * MINUTE_MS));
    expect(tones(60)).toEqual(["calm", "calm", "calm", "soon", "soon", "soon", "soon", "soon", "past"]);
    expect(tones(5)).toEqual(["calm", "calm", "soon", "soon", "past"]);
    expect(tones(1)).toEqual(["calm", "soon", "past"]);
  });

  it("has a word for its half, its last minute and its end, once each", () => {
    const moments = (total: number) => {
      const found = [];
      for (let left = total; left > -5; left -= 1) found.push(momentBetween(left * 1000, (left - 1) * 1000, total * 1000));
      return found.filter((one) => one !== null);
    };
    expect([moments(600), moments(120), moments(60)]).toEqual([["half", "minute", "over"], ["minute", "over"], ["over"]]);
  });

  it("is started, stopped, sent on and made longer", () => {
    expect(started(5)).toEqual({ do: "set_timer", seconds: 300, running: true });
    expect(turned(timer(4_500), false, 1_000)).toEqual({ do: "set_timer", seconds: 5, running: false });
    expect(turned(timer(4_500), false, 9_000)).toBeNull();
    expect(lengthened(timer(4_500), 1_000)).toEqual({ do: "set_timer", seconds: 65, running: true });
    expect(lengthened(timer(4_500), 90_000)).toEqual({ do: "set_timer", seconds: 60, running: true });
  });
});
