/** A menu that hangs on a button: arrow keys, Home, End, first letters, Escape; Tab and a click elsewhere close it. */
import { useLayoutEffect, useRef } from "preact/hooks";
import "./style/menu.css";

export interface MenuEntry {
  readonly label: string;
  readonly grave: boolean;
  /** One of several of its section, of which this is the chosen one, or not. */
  readonly chosen?: boolean;
  readonly choose: () => void;
}

export interface MenuProps {
  readonly label: string;
  readonly sections: readonly (readonly MenuEntry[])[];
  /** What the sections are called, where their entries do not say it by themselves. */
  readonly headings?: readonly string[];
  readonly anchor: HTMLElement;
  readonly onClose: () => void;
}

export function Menu({ label, sections, headings, anchor, onClose }: MenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  const close = (refocus: boolean) => {
    if (refocus) anchor.focus();
    onClose();
  };

  useLayoutEffect(() => {
    const element = menu.current;
    if (element === null) return;
    element.showPopover();
    hang(element, anchor);
    items(element)[0]?.focus();
    const outside = (event: PointerEvent) => {
      const target = event.target as Node;
      if (!element.contains(target) && !anchor.contains(target)) close(false);
    };
    // It hangs on its button wherever that scrolls, also when the scrolling was on its way before the menu opened, and when the window gets
    // another size, as a phone's does all by itself.
    const moved = (event: globalThis.Event) => {
      if (event.target === element) return;
      if (isInView(anchor)) return hang(element, anchor);
      if (element.contains(document.activeElement)) anchor.focus({ preventScroll: true });
      close(false);
    };
    const escape = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      close(true);
    };
    const watched = new AbortController();
    const options = { capture: true, signal: watched.signal };
    document.addEventListener("pointerdown", outside, options);
    document.addEventListener("scroll", moved, options);
    document.addEventListener("keydown", escape, { signal: watched.signal });
    window.addEventListener("resize", moved, options);
    return () => watched.abort();
  }, [anchor]);

  const onKeyDown = (event: KeyboardEvent) => {
    const all = items(menu.current);
    const at = all.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: (at + 1) % all.length, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (next !== undefined) all.at(next)?.focus();
    else if (event.key === "Escape") close(true);
    else if (event.key === "Tab") return close(true);
    else if (event.key.length === 1 && event.key !== " ") typed(all, at, event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div ref={menu} class="menu" role="menu" aria-label={label} popover="manual" onKeyDown={onKeyDown}>
      {sections.map((section, index) => (
        <div key={index} role={headings === undefined ? "none" : "group"} aria-label={headings?.[index]} class="section">
          {section.map((entry) => (
            <button
              key={entry.label}
              type="button"
              role={entry.chosen === undefined ? "menuitem" : "menuitemradio"}
              aria-checked={entry.chosen}
              tabIndex={-1}
              class={entry.grave ? "grave" : ""}
              onClick={() => {
                close(true);
                entry.choose();
              }}
            >
              {entry.label}
            </button>
          ))}
        </div>
      ))}
    </div>
  );
}

function items(menu: HTMLElement | null): HTMLElement[] {
  return menu === null ? [] : [...menu.querySelectorAll<HTMLElement>("[role^=menuitem]")];
}

function typed(all: readonly HTMLElement[], at: number, letter: string): void {
  const turned = [...all.slice(at + 1), ...all.slice(0, at + 1)];
  turned.find((item) => item.textContent?.toLowerCase().startsWith(letter.toLowerCase()))?.focus();
}

/** Whether a person can still see what the menu hangs on. */
function isInView(anchor: HTMLElement): boolean {
  const { left, right, top, bottom } = anchor.getBoundingClientRect();
  const seen = document.elementsFromPoint((left + right) / 2, (top + bottom) / 2);
  return seen.includes(anchor);
}

/** Below the button where there is room, else above, clear of all of `over`; always inside the window. */
export function hang(menu: HTMLElement, anchor: HTMLElement, over: HTMLElement = anchor): void {
  const margin = 8;
  const button = anchor.getBoundingClientRect();
  const clear = over.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const below = clear.bottom + 4;
  const above = clear.top - 4 - height;
  const top = below + height <= window.innerHeight - margin || above < margin ? below : above;
  const left = getComputedStyle(anchor).direction === "rtl" ? button.left : button.right - width;
  menu.style.top = `${Math.max(margin, Math.min(top, window.innerHeight - height - margin))}px`;
  menu.style.left = `${Math.max(margin, Math.min(left, window.innerWidth - width - margin))}px`;
}
