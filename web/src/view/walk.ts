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
