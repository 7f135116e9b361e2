/** How the person likes to see the stage; this browser remembers it. */
import { effect, signal, type Signal } from "@preact/signals";
import type { Choice } from "../model/layout";

export const CHOICES = ["automatic", "grid", "speaker"] as const satisfies readonly Choice[];
/** Cameras cut to their tile, or whole with something dark beside them. Of a shared screen nothing is ever cut. */
export const CAMERAS = ["fill", "fit"] as const;

export const layoutChoice: Signal<Choice> = kept("proscenium.layout", CHOICES);
export const cameras: Signal<(typeof CAMERAS)[number]> = kept("proscenium.cameras", CAMERAS);

/** One of these `values`, the first until another is chosen. */
function kept<T extends string>(key: string, values: readonly [T, ...T[]]): Signal<T> {
  const before = remembered(key);
  const chosen = signal(values.find((value) => value === before) ?? values[0]);
  effect(() => {
    const value = chosen.value;
    if (value === (remembered(key) ?? values[0])) return;
    try {
      localStorage.setItem(key, value);
    } catch {
      // It holds for this page then.
    }
  });
  return chosen;
}

function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
