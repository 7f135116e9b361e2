/** What one would like to ask or say, to go with the request that is pending already. */
import { useId, useState } from "preact/hooks";
import type { Session } from "../session";
import { t } from "../texts";
import { Do } from "./button";
import { Popover } from "./popover";

/** As the server has it, in characters. */
const MOST = 500;

export function QuestionField({ session, anchor, onClose }: { session: Session; anchor: HTMLElement; onClose: () => void }) {
  const id = useId();
  const known = session.me.value?.question;
  const [text, setText] = useState(known ?? "");
  const label = t(known === undefined ? "toolbar.question" : "toolbar.question.change");
  const send = async (question: string | null) => {
    if (question !== null && question.trim() === "") return;
    if (await session.do(question === null ? { do: "request_stage" } : { do: "request_stage", question })) onClose();
  };
  return (
    <Popover class="question-field" role="dialog" label={label} anchor={anchor} over={anchor.closest<HTMLElement>(".toolbar")} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send(text);
        }}
      >
        <label for={id}>{t("question.label")}</label>
        <textarea
          id={id}
          data-first
          rows={3}
          maxLength={MOST}
          dir="auto"
          value={text}
          aria-describedby={`${id}-hint`}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            void send(text);
          }}
        />
        <p id={`${id}-hint`} class="hint">
          {t("question.hint")}
        </p>
        <div class="buttons">
          {known !== undefined && (
            <Do class="quiet" do={() => send(null)}>
              {t("question.remove")}
            </Do>
          )}
          <button type="submit" class="primary" aria-disabled={text.trim() === "" || undefined}>
            {t(known === undefined ? "question.send" : "question.change")}
          </button>
        </div>
      </form>
    </Popover>
  );
}
