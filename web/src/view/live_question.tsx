/** The question that is being answered on stage, over it: whoever watches knows what is talked about. */
import { signal } from "@preact/signals";
import { useId } from "preact/hooks";
import { sorted } from "../model/questions";
import type { Session } from "../session";
import { t } from "../texts";
import { Icon } from "./icons";

/** Whoever has read it may put it aside. */
const aside = signal<number | null>(null);

export function LiveQuestion({ session }: { session: Session }) {
  const heading = useId();
  const { questions, panel, room } = session.state.value;
  const { live } = sorted(questions);
  if (live === null || live.id === aside.value || panel === "questions" || room?.features.questions !== true) return null;
  return (
    <section class="live-question" aria-labelledby={heading}>
      <div>
        <h2 id={heading}>{t("questions.live")}</h2>
        <p dir="auto">{live.text}</p>
      </div>
      <button type="button" class="round" aria-label={t("questions.hide")} title={t("questions.hide")} onClick={() => (aside.value = live.id)}>
        <Icon name="close" />
      </button>
    </section>
  );
}
