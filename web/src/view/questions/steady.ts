/** Keeps a list in the order that somebody is reading it in, until they look elsewhere or ask for the new one. */
import { useEffect, useRef, useState } from "preact/hooks";
import { inSameOrder, steady, type Asked } from "../../model/questions";

/** After a finger has left the list: nobody knows where its owner looks, but it was here a moment ago. */
const TOUCHED_MS = 8_000;

export function useSteadyOrder(wanted: readonly Asked[]) {
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const [touched, setTouched] = useState(0);
  const [, setSorted] = useState(0);
  const order = useRef<readonly number[]>([]);
  useEffect(() => {
    if (touched === 0) return;
    const timer = window.setTimeout(() => setTouched(0), TOUCHED_MS);
    return () => window.clearTimeout(timer);
  }, [touched]);

  const shown = pointed || focused || touched > 0 ? steady(order.current, wanted) : wanted;
  order.current = shown.map(({ id }) => id);
  const touch = () => setTouched((times) => times + 1);
  return {
    shown,
    /** Whether the votes have another order by now. */
    moved: !inSameOrder(shown, wanted),
    sort: (event: { currentTarget: HTMLElement }) => {
      // The button goes: the list that it stood in takes the focus.
      event.currentTarget.closest<HTMLElement>("[tabindex]")?.focus({ preventScroll: true });
      order.current = wanted.map(({ id }) => id);
      setSorted((times) => times + 1);
    },
    /** For the element around the list. */
    reading: {
      onPointerEnter: ({ pointerType }: PointerEvent) => (pointerType === "mouse" ? setPointed(true) : touch()),
      onPointerLeave: ({ pointerType }: PointerEvent) => pointerType === "mouse" && setPointed(false),
      onPointerDown: touch,
      onFocusIn: () => setFocused(true),
      onFocusOut: () => setFocused(false),
    },
  };
}
