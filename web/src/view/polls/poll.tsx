/** One poll: what it is and how far, below it what there is to do or to see. */
import { useEffect, useId, useState } from "preact/hooks";
import { clock, leftOf, mayAnswer, type Poll } from "../../model/polls";
import type { Session } from "../../session";
import { t } from "../../texts";
import { Icon } from "../icons";
import { PollActions } from "./actions";
import { AnswerForm } from "./answer";
import { Leaders, Outcomes } from "./outcome";

export interface PollProps {
  readonly session: Session;
  readonly poll: Poll;
  readonly moderates: boolean;
  /** Until the person folds it. */
  readonly unfolded: boolean;
}

export function PollItem({ session, poll, moderates, unfolded }: PollProps) {
  const id = useId();
  const [chosen, setChosen] = useState<boolean | null>(null);
  const open = chosen ?? unfolded;
  return (
    <li class={`poll ${poll.stage}`}>
      <h3>
        <button type="button" class="fold" aria-expanded={open} aria-controls={open ? id : undefined} onClick={() => setChosen(!open)}>
          <span dir="auto">{poll.draft.title}</span>
          <Icon name="down" />
        </button>
      </h3>
      <Facts poll={poll} />
      {open && (
        <div id={id} class="poll-body">
          {poll.stage === "open" ? <Open session={session} poll={poll} moderates={moderates} /> : <Closed poll={poll} moderates={moderates} />}
        </div>
      )}
      {moderates && <PollActions session={session} poll={poll} all={open} />}
    </li>
  );
}

function Facts({ poll: { stage, draft, answered, endsAt } }: { poll: Poll }) {
  return (
    <p class="facts">
      <span class={`stage-of ${stage}`}>{t("poll.stage", { stage })}</span>
      {draft.quiz !== undefined && <span>{t("poll.quiz")}</span>}
      {draft.anonymous && <span>{t("poll.anonymous")}</span>}
      <span>{stage === "draft" ? t("poll.questions", { count: draft.questions.length }) : t("poll.answered", { count: answered })}</span>
      <TimeLeft stage={stage} endsAt={endsAt} />
    </p>
  );
}

function TimeLeft(poll: Pick<Poll, "stage" | "endsAt">) {
  const [now, setNow] = useState(Date.now);
  const left = leftOf(poll, now);
  const runs = left !== null;
  useEffect(() => {
    if (!runs) return;
    setNow(Date.now());
    const timer = window.setInterval(() => setNow(Date.now()), 500);
    return () => window.clearInterval(timer);
  }, [runs]);
  if (left === null) return null;
  return (
    <span class={`left ${left < 11_000 ? "soon" : ""}`} role="timer">
      {t("poll.left", { time: clock(left) })}
    </span>
  );
}

interface BodyProps {
  readonly poll: Poll;
  readonly moderates: boolean;
}

function Open({ session, poll, moderates }: BodyProps & { session: Session }) {
  const [changing, setChanging] = useState(false);
  const { yours } = poll;
  const form = <AnswerForm session={session} poll={poll} again={changing} done={() => setChanging(false)} />;
  if (!moderates && (!yours.answered || changing)) return form;
  return (
    <>
      {yours.answered && <p class="told-so">{t("poll.you_answered")}</p>}
      <Outcomes poll={poll} />
      {mayAnswer(poll) &&
        (changing ? (
          form
        ) : (
          <button type="button" class="quiet" onClick={() => setChanging(true)}>
            {t(yours.answered ? "poll.change" : "poll.answer_own")}
          </button>
        ))}
    </>
  );
}

function Closed({ poll, moderates }: BodyProps) {
  const { stage, draft, yours, results } = poll;
  const rated = draft.questions.filter(({ right }) => right !== undefined).length;
  return (
    <>
      {yours.score !== undefined && <p class="score">{t("poll.score", { score: yours.score, total: Math.max(rated, yours.score) })}</p>}
      {stage === "ended" && results === undefined && !moderates && <p class="told-so">{t("poll.not_shown")}</p>}
      <Outcomes poll={poll} />
      <Leaders poll={poll} />
    </>
  );
}
