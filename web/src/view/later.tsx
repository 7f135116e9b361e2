/** Parts of the page that most people do not open at once: they are loaded when somebody does. */
import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../texts";
import { speakOf, type Part } from "../texts/language";

export interface While {
  /** Nothing stands where it will be until it is here; what did not come is asked for again at the next opening. */
  readonly nothing?: true;
  /** Whose words it needs. */
  readonly words?: Part;
}

export function later<Props extends object>(load: () => Promise<ComponentType<Props>>, { nothing, words = "later" }: While = {}): ComponentType<Props> {
  const loaded = signal<ComponentType<Props> | null>(null);
  const failed = signal(false);
  const start = () => {
    failed.value = false;
    void Promise.all([load(), speakOf(words)]).then(
      ([part]) => (loaded.value = part),
      () => (failed.value = true),
    );
  };
  return function Later(props: Props) {
    useEffect(() => {
      if (loaded.peek() === null) start();
    }, []);
    const Part = loaded.value;
    if (Part !== null) return <Part {...props} />;
    return nothing === true ? null : <Waiting failed={failed.value} again={start} />;
  };
}

function Waiting({ failed, again }: { failed: boolean; again: () => void }) {
  return (
    <div class="panel-body later" aria-live="polite">
      {failed ? (
        <p class="failure">
          <span>{t("tabs.failed")}</span>
          <button type="button" onClick={again}>
            {t("tabs.try")}
          </button>
        </p>
      ) : (
        <p class="nobody">{t("tabs.loading")}</p>
      )}
    </div>
  );
}
