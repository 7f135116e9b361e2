/** What came of a poll, as far as the person may know it: how often each answer was given, their own, and the right one. */
import { useId } from "preact/hooks";
import { barsOf, has, meanOf, type Bar, type Poll } from "../../model/polls";
import type { PollAnswer, PollQuestion, PollResult } from "../../signal/generated/messages";
import { spoken, t } from "../../texts";
import { Icon } from "../icons";

export function Outcomes({ poll: { draft, results, answered, yours } }: { poll: Poll }) {
  return (
    <ol role="list" class="outcomes">
      {draft.questions.map((question, at) => (
        <Outcome key={at} question={question} result={results?.[at]} answered={answered} own={yours.answers[at] ?? null} />
      ))}
    </ol>
  );
}

interface OutcomeProps {
  readonly question: PollQuestion;
  readonly result: PollResult | undefined;
  readonly answered: number;
  readonly own: PollAnswer | null;
}

function Outcome({ question, result, answered, own }: OutcomeProps) {
  const heading = useId();
  const { kind, text, right } = question;
  const mean = kind.is === "rating" && result !== undefined ? meanOf(result) : null;
  return (
    <li class="outcome">
      <h4 id={heading} dir="auto">
        {text}
      </h4>
      {mean !== null && <p class="mean">{t("poll.mean", { mean: numbers({ maximumFractionDigits: 1 }).format(mean), most: kind.is === "rating" ? kind.most : 0 })}</p>}
      {kind.is === "text" ? (
        <Words result={result} own={own} right={right} labelledby={heading} />
      ) : (
        <ul role="list" aria-labelledby={heading} class={kind.is}>
          {labelsOf(kind).map((label, line) => (
            <Line key={line} label={label} bar={result === undefined ? undefined : barsOf(question, result, answered)[line]} own={has(own, line)} right={has(right, line)} />
          ))}
        </ul>
      )}
    </li>
  );
}

function labelsOf(kind: Exclude<PollQuestion["kind"], { is: "text" }>): readonly string[] {
  if (kind.is !== "rating") return kind.choices;
  return Array.from({ length: kind.most }, (_, at) => numbers().format(at + 1));
}

interface LineProps {
  readonly label: string;
  readonly bar: Bar | undefined;
  readonly own: boolean;
  readonly right: boolean;
}

function Line({ label, bar, own, right }: LineProps) {
  return (
    <li class={`line ${right ? "right" : ""} ${bar === undefined ? "bare" : ""}`}>
      <span class="label" dir="auto">
        {label}
      </span>
      <Marks own={own} right={right} />
      {bar !== undefined && (
        <>
          <span class="share">
            <b>{numbers({ style: "percent" }).format(bar.share)}</b> <span>({numbers().format(bar.count)})</span>
          </span>
          <span class="bar" aria-hidden="true">
            <span style={{ inlineSize: `${bar.share * 100}%` }} />
          </span>
        </>
      )}
    </li>
  );
}

function Marks({ own, right }: { own: boolean; right: boolean }) {
  return (
    <>
      {right && (
        <span class="mark-of right">
          <Icon name="check" />
          {t("poll.right")}
        </span>
      )}
      {own && <span class="mark-of yours">{t("poll.yours")}</span>}
    </>
  );
}

interface WordsProps {
  readonly result: PollResult | undefined;
  readonly own: PollAnswer | null;
  readonly right: PollAnswer | undefined;
  readonly labelledby: string;
}

function Words({ result, own, right, labelledby }: WordsProps) {
  return (
    <>
      {[right, own].map((answer, at) =>
        answer?.is === "text" ? (
          <p key={at} class="words">
            <Marks own={at === 1} right={at === 0} /> <span dir="auto">{answer.text}</span>
          </p>
        ) : null,
      )}
      {result !== undefined && result.texts.length === 0 && <p class="nobody">{t("poll.no_texts")}</p>}
      {result !== undefined && result.texts.length > 0 && (
        <ul role="list" aria-labelledby={labelledby} class="texts" tabIndex={0}>
          {result.texts.map((text, at) => (
            <li key={at} dir="auto">
              {text}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

export function Leaders({ poll: { leaders } }: { poll: Poll }) {
  const heading = useId();
  if (leaders === undefined || leaders.length === 0) return null;
  return (
    <div class="leaders">
      <h4 id={heading}>{t("poll.leaders")}</h4>
      <ol role="list" aria-labelledby={heading}>
        {leaders.map(({ name, score }, at) => (
          <li key={at}>
            <span class="place">{numbers().format(at + 1)}</span>
            <span class="name" dir="auto">
              {name}
            </span>
            <span class="points">{t("poll.points", { count: score })}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

function numbers(options?: Intl.NumberFormatOptions): Intl.NumberFormat {
  return new Intl.NumberFormat(spoken.value.language, options);
}
