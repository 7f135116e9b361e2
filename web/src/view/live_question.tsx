/** The question that is being answered on stage, over it: whoever watches knows what is talked about. */
import { signal } from "@preact/signals";
import { useId } from "preact/hooks";
import { sorted } from "../model/questions";
import type { Session } from "../session";
import { t } from "../texts";
import { Icon } from "./icons";
import { narrow } from "./narrow";
import "./style/live_question.css";

/** Whoever has read it may put it aside. */
const aside = signal<number | null>(null);

export function LiveQuestion({ session }: { session: Session }) {
  const heading = useId();
  const { questions, panel, room } = session.now;
  const { live } = sorted(questions);
  // A panel over the stage, as on a phone, has its tabs where this would stand.
  const hidden = panel === "questions" || (panel !== null && narrow.value);
  if (live === null || live.id === aside.value || hidden || room?.features.questions !== true) return null;
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
