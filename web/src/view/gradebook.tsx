/** What a learning platform is told of each person, where the room belongs to one that takes it. */
import { useId, useRef, useState } from "preact/hooks";
import { GRADE_MODES, type Grade, type GradeMode } from "../model/attendance";
import type { Session } from "../session";
import { spoken, t } from "../texts";
import { Failed } from "./switch";
import "./style/fields.css";

export function Gradebook({ session, grade, changed }: { session: Session; grade: Grade; changed: () => Promise<void> }) {
  const id = useId();
  // Until the server has it, and has said so.
  const [chosen, setChosen] = useState<GradeMode | null>(null);
  const [failed, setFailed] = useState(false);
  const choices = useRef(0);
  const choose = async (mode: GradeMode) => {
    const choice = ++choices.current;
    setChosen(mode);
    setFailed(false);
    const headers = { "content-type": "application/json" };
    const response = await session.fetch("grade", { method: "PUT", headers, body: JSON.stringify({ mode }) });
    // Another was chosen meanwhile, and its answer counts.
    if (choice !== choices.current) return;
    setFailed(response?.ok !== true);
    await changed();
    if (choice === choices.current) setChosen(null);
  };
  const now = chosen ?? grade.mode;
  return (
    <section class="gradebook">
      <h3 id={id}>{t("attendance.grade")}</h3>
      <div class="choices" role="radiogroup" aria-labelledby={id}>
        {GRADE_MODES.map((mode) => (
          <div key={mode} class="choice">
            <input type="radio" id={`${id}-${mode}`} name={id} value={mode} checked={now === mode} onChange={() => void choose(mode)} />
            <label for={`${id}-${mode}`}>{t(`attendance.grade.${mode}`)}</label>
          </div>
        ))}
      </div>
      {failed && <Failed text="attendance.grade.failed" />}
      {grade.last !== undefined && <Last last={grade.last} />}
    </section>
  );
}

function Last({ last: { at, sent, error } }: { last: NonNullable<Grade["last"]> }) {
  const { language } = spoken.value;
  const moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));
  const text = error === undefined ? t("attendance.grade.sent", { sent, at: moment }) : t("attendance.grade.error", { at: moment, error });
  return <p class={error === undefined ? "hint" : "hint grave"}>{text}</p>;
}
