/** Switches that this browser remembers from visit to visit. */
import { effect, signal, type Signal } from "@preact/signals";

/** On or off, as it was left under `key`; `first` when it never was. */
export function remembered(key: string, first: boolean): Signal<boolean> {
  const kept = signal(stored(key) ?? first);
  let untouched = true;
  effect(() => {
    const on = kept.value;
    // What nobody chose is not written down: a later version may begin otherwise.
    if (untouched) untouched = false;
    else store(key, on);
  });
  return kept;
}

function stored(key: string): boolean | null {
  try {
    const kept = localStorage.getItem(key);
    return kept === null ? null : kept === "on";
  } catch {
    // Storage is forbidden here.
    return null;
  }
}

function store(key: string, on: boolean): void {
  try {
    localStorage.setItem(key, on ? "on" : "off");
  } catch {
    // It holds for this page then.
  }
}
