/** Where one answers a poll: all of its questions in one form, and beforehand whether that is for good. */
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { chosen, tidied, type Poll } from "../../model/polls";
import type { PollAnswer, PollQuestion } from "../../signal/generated/messages";
import type { Session } from "../../session";
import { spoken, t } from "../../texts";
import { give, given } from "./written";

/** As the server has it, in characters. */
const MOST_WORDS = 300;

interface AnswerFormProps {
  readonly session: Session;
  readonly poll: Poll;
  /** Opened by a button, which is gone: the form takes the focus. */
  readonly again: boolean;
  readonly done: () => void;
}

export function AnswerForm({ session, poll, again, done }: AnswerFormProps) {
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const [empty, setEmpty] = useState(false);
  const [busy, setBusy] = useState(false);
  const focusFirst = () => form.current?.querySelector<HTMLElement>("input:checked, input, textarea")?.focus();
  useEffect(() => {
    if (again) focusFirst();
  }, []);
  const answers = poll.draft.questions.map((_, at) => (given.value.get(poll.id) ?? poll.yours.answers)[at] ?? null);
  const change = (at: number, answer: PollAnswer) => {
    setEmpty(false);
    give(poll.id, answers.with(at, answer));
  };
  const send = async () => {
    const ready = tidied(answers);
    const nothing = ready.every((answer) => answer === null);
    setEmpty(nothing);
    if (nothing) return focusFirst();
    if (busy) return;
    setBusy(true);
    const taken = await session.do({ do: "answer_poll", poll: poll.id, answers: ready });
    setBusy(false);
    if (!taken) return;
    // What comes in place of the form begins at the head of the poll.
    form.current?.closest("li")?.querySelector<HTMLElement>(".fold")?.focus();
    give(poll.id, null);
    done();
  };
  return (
    <form
      ref={form}
      class="answers"
      aria-describedby={`${id}-once`}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Once id={`${id}-once`} poll={poll} />
      {poll.draft.questions.map((question, at) => (
        <Field key={at} id={`${id}-${at}`} question={question} answer={answers[at] ?? null} change={(answer) => change(at, answer)} />
      ))}
      <div aria-live="polite">{empty && <p class="wrong">{t("poll.wrong.nothing")}</p>}</div>
      <button type="submit" class="primary" aria-disabled={busy || undefined}>
        {t("poll.send")}
      </button>
    </form>
  );
}

function Once({ id, poll: { draft } }: { id: string; poll: Poll }) {
  return (
    <div id={id} class="once">
      {draft.anonymous && <p>{t("poll.once.anonymous")}</p>}
      {draft.quiz !== undefined && <p>{t("poll.once.quiz")}</p>}
      {!draft.anonymous && draft.quiz === undefined && <p>{t("poll.may_change")}</p>}
    </div>
  );
}

interface FieldProps {
  readonly id: string;
  readonly question: PollQuestion;
  readonly answer: PollAnswer | null;
  readonly change: (answer: PollAnswer) => void;
}

function Field(props: FieldProps) {
  const { id, question, answer, change } = props;
  const { kind, text } = question;
  if (kind.is === "text") {
    return (
      <div class="field">
        <label for={id} dir="auto">
          {text}
        </label>
        <textarea
          id={id}
          rows={2}
          maxLength={MOST_WORDS}
          dir="auto"
          value={answer?.is === "text" ? answer.text : ""}
          onInput={(event) => change({ is: "text", text: event.currentTarget.value })}
        />
      </div>
    );
  }
  return (
    <fieldset class="field">
      <legend dir="auto">{text}</legend>
      {kind.is === "rating" ? <Rating {...props} most={kind.most} /> : <Choices {...props} choices={kind.choices} single={kind.is === "single"} />}
    </fieldset>
  );
}

function Choices({ id, answer, change, choices, single }: FieldProps & { choices: readonly string[]; single: boolean }) {
  return (
    <div class="choices">
      {!single && <p class="hint">{t("poll.several")}</p>}
      {choices.map((choice, at) => (
        <div key={at} class="choice">
          <input
            type={single ? "radio" : "checkbox"}
            id={`${id}-${at}`}
            name={id}
            checked={answer?.is === "choices" && answer.choices.includes(at)}
            onChange={(event) => change(chosen(answer, at, event.currentTarget.checked, single))}
          />
          <label for={`${id}-${at}`} dir="auto">
            {choice}
          </label>
        </div>
      ))}
    </div>
  );
}

function Rating({ id, answer, change, most }: FieldProps & { most: number }) {
  const number = new Intl.NumberFormat(spoken.value.language);
  return (
    <>
      <p class="hint">{t("poll.scale", { most })}</p>
      <div class="rating">
        {Array.from({ length: most }, (_, at) => at + 1).map((rating) => (
          <label key={rating}>
            <input
              type="radio"
              name={id}
              checked={answer?.is === "rating" && answer.rating === rating}
              onChange={() => change({ is: "rating", rating })}
            />
            <span>{number.format(rating)}</span>
          </label>
        ))}
      </div>
    </>
  );
}
