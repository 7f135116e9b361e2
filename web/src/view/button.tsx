/** Buttons that wait for what they started. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

export interface DoProps {
  readonly class?: string;
  /** The id of what says what it is about. */
  readonly describedby?: string;
  readonly do: () => Promise<unknown>;
  readonly children: ComponentChildren;
}

/** A button that takes no second click while the first is on its way. It stays focusable meanwhile. */
export function Do({ class: extra = "", describedby, do: act, children }: DoProps) {
  const [busy, setBusy] = useState(false);
  const click = () => {
    if (busy) return;
    setBusy(true);
    void act().finally(() => setBusy(false));
  };
  return (
    <button type="button" class={extra} aria-disabled={busy} aria-describedby={describedby} onClick={click}>
      {children}
    </button>
  );
}
