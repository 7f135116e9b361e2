/** Whether the page is as narrow as a phone; the same measure as in the style. */
import { signal, type ReadonlySignal } from "@preact/signals";

const query = window.matchMedia("(max-width: 719px)");
const matches = signal(query.matches);
query.addEventListener("change", () => {
  matches.value = query.matches;
});

export const narrow: ReadonlySignal<boolean> = matches;
