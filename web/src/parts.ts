/** A signal's value, a part at a time: whoever reads one part while rendering is drawn anew when that part changes, and for no other. */
import { computed, type ReadonlySignal } from "@preact/signals";

/** `same` says of a part what makes no difference to anybody who looks at it. */
export function parts<T extends object>(whole: ReadonlySignal<T>, same: { readonly [Key in keyof T]?: (a: T[Key], b: T[Key]) => boolean } = {}): Readonly<T> {
  const known = new Map<PropertyKey, ReadonlySignal<unknown>>();
  const follow = <Key extends keyof T>(key: Key): ReadonlySignal<T[Key]> => {
    let last = whole.peek()[key];
    return computed(() => {
      const next = whole.value[key];
      if (same[key]?.(last, next) !== true) last = next;
      return last;
    });
  };
  return new Proxy({} as T, {
    get: (_, key) => {
      const part = known.get(key) ?? follow(key as keyof T);
      known.set(key, part);
      return part.value;
    },
  });
}
