/** One question of the poll that is being written: its text, how it is answered, and in a quiz what is right. */
import {
  edited,
  fieldOf,
  hasChoices,
  KINDS,
  marked,
  MOST_CHOICES,
  moved,
  ofKind,
  withChoice,
  withoutQuestion,
  type Kind,
  type WrittenChoice,
  type WrittenPoll,
  type WrittenQuestion,
} from "../../model/draft";
import { t } from "../../texts";
import { Icon } from "../icons";
import { Movers, Pick, TextField, Wrong, type Form } from "./fields";

interface Props {
  readonly form: Form;
  readonly poll: WrittenPoll;
  readonly question: WrittenQuestion;
}

export function QuestionFields({ form, poll, question, at }: Props & { at: number }) {
  const { key } = question;
  const number = at + 1;
  const change = (more: Parameters<typeof edited>[2]) => form.change(edited(poll, key, more));
  const neighbour = poll.questions[at + 1] ?? poll.questions[at - 1];
  return (
    <fieldset class="written">
      <legend>{t("poll.question", { number })}</legend>
      <Movers
        field={fieldOf.question(key)}
        labels={{ up: t("poll.question.up", { number }), down: t("poll.question.down", { number }), remove: t("poll.question.remove", { number }) }}
        first={at === 0}
        last={at === poll.questions.length - 1}
        removable={poll.questions.length > 1}
        move={(by, field) => form.change({ ...poll, questions: moved(poll.questions, key, by) }, field)}
        remove={() => form.change(withoutQuestion(poll, key), neighbour === undefined ? "add" : fieldOf.question(neighbour.key))}
      />
      <TextField form={form} name={fieldOf.question(key)} label={t("poll.question.text")} value={question.text} onInput={(text) => change({ text })} />
      <Pick
        form={form}
        name={`kind-${key}`}
        label={t("poll.kind")}
        value={question.kind}
        options={KINDS.map((kind) => [kind, t(`poll.kind.${kind}`)])}
        onPick={(kind) => change(ofKind(question, kind as Kind))}
      />
      {hasChoices(question) && <Choices form={form} poll={poll} question={question} />}
      {question.kind === "rating" && <Scale form={form} poll={poll} question={question} />}
      {question.kind === "text" && poll.quiz && (
        <TextField form={form} name={fieldOf.right(key)} label={t("poll.right")} hint={t("poll.right.hint.text")} value={question.rightText} onInput={(rightText) => change({ rightText })} />
      )}
    </fieldset>
  );
}

function Scale({ form, poll, question: { key, most, rightRating } }: Props) {
  const upTo = (last: number, first: number) => Array.from({ length: last - first + 1 }, (_, at) => [String(first + at), String(first + at)] as const);
  return (
    <div class="side-by-side">
      <Pick
        form={form}
        name={`most-${key}`}
        label={t("poll.most")}
        value={String(most)}
        options={upTo(MOST_CHOICES, 2)}
        onPick={(value) => form.change(edited(poll, key, { most: Number(value), rightRating: Math.min(rightRating, Number(value)) }))}
      />
      {poll.quiz && (
        <Pick
          form={form}
          name={fieldOf.right(key)}
          label={t("poll.right")}
          value={String(rightRating)}
          options={[["0", t("poll.right.none")], ...upTo(most, 1)]}
          onPick={(value) => form.change(edited(poll, key, { rightRating: Number(value) }))}
        />
      )}
    </div>
  );
}

function Choices({ form, poll, question }: Props) {
  const { key, choices } = question;
  const add = (after?: number) => {
    if (choices.length < MOST_CHOICES) form.change(withChoice(poll, question, after), fieldOf.choice(poll.nextKey));
  };
  return (
    <div class="written-choices" role="group" aria-label={t("poll.choices")}>
      {poll.quiz && <p class="hint">{t(`poll.right.hint.${question.kind === "single" ? "single" : "multiple"}`)}</p>}
      {choices.map((choice, at) => (
        <Choice key={choice.key} form={form} poll={poll} question={question} choice={choice} at={at} add={add} />
      ))}
      <Wrong form={form} name={fieldOf.right(key)} />
      {choices.length < MOST_CHOICES && (
        <button type="button" class="quiet add" data-field={fieldOf.choices(key)} onClick={() => add()}>
          <Icon name="plus" />
          {t("poll.choice.add")}
        </button>
      )}
      <Wrong form={form} name={fieldOf.choices(key)} />
    </div>
  );
}

interface ChoiceProps extends Props {
  readonly choice: WrittenChoice;
  readonly at: number;
  readonly add: (after: number) => void;
}

function Choice({ form, poll, question, choice, at, add }: ChoiceProps) {
  const { choices } = question;
  const field = fieldOf.choice(choice.key);
  const number = at + 1;
  const change = (changed: readonly WrittenChoice[], focus?: string) => form.change(edited(poll, question.key, { choices: changed }), focus);
  const remove = () => {
    const neighbour = choices[at + 1] ?? choices[at - 1];
    const rest = choices.filter(({ key }) => key !== choice.key);
    change(rest, neighbour === undefined ? fieldOf.choices(question.key) : fieldOf.choice(neighbour.key));
  };
  // Enter goes on to the next one, and makes it where there is none.
  const next = () => {
    const after = choices[at + 1];
    if (after === undefined) add(choice.key);
    else form.focus(fieldOf.choice(after.key));
  };
  return (
    <div class="written-choice">
      {poll.quiz && (
        <label class="is-right" title={t("poll.choice.right", { number })}>
          <input
            type={question.kind === "single" ? "radio" : "checkbox"}
            name={`${form.id}-${fieldOf.right(question.key)}`}
            data-field={at === 0 ? fieldOf.right(question.key) : undefined}
            checked={choice.right}
            aria-label={t("poll.choice.right", { number })}
            onChange={(event) => change(marked(question, choice.key, event.currentTarget.checked))}
          />
        </label>
      )}
      <TextField
        form={form}
        name={field}
        label={t("poll.choice", { number })}
        hidden
        value={choice.text}
        onInput={(text) => change(choices.map((one) => (one.key === choice.key ? { ...one, text } : one)))}
        onEnter={next}
      />
      <Movers
        field={field}
        labels={{ up: t("poll.choice.up", { number }), down: t("poll.choice.down", { number }), remove: t("poll.choice.remove", { number }) }}
        first={at === 0}
        last={at === choices.length - 1}
        removable={choices.length > 2}
        move={(by, moving) => change(moved(choices, choice.key, by), moving)}
        remove={remove}
      />
    </div>
  );
}
