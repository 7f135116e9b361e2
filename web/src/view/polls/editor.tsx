/** Where a moderator writes a poll. What is wrong is said beside each field, once they have tried to save it. */
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { blankPoll, finished, isWritten, MOST_QUESTIONS, problemsOf, withQuestion, type Problems, type WrittenPoll } from "../../model/draft";
import type { Session } from "../../session";
import { t } from "../../texts";
import { Icon } from "../icons";
import { Sure } from "./actions";
import { TextField, type Form } from "./fields";
import { Options } from "./options";
import { QuestionFields } from "./question_fields";
import { writing, writtenPoll } from "./written";

const NONE: Problems = new Map();

export function Editor({ session }: { session: Session }) {
  const element = useRef<HTMLFormElement>(null);
  const [tried, setTried] = useState(false);
  const poll = writtenPoll.value ?? blankPoll();
  const problems = tried ? problemsOf(poll) : NONE;
  const form = useForm(element, problems);
  useLayoutEffect(() => form.focus("title"), []);

  const leave = (drop: boolean) => {
    if (drop) writtenPoll.value = null;
    writing.value = false;
  };
  const save = async () => {
    const [first] = problemsOf(poll).keys();
    setTried(true);
    if (first !== undefined) return form.focus(first);
    if (await session.do({ do: "create_poll", draft: finished(poll) })) leave(true);
  };
  return (
    <form
      ref={element}
      class="poll-editor"
      aria-label={t("polls.new")}
      noValidate
      onKeyDown={keepFromSaving}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div class="panel-body">
        <button type="button" class="quiet back" onClick={() => leave(!isWritten(poll))}>
          <Icon name="back" />
          {t("polls.back")}
        </button>
        <TextField form={form} name="title" label={t("poll.title")} value={poll.title} onInput={(title) => form.change({ ...poll, title })} />
        <Options form={form} poll={poll} />
        {poll.questions.map((question, at) => (
          <QuestionFields key={question.key} form={form} poll={poll} question={question} at={at} />
        ))}
        {poll.questions.length < MOST_QUESTIONS && (
          <button
            type="button"
            data-field="add"
            class="add"
            onClick={() => form.change(withQuestion(poll), `question-${poll.nextKey}`)}
          >
            <Icon name="plus" />
            {t("poll.question.add")}
          </button>
        )}
      </div>
      <div class="buttons">
        <Sure
          name={t("poll.discard")}
          question={t("poll.discard.sure")}
          yes={t("poll.discard.yes")}
          no={t("poll.discard.no")}
          do={async () => leave(true)}
        />
        <button type="submit" class="primary">
          {t("poll.save")}
        </button>
      </div>
    </form>
  );
}

/** Enter in a field of one line must not save what is half done. */
function keepFromSaving(event: KeyboardEvent): void {
  if (event.key === "Enter" && event.target instanceof HTMLInputElement) event.preventDefault();
}

/** What the fields share: how they change the poll, what is wrong with it, and where the focus goes. */
function useForm(element: { readonly current: HTMLFormElement | null }, problems: Problems): Form {
  const id = useId();
  const wanted = useRef<string | null>(null);
  const focus = (field: string) => element.current?.querySelector<HTMLElement>(`[data-field="${field}"]`)?.focus();
  // Once the field is there that it is to go to.
  useLayoutEffect(() => {
    if (wanted.current !== null) focus(wanted.current);
    wanted.current = null;
  });
  const change = (poll: WrittenPoll, field?: string) => {
    wanted.current = field ?? null;
    writtenPoll.value = poll;
  };
  return { id, problems, change, focus };
}
