/** What opens beside the stage, and on a phone over it. */
import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Icon, type IconName } from "./icons";
import "./style/panel.css";

/**
 * Moves the focus into the panel when it opens and back to where it was when it closes. Escape closes it from anywhere in the page, unless
 * something above it wants the key.
 */
export function usePanel(panel: RefObject<HTMLElement | null>, close: () => void) {
  useLayoutEffect(() => {
    const element = panel.current;
    const before = document.activeElement;
    element?.focus({ preventScroll: true });
    return () => {
      const inside = element?.contains(document.activeElement) === true || document.activeElement === document.body;
      if (inside && before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  useLayoutEffect(() => {
    const escape = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      if (document.querySelector("dialog:modal, [role=menu], .popover") !== null) return;
      event.preventDefault();
      close();
    };
    document.addEventListener("keydown", escape);
    return () => document.removeEventListener("keydown", escape);
  }, [close]);
}

/**
 * When what had the focus in this element goes away, the element takes it, not the top of the page. For a component that is drawn whenever
 * that may have happened.
 */
export function useKeptInside(within: RefObject<HTMLElement | null>) {
  const inside = useRef(false);
  useLayoutEffect(() => {
    const follow = ({ target }: globalThis.Event) => {
      inside.current = within.current?.contains(target as Node) === true;
    };
    document.addEventListener("focusin", follow);
    document.addEventListener("pointerdown", follow);
    return () => {
      document.removeEventListener("focusin", follow);
      document.removeEventListener("pointerdown", follow);
    };
  }, []);
  useEffect(() => {
    if (inside.current && document.activeElement === document.body) within.current?.focus({ preventScroll: true });
  });
}

export function PanelHead({ id, title, closing, close }: { id: string; title: ComponentChildren; closing: string; close: () => void }) {
  return (
    <header class="panel-head">
      <h2 id={id}>{title}</h2>
      <button type="button" class="round" aria-label={closing} title={closing} onClick={close}>
        <Icon name="close" />
      </button>
    </header>
  );
}

/** In the middle of a panel that has nothing in it yet: what will be here. */
export function Nothing({ icon, text }: { icon: IconName; text: string }) {
  return (
    <div class="nothing">
      <Icon name={icon} />
      <p>{text}</p>
    </div>
  );
}
