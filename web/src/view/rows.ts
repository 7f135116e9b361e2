/** What long lists are made of, so that a change costs what changed, and not the list. */
import type { RefObject, VNode } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

interface Row {
  readonly from: readonly unknown[];
  readonly node: VNode;
}

/** Rows that stay the same as long as what they are made of does: these are not even looked at again. */
export function useRows<Key>(): (key: Key, from: readonly unknown[], make: () => VNode) => VNode {
  const kept = useRef<ReadonlyMap<Key, Row>>(new Map());
  const before = kept.current;
  const now = new Map<Key, Row>();
  kept.current = now;
  return (key, from, make) => {
    const known = before.get(key);
    const row = known !== undefined && known.from.every((part, index) => part === from[index]) ? known : { from, node: make() };
    now.set(key, row);
    return row.node;
  };
}

/** As in the style. */
export const ROW_PX = 52;
/** Rows that are there before and after those in sight, for the focus to step on. */
const AROUND = 8;
/** Before anything is measured. */
const AT_FIRST = 30;

/** Which rows of a list, first and after the last, stand in the part of `scroller` that is in sight. */
export function useWindow(list: RefObject<HTMLElement | null>, scroller: string, windowed: boolean): readonly [number, number] {
  const [range, setRange] = useState<readonly [number, number]>([0, AT_FIRST]);
  const measure = useRef(() => undefined as void);
  measure.current = () => {
    const box = list.current?.closest(scroller);
    if (!windowed || list.current === null || box == null) return;
    const above = box.getBoundingClientRect().top - list.current.getBoundingClientRect().top;
    // In steps, so that not every pixel of scrolling is a drawing.
    const first = Math.max(0, Math.floor(above / ROW_PX / AROUND) - 1) * AROUND;
    const end = Math.max(0, Math.ceil((above + box.clientHeight) / ROW_PX / AROUND) + 1) * AROUND;
    setRange((now) => (now[0] === first && now[1] === end ? now : [first, end]));
  };
  // Whatever was drawn may have moved the list.
  useLayoutEffect(() => measure.current());
  useEffect(() => {
    const box = list.current?.closest(scroller);
    if (!windowed || box == null) return;
    const moved = () => measure.current();
    const size = new ResizeObserver(moved);
    size.observe(box);
    box.addEventListener("scroll", moved, { passive: true });
    return () => {
      size.disconnect();
      box.removeEventListener("scroll", moved);
    };
  }, [windowed]);
  return range;
}
