/** What is asked of those on stage: the one that is being answered, the open ones by votes, and what was answered. */
import { useComputed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId, useMemo, useRef } from "preact/hooks";
import "../style/questions.css";
import { sorted, type Asked } from "../../model/questions";
import type { Session } from "../../session";
import { t } from "../../texts";
import { Nothing, useKeptInside } from "../panel";
import { Ask } from "./ask";
import { QuestionItem } from "./question";
import { useSteadyOrder } from "./steady";

export function Questions({ session }: { session: Session }) {
  // Nothing else of the room draws this list again: it may be long.
  const questions = useComputed(() => session.now.questions).value;
  const { live, open, answered } = useMemo(() => sorted(questions), [questions]);
  const list = useRef<HTMLDivElement>(null);
  useKeptInside(list);
  const { shown, moved, sort, reading } = useSteadyOrder(open);
  return (
    <>
      <div ref={list} class="panel-body asked-list" tabIndex={-1} {...reading}>
        {questions.length === 0 && <Nothing icon="question" text={t("questions.empty")} />}
        {live !== null && <Group session={session} title={t("questions.live")} questions={[live]} />}
        {(open.length > 0 || answered.length > 0) && (
          <Group session={session} title={t("questions.open")} questions={shown}>
            {moved && (
              <button type="button" class="quiet" onClick={sort}>
                {t("questions.sort")}
              </button>
            )}
          </Group>
        )}
        {open.length === 0 && answered.length > 0 && <p class="nobody">{t("questions.none.open")}</p>}
        {answered.length > 0 && <Group session={session} title={t("questions.answered")} questions={answered} />}
      </div>
      <Ask session={session} />
    </>
  );
}

interface GroupProps {
  readonly session: Session;
  readonly title: string;
  readonly questions: readonly Asked[];
  readonly children?: ComponentChildren;
}

function Group({ session, title, questions, children }: GroupProps) {
  const heading = useId();
  return (
    <section class="asked-group">
      <header>
        <h3 id={heading}>
          {title} {questions.length > 1 && <span class="number">{questions.length}</span>}
        </h3>
        {children}
      </header>
      <ul role="list" aria-labelledby={heading}>
        {questions.map((one) => (
          <QuestionItem key={one.id} session={session} question={one} />
        ))}
      </ul>
    </section>
  );
}
