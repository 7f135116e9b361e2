/** "Add a room": what a teacher says about it before it stands in the course. */
import { useId, useRef, useState } from "preact/hooks";
import { Icon, Mark } from "../../view/icons";
import { Wrong } from "../../view/wrong";
import { t, type LaunchKey } from "../../texts/launch";
import type { Access } from "../../signal/generated/messages";
import { MOST_TITLE, wrongTitle } from "../draft";
import { choose, post, UNREACHABLE, type Chosen, type Return } from "../server";
import type { Choose, Grade } from "../step";
import { meaningOf, reasonOf } from "../words";

const ACCESSES: readonly Access[] = ["open", "request", "invite"];
const GRADES: readonly Grade[] = ["none", "attendance", "stage"];

export function ChoosePage({ step }: { step: Choose }) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [title, setTitle] = useState(step.title);
  const [access, setAccess] = useState<Access>(step.access);
  const [grade, setGrade] = useState<Grade>("none");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const wrong = tried ? wrongTitle(title) : null;

  const send = async (chosen: Chosen) => {
    if (busy) return;
    setBusy(true);
    setFailed(null);
    const answer = await choose(chosen, post);
    if (answer.is === "return") return goBack(answer);
    setBusy(false);
    setFailed(answer.code);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (wrongTitle(title) === null) void send({ key: step.key, title: title.trim(), access, grade });
    else field.current?.focus();
  };

  return (
    <main class="landing adding">
      <form class="create" aria-labelledby={`${id}-head`} noValidate onSubmit={submit}>
        <header class="adding-head">
          <Mark />
          <div>
            <h1 id={`${id}-head`}>{t("choose")}</h1>
            <p>{t("choose.lead")}</p>
          </div>
        </header>
        <div class="picker">
          <label for={`${id}-title`}>{t("choose.title")}</label>
          <input
            ref={field}
            id={`${id}-title`}
            type="text"
            dir="auto"
            required
            autoComplete="off"
            value={title}
            aria-invalid={wrong !== null || undefined}
            aria-describedby={wrong === null ? undefined : `${id}-wrong`}
            onInput={(event) => setTitle(event.currentTarget.value)}
          />
          {wrong !== null && <Wrong id={`${id}-wrong`}>{t(`choose.title.${wrong}`, { most: MOST_TITLE })}</Wrong>}
        </div>
        <Choices legend="choose.access" values={ACCESSES} chosen={access} choose={setAccess} textOf={(value) => `choose.access.${value}`} />
        {step.gradable && <Choices legend="choose.grade" values={GRADES} chosen={grade} choose={setGrade} textOf={(value) => `choose.grade.${value}`} />}
        {failed !== null && <Failure code={failed} />}
        <div class="buttons">
          <button type="button" aria-disabled={busy} onClick={() => void send({ key: step.key, cancel: true })}>
            {t("choose.cancel")}
          </button>
          <button type="submit" class="primary" aria-disabled={busy}>
            {t("choose.do")}
          </button>
        </div>
      </form>
    </main>
  );
}

interface ChoicesProps<Value extends string> {
  readonly legend: LaunchKey;
  readonly values: readonly Value[];
  readonly chosen: Value;
  readonly choose: (value: Value) => void;
  readonly textOf: (value: Value) => LaunchKey & `choose.${"access.open" | "access.request" | "access.invite" | "grade.none" | "grade.attendance" | "grade.stage"}`;
}

function Choices<Value extends string>({ legend, values, chosen, choose, textOf }: ChoicesProps<Value>) {
  const id = useId();
  return (
    <section class="picker">
      <h2 id={id}>{t(legend)}</h2>
      <div class="choices" role="radiogroup" aria-labelledby={id}>
        {values.map((value) => (
          <div key={value} class="choice">
            <input
              type="radio"
              id={`${id}-${value}`}
              name={id}
              value={value}
              checked={chosen === value}
              aria-describedby={`${id}-${value}-hint`}
              onChange={() => choose(value)}
            />
            <label for={`${id}-${value}`}>{t(textOf(value))}</label>
            <p id={`${id}-${value}-hint`}>{t(`${textOf(value)}.hint`)}</p>
          </div>
        ))}
      </div>
    </section>
  );
}

function Failure({ code }: { code: string }) {
  return (
    <div class="failure" role="alert">
      <Icon name="alert" />
      <span>
        {t(code === UNREACHABLE ? "choose.unreachable" : reasonOf(code).text)}
        {code !== UNREACHABLE && <small>{t(meaningOf(code))}</small>}
      </span>
    </div>
  );
}

/** The platform takes what was chosen from a form that the browser brings there. */
function goBack({ address, jwt }: Return): void {
  const form = document.createElement("form");
  const field = document.createElement("input");
  Object.assign(form, { method: "post", action: address, hidden: true });
  Object.assign(field, { type: "hidden", name: "JWT", value: jwt });
  form.append(field);
  document.body.append(form);
  form.submit();
}
