/** One question: its votes, its words, its answer, and what can be done about it. */
import { signal } from "@preact/signals";
import { useId, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { isModerator, mayAnswerQuestions } from "../../model/abilities";
import type { Asked } from "../../model/questions";
import type { QuestionState } from "../../signal/generated/messages";
import type { Session } from "../../session";
import { spoken, t, type TextKey } from "../../texts";
import { Do } from "../button";
import { Icon } from "../icons";
import { Said } from "../said";

/** Of an answer, as the server has it, in characters. */
const MOST = 2_000;

/** Answers being written, by question. They outlive the panel. */
const answers = signal<ReadonlyMap<number, string>>(new Map());

function write(question: number, text: string | null): void {
  const next = new Map(answers.peek());
  if (text === null) next.delete(question);
  else next.set(question, text);
  answers.value = next;
}

interface QuestionProps {
  readonly session: Session;
  readonly question: Asked;
}

/** Drawn again when this question has changed, not with every vote for another. */
export function QuestionItem({ session, question }: QuestionProps) {
  return useMemo(() => <Drawn session={session} question={question} />, [session, question]);
}

function Drawn({ session, question }: QuestionProps) {
  const words = useId();
  const { id, by, name, text, at, state, answer } = question;
  const own = by === session.me.value?.id;
  const when = new Date(at);
  return (
    <li class={`question ${state}`} tabIndex={-1}>
      <Vote session={session} question={question} />
      <div class="asked">
        <p id={words} class="text" dir="auto">
          {text}
        </p>
        <p class="by">
          <span class="name" dir="auto">
            {name}
          </span>
          {own && <span>({t("people.you")})</span>}
          <time dateTime={when.toISOString()}>{new Intl.DateTimeFormat(spoken.value.language, { timeStyle: "short" }).format(when)}</time>
          <Dismiss session={session} question={question} />
        </p>
        {answer !== undefined && (
          <div class="answer">
            <p class="by">
              <Said text={{ key: "questions.answer_by", values: { name: answer.name } }} />
            </p>
            <p class="text" dir="auto">
              {answer.text}
            </p>
          </div>
        )}
        {answers.value.has(id) ? <Answering session={session} question={question} /> : <Actions session={session} question={question} words={words} />}
      </div>
    </li>
  );
}

function Vote({ session, question: { id, name, votes, voted, state } }: QuestionProps) {
  const label = t("questions.vote", { count: votes, name });
  if (state === "answered") {
    return (
      <span class="vote" role="img" aria-label={t("questions.votes", { count: votes })} title={t("questions.votes", { count: votes })}>
        <Icon name="up" />
        {votes}
      </span>
    );
  }
  return (
    <button
      type="button"
      class="vote"
      aria-label={label}
      title={label}
      aria-pressed={voted}
      onClick={() => void session.do({ do: "vote_question", question: id, voted: !voted })}
    >
      <Icon name="up" />
      {votes}
    </button>
  );
}

/** Where a question may go from where it is, and what the button says. */
const MARKS: Readonly<Record<QuestionState, readonly (readonly [QuestionState, TextKey])[]>> = {
  open: [["live", "questions.go_live"]],
  live: [["answered", "questions.done"]],
  answered: [["open", "questions.reopen"]],
};

function Actions({ session, question: { id, state, answer }, words }: QuestionProps & { words: string }) {
  if (!mayAnswerQuestions(session.me.value)) return null;
  return (
    <div class="doings">
      {MARKS[state].map(([to, key]) => (
        <Do key={key} describedby={words} class={to === "answered" ? "primary" : ""} do={() => session.do({ do: "mark_question", question: id, state: to })}>
          {t(key)}
        </Do>
      ))}
      <button type="button" aria-describedby={words} onClick={() => write(id, answer?.text ?? "")}>
        {t("questions.write")}
      </button>
    </div>
  );
}

function Dismiss({ session, question: { id, by, name } }: QuestionProps) {
  if (!isModerator(session.me.value) && by !== session.me.value?.id) return null;
  const label = t("questions.dismiss", { name });
  return (
    <button type="button" class="round" aria-label={label} title={label} onClick={() => void session.do({ do: "dismiss_question", question: id })}>
      <Icon name="close" />
    </button>
  );
}

function Answering({ session, question: { id, name } }: QuestionProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const text = answers.value.get(id) ?? "";
  useLayoutEffect(() => field.current?.focus({ preventScroll: true }), []);
  const close = () => {
    field.current?.closest("li")?.focus({ preventScroll: true });
    write(id, null);
  };
  const send = async () => {
    if (text.trim() !== "" && (await session.do({ do: "answer_question", question: id, text }))) close();
  };
  return (
    <form
      class="answering"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <textarea
        ref={field}
        rows={2}
        value={text}
        maxLength={MOST}
        dir="auto"
        aria-label={t("questions.write.label", { name })}
        onInput={(event) => write(id, event.currentTarget.value)}
      />
      <div class="buttons">
        <button type="button" onClick={close}>
          {t("questions.write.cancel")}
        </button>
        <button type="submit" class="primary" aria-disabled={text.trim() === "" || undefined}>
          {t("questions.write.send")}
        </button>
      </div>
    </form>
  );
}
