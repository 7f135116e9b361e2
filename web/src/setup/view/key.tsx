/** The way in: the operator's key. */
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Mark } from "../../view/icons";
import { Wrong } from "../../view/wrong";
import { t, type SetupKey } from "../../texts/setup";
import type { Desk } from "../desk";
import { textOfFailure } from "../words";
import { LanguagePicker } from "./page";

export function KeyForm({ desk }: { desk: Desk }) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [key, setKey] = useState("");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<SetupKey | null>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  const open = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    if (key.trim() === "") setWrong("key.empty");
    else {
      setBusy(true);
      const failure = await desk.open(key.trim());
      setBusy(false);
      if (failure === null) return;
      setWrong(textOfFailure(failure));
    }
    field.current?.focus();
  };
  return (
    <main class="landing">
      <header>
        <Mark />
        <h1>{t("setup")}</h1>
        <p>{t("setup.lead")}</p>
      </header>
      <section class="create">
        <form noValidate onSubmit={(event) => void open(event)}>
          <div class="picker">
            <label for={id}>{t("key")}</label>
            <input
              ref={field}
              id={id}
              type="password"
              autoComplete="off"
              value={key}
              aria-invalid={wrong !== null || undefined}
              aria-describedby={`${id}-hint${wrong === null ? "" : ` ${id}-wrong`}`}
              onInput={(event) => {
                setKey(event.currentTarget.value);
                setWrong(null);
              }}
            />
            <p id={`${id}-hint`} class="hint">
              {t("key.hint")}
            </p>
            {wrong !== null && <Wrong id={`${id}-wrong`}>{t(wrong)}</Wrong>}
          </div>
          <button type="submit" class="primary" aria-disabled={busy}>
            {t("key.open")}
          </button>
        </form>
      </section>
      <LanguagePicker />
    </main>
  );
}
