/** The machine's way into the network, as far as a page can see it change. */

/** What browsers without NetworkInformation lack, and others tell on some machines only. */
interface NetworkInformation extends EventTarget {
  readonly type?: string;
}

/** Calls `changed` when the machine is back in a network or in one of another kind. Returns what ends that. */
export function followNetwork(changed: () => void): () => void {
  const information = (navigator as { connection?: NetworkInformation }).connection;
  let type = information?.type;
  // It also changes whenever the browser has measured something.
  const look = () => {
    if (information?.type === type) return;
    type = information?.type;
    changed();
  };
  window.addEventListener("online", changed);
  information?.addEventListener("change", look);
  return () => {
    window.removeEventListener("online", changed);
    information?.removeEventListener("change", look);
  };
}
