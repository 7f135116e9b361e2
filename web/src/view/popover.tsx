/** Something small that hangs on a button: it has the focus when it opens, and Escape closes it from anywhere. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { hang } from "./menu";
import { watchFocus } from "./within";

export interface PopoverProps {
  readonly label: string;
  readonly class: string;
  readonly role: "dialog" | "group";
  readonly anchor: HTMLElement;
  /** What it shall not cover, where that is more than the button. */
  readonly over?: HTMLElement | null;
  /** A click elsewhere leaves it open. */
  readonly stays?: boolean;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

export function Popover({ label, class: extra, role, anchor, over, stays = false, onClose, children }: PopoverProps) {
  const popover = useRef<HTMLDivElement>(null);
  const closing = useRef(onClose);
  closing.current = onClose;
  useLayoutEffect(() => {
    const element = popover.current;
    if (element === null) return;
    element.showPopover();
    element.querySelector<HTMLElement>("[data-first], button, input, textarea")?.focus({ preventScroll: true });
    const outside = (event: PointerEvent) => {
      const target = event.target as Node;
      if (!stays && !element.contains(target) && !anchor.contains(target)) closing.current();
    };
    const escape = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      if (element.contains(document.activeElement)) anchor.focus({ preventScroll: true });
      closing.current();
    };
    let inside = false;
    const unwatch = watchFocus(element, (now) => (inside = now));
    const again = () => hang(element, anchor, over ?? anchor);
    const watched = new AbortController();
    document.addEventListener("pointerdown", outside, { capture: true, signal: watched.signal });
    document.addEventListener("keydown", escape, { signal: watched.signal });
    window.addEventListener("resize", again, { signal: watched.signal });
    // Whatever moves the button or changes what is in here.
    const sizes = new ResizeObserver(again);
    for (const one of [element, anchor.parentElement ?? anchor]) sizes.observe(one);
    return () => {
      watched.abort();
      sizes.disconnect();
      unwatch();
      // What had the focus in here may be gone already.
      const here = element.contains(document.activeElement) || (inside && document.activeElement === document.body);
      if (here) anchor.focus({ preventScroll: true });
    };
  }, [anchor]);
  return (
    <div ref={popover} class={`popover ${extra}`} role={role} aria-label={label} popover="manual">
      {children}
    </div>
  );
}
