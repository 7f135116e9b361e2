/** Where one asks. */
import { signal } from "@preact/signals";
import type { Session } from "../../session";
import { t } from "../../texts";
import "../style/chat.css";

/** As the server has it, in characters. */
const MOST = 500;

/** Outlives the panel: what was typed is there again when it is opened. */
const typed = signal("");

export function Ask({ session }: { session: Session }) {
  if (session.me.value?.silenced === true) return <p class="nobody silenced">{t("refused.silenced")}</p>;
  const text = typed.value;
  const ask = async () => {
    if (text.trim() === "") return;
    typed.value = "";
    // What was refused is there again, before whatever was written meanwhile.
    if (!(await session.do({ do: "ask_question", text }))) typed.value = typed.peek() === "" ? text : `${text}\n${typed.peek()}`;
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
    >
      <div class="line">
        <textarea
          rows={1}
          value={text}
          maxLength={MOST}
          dir="auto"
          aria-label={t("questions.ask")}
          placeholder={t("questions.placeholder")}
          onInput={(event) => (typed.value = event.currentTarget.value)}
          onKeyDown={(event) => {
            // While an input method is at work the key is its own.
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            void ask();
          }}
        />
        <button type="submit" class="primary" aria-disabled={text.trim() === "" || undefined}>
          {t("questions.send")}
        </button>
      </div>
    </form>
  );
}
