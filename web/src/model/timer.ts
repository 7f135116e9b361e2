/** How long somebody has left to talk, as this page counts it. Pure. */
import type { Command } from "../signal/generated/messages";
import type { Timer } from "./state";

/** In milliseconds; below 0 when it is over. */
export function leftAt({ leftMs, running, at }: Timer, now: number): number {
  return running ? leftMs - (now - at) : leftMs;
}

/** As it is shown: 0 only once it is over. */
export function secondsOf(leftMs: number): number {
  return Math.ceil(leftMs / 1000) + 0;
}

/** Milliseconds until it shows something else. */
export function untilNext(leftMs: number): number {
  return leftMs - (secondsOf(leftMs) - 1) * 1000;
}

/** `4:32`, `1:04:32`, `−0:12`, in the digits of the language. */
export function clock(seconds: number, language: string): string {
  const all = Math.abs(seconds);
  const parts = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60].slice(all < 3600 ? 1 : 0);
  const text = parts.map((part, index) =>
    new Intl.NumberFormat(language, { minimumIntegerDigits: index === 0 ? 1 : 2, useGrouping: false }).format(part),
  );
  return `${seconds < 0 ? "−" : ""}${text.join(":")}`;
}

const MINUTE_MS = 60_000;

export type Tone = "calm" | "soon" | "past";

/** The last tenth, a minute at least, but never more than half of it. */
export function toneOf(leftMs: number, totalMs: number): Tone {
  if (leftMs <= 0) return "past";
  return leftMs <= Math.min(Math.max(totalMs / 10, MINUTE_MS), totalMs / 2) ? "soon" : "calm";
}

export type Moment = "half" | "minute" | "over";

/** What is worth a word, of what has come between these two. */
export function momentBetween(beforeMs: number, nowMs: number, totalMs: number): Moment | null {
  const passed = (at: number) => beforeMs > at && nowMs <= at;
  if (passed(0)) return "over";
  if (totalMs > MINUTE_MS && passed(MINUTE_MS)) return "minute";
  return totalMs > 2 * MINUTE_MS && passed(totalMs / 2) ? "half" : null;
}

/** Longest, in minutes, as the server has it. */
export const MOST_MINUTES = 24 * 60;

export function started(minutes: number): Command {
  return { do: "set_timer", seconds: minutes * 60, running: true };
}

/** The same one, stopped or going on; `null` where nothing is left of it. */
export function turned(timer: Timer, running: boolean, now: number): Command | null {
  const seconds = secondsOf(leftAt(timer, now));
  return seconds < 1 ? null : { do: "set_timer", seconds, running };
}

/** From where it is, or from the end where it is over. */
export function lengthened(timer: Timer, now: number): Command {
  const seconds = Math.max(0, secondsOf(leftAt(timer, now)));
  return { do: "set_timer", seconds: Math.min(seconds + 60, MOST_MINUTES * 60), running: timer.running };
}
