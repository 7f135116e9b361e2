/** Whether anybody looks at the page. */

const SIGNS = ["visibilitychange", "pointerdown", "keydown"] as const;

/** Calls `then` now if the page is in view, else once it is or somebody touches it; what it returns calls that off. */
export function whenPresent(then: () => void): () => void {
  const watched = new AbortController();
  if (document.visibilityState === "visible") {
    then();
    return () => undefined;
  }
  const look = (event: globalThis.Event) => {
    if (event.type === "visibilitychange" && document.visibilityState !== "visible") return;
    watched.abort();
    then();
  };
  for (const sign of SIGNS) document.addEventListener(sign, look, { capture: true, signal: watched.signal });
  return () => watched.abort();
}
