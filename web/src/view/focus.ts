/**
 * Where the focus goes when what had it goes away: to the same thing in another place, to what stands next to it, or to the toolbar. Never to
 * the top of the page, where a keyboard starts anew and a screen reader falls silent.
 *
 * `data-focus` names what is the same thing in another place, as the button of a person who is in another list now.
 */
const TABBABLE = "button, a[href], input, select, textarea, [tabindex='0']";

export function keepFocus(): void {
  let last: HTMLElement | null = null;
  document.addEventListener("focusin", ({ target }) => {
    last = target as HTMLElement;
  });
  // Some browsers say so of what is being removed as well: by the end of the task, what is still there was left on purpose.
  document.addEventListener("focusout", () => {
    queueMicrotask(() => {
      if (isLost() && last?.isConnected === true) last = null;
    });
  });
  // Runs before anything is painted, so that nobody sees or hears of it.
  new MutationObserver((records) => {
    if (last === null || last.isConnected || !isLost()) return;
    const next = successor(last, records);
    last = null;
    next?.focus();
  }).observe(document.body, { childList: true, subtree: true });
}

function isLost(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

function successor(last: HTMLElement, records: readonly MutationRecord[]): HTMLElement | undefined {
  const same = last.dataset["focus"];
  if (same !== undefined) {
    const found = tabbable(document.body).find((element) => element.dataset["focus"] === same);
    if (found !== undefined) return found;
  }
  const place = placeOf(last, records);
  return (place && neighbour(place)) ?? tabbable(document.querySelector("dialog:modal") ?? document.querySelector("[role=toolbar]"))[0];
}

interface Place {
  readonly inside: HTMLElement;
  /** What followed there. */
  readonly next: Node | null;
}

/** Where it stood, as far as that is still there. */
function placeOf(last: HTMLElement, records: readonly MutationRecord[]): Place | undefined {
  let gone: Node = last;
  for (;;) {
    const top = gone.getRootNode();
    const record = records.find(({ removedNodes }) => [...removedNodes].includes(top as ChildNode));
    if (record === undefined) return undefined;
    if (record.target.isConnected) return { inside: record.target as HTMLElement, next: record.nextSibling };
    gone = record.target;
  }
}

/** The next of its kind, or else what can be reached nearest to it; not what lies beyond the part of the page that it belonged to. */
function neighbour({ inside, next }: Place): HTMLElement | undefined {
  for (const sibling of [next, next === null ? inside.lastElementChild : next.previousSibling]) {
    if (sibling instanceof HTMLElement && sibling.tabIndex === -1 && sibling.hasAttribute("tabindex")) return sibling;
  }
  for (let box: HTMLElement | null = inside; box !== null && !box.matches("main, .over, body"); box = box.parentElement) {
    const all = tabbable(box);
    const after = next?.isConnected === true ? all.find((element) => next.contains(element) || isAfter(element, next)) : undefined;
    // A toolbar begins with what concerns oneself most; a list is left at its end.
    const found = after ?? (box.closest("[role=toolbar]") === null ? all.at(-1) : all[0]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isAfter(element: Node, other: Node): boolean {
  return (other.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
}

function tabbable(box: Element | null): HTMLElement[] {
  const all = [...(box?.querySelectorAll<HTMLElement>(TABBABLE) ?? [])];
  return all.filter((element) => element.tabIndex === 0 && !element.matches(":disabled") && element.checkVisibility({ visibilityProperty: true }));
}
