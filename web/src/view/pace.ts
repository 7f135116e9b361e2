/**
 * How often the page is drawn: a dozen times a second at most, and for no more than a part of the time. A room of thousands changes more often than a
 * slow machine can draw, and a page that only draws hears no key any more. What a person does is drawn at once: the next key is meant for
 * what the one before has made.
 */
import { options } from "preact";

/** After a drawing, so many times as long is left to everything else; */
const RESTS = 3;
/** at least this, for what comes one by one and does not look any better for it; */
const LEAST_MS = 80;
/** and nobody waits longer than this. */
const LONGEST_MS = 250;
/** A tab that nobody sees has no frames. */
const WITHOUT_FRAMES_MS = 100;

const DOINGS = ["input", "change", "submit", "click", "keydown", "pointerdown"] as const;

let free = 0;
let waiting: (() => void) | null = null;

export function keepPace(): void {
  options.debounceRendering = (draw) => {
    const wait = Math.max(0, free - performance.now());
    const run = () => {
      if (waiting !== run) return;
      waiting = null;
      const begun = performance.now();
      draw();
      const ended = performance.now();
      free = ended + Math.min(Math.max(RESTS * (ended - begun), LEAST_MS), LONGEST_MS);
    };
    waiting = run;
    window.setTimeout(() => window.requestAnimationFrame(run), wait);
    window.setTimeout(run, wait + WITHOUT_FRAMES_MS);
  };
  // After the handlers of the page's elements.
  for (const doing of DOINGS) window.addEventListener(doing, () => waiting?.());
}
