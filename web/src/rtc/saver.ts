/** Whether the person saves data: small pictures alone. Remembered by this browser; begins as the browser itself was told. */
import { effect, signal } from "@preact/signals";

const KEY = "proscenium.saver";

interface NetworkInformation {
  readonly saveData?: boolean;
}

function remembered(): boolean {
  const { connection } = navigator as Navigator & { connection?: NetworkInformation };
  try {
    const kept = localStorage.getItem(KEY);
    return kept === null ? connection?.saveData === true : kept === "on";
  } catch {
    // Storage is forbidden here.
    return connection?.saveData === true;
  }
}

export const saving = signal(remembered());

let first = true;
effect(() => {
  const on = saving.value;
  if (first) {
    first = false;
    return;
  }
  try {
    localStorage.setItem(KEY, on ? "on" : "off");
  } catch {
    // It holds for this page then.
  }
});
