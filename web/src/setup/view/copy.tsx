/** An address, and the button that copies it. */
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../texts/setup";

/** How long it says what it did. */
const SAID_MS = 3_000;

export function Copied({ what, text }: { what: string; text: string }) {
  const code = useRef<HTMLElement>(null);
  const [done, setDone] = useState<"copy.done" | "copy.selected" | null>(null);
  useEffect(() => {
    if (done === null) return;
    const timer = window.setTimeout(() => setDone(null), SAID_MS);
    return () => window.clearTimeout(timer);
  }, [done]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setDone("copy.done");
    } catch {
      // A page without https has no clipboard: the rest is a key away.
      if (code.current !== null) window.getSelection()?.selectAllChildren(code.current);
      setDone("copy.selected");
    }
  };
  return (
    <div class="copied">
      <code ref={code} dir="ltr">
        {text}
      </code>
      <button type="button" aria-label={t("copy.what", { what })} onClick={() => void copy()}>
        {t(done === "copy.done" ? "copy.done" : "copy")}
      </button>
      <span class={done === "copy.selected" ? "hint" : "unseen"} role="status">
        {done !== null && t(done)}
      </span>
    </div>
  );
}
