/**
 * How often the page is drawn: once a frame at most, and for no more than a part of the time. A room of thousands changes more often than a
 * slow machine can draw, and a page that only draws hears no key any more.
 */
import { options } from "preact";

/** After a drawing, so many times as long is left to everything else; */
const RESTS = 3;
/** but nobody waits longer than this. */
const LONGEST_MS = 250;
/** A tab that nobody sees has no frames. */
const WITHOUT_FRAMES_MS = 100;

let free = 0;

export function keepPace(): void {
  options.debounceRendering = (draw) => {
    let frame = 0;
    const run = () => {
      window.clearTimeout(timer);
      window.cancelAnimationFrame(frame);
      const begun = performance.now();
      draw();
      const ended = performance.now();
      free = ended + Math.min(RESTS * (ended - begun), LONGEST_MS);
    };
    const wait = Math.max(0, free - performance.now());
    const timer = window.setTimeout(run, wait + WITHOUT_FRAMES_MS);
    if (wait === 0) frame = window.requestAnimationFrame(run);
    else window.setTimeout(() => (frame = window.requestAnimationFrame(run)), wait);
  };
}
