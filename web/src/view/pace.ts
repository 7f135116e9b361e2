/**
 * How often the page is drawn: once a frame at most, and over a while for no more than a part of the time. A room of thousands changes more
 * often than a slow machine can draw, and a page that only draws hears no key any more. In a room of the usual size nothing ever waits for
 * this; and what a person does is drawn at once, for the next key is meant for what the one before has made.
 */
import { options } from "preact";

/** Of all time, for drawing. */
const SHARE = 0.2;
/** What was not used of it is good for so much at once. */
const SAVED_MS = 300;
/** A drawing counts for at least this: the browser's part of it comes after the page's. */
const LEAST_MS = 50;
/** Nobody waits longer than this. */
const LONGEST_MS = 250;
/** A tab that nobody sees has no frames. */
const WITHOUT_FRAMES_MS = 100;

/** Not a pointer going down: what is drawn then may move a button from under it, and the click is nobody's. */
const DOINGS = ["input", "change", "submit", "click", "keydown"] as const;

let budget = SAVED_MS;
let since = 0;
let waiting: (() => void) | null = null;

export function keepPace(): void {
  options.debounceRendering = (draw) => {
    const run = () => {
      if (waiting !== run) return;
      waiting = null;
      const begun = performance.now();
      draw();
      budget -= Math.max(LEAST_MS, performance.now() - begun);
    };
    waiting = run;
    const wait = untilAffordable(performance.now());
    window.setTimeout(() => window.requestAnimationFrame(run), wait);
    window.setTimeout(run, wait + WITHOUT_FRAMES_MS);
  };
  // After the handlers of the page's elements.
  for (const doing of DOINGS) {
    window.addEventListener(doing, ({ type, target }) => {
      if (!(type === "click" && isChosenFrom(target))) waiting?.();
    });
  }
}

/**
 * A click on one of these has marked it already, and its `change` comes next: what is drawn in between marks what was chosen before, and the
 * browser finds that nothing has changed.
 */
const isChosenFrom = (target: EventTarget | null) => target instanceof HTMLInputElement && (target.type === "radio" || target.type === "checkbox");

function untilAffordable(now: number): number {
  budget = Math.min(SAVED_MS, Math.max(budget, -SHARE * LONGEST_MS) + SHARE * (now - since));
  since = now;
  return Math.max(0, -budget / SHARE);
}
