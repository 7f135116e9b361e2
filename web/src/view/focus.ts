/** Where the focus goes with keys, and where it was when what had it went away. */

/** Arrow keys walk along a row of buttons, as in every toolbar. */
export function walkAlong(event: KeyboardEvent & { currentTarget: HTMLElement }, buttons: string): void {
  const rtl = getComputedStyle(event.currentTarget).direction === "rtl";
  const step = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1 }[event.key];
  if (step === undefined || event.defaultPrevented) return;
  const row = [...event.currentTarget.querySelectorAll<HTMLElement>(buttons)];
  const at = row.indexOf(document.activeElement as HTMLElement);
  if (at < 0) return;
  row.at((at + step) % row.length)?.focus();
  event.preventDefault();
}

/**
 * Tells whether the focus is inside `element`, until what is returned is called. Something that had it and was taken out of the page leaves that as
 * it was: browsers give the focus to the page then, and somebody with a keyboard would start over at the top.
 */
export function watchFocus(element: HTMLElement, note: (inside: boolean) => void): () => void {
  const entered = () => note(true);
  const left = ({ target }: FocusEvent) => {
    // By then it is known where it went.
    window.setTimeout(() => {
      if ((target as Node).isConnected) note(element.contains(document.activeElement));
    });
  };
  note(element.contains(document.activeElement));
  element.addEventListener("focusin", entered);
  element.addEventListener("focusout", left);
  return () => {
    element.removeEventListener("focusin", entered);
    element.removeEventListener("focusout", left);
  };
}
