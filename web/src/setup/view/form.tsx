/** A platform written by hand. Whatever the server says of it stands beside the field that it is about; nothing typed is lost. */
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../../texts/setup";
import { nameOf, type Platform } from "../book";
import type { Desk } from "../desk";
import { entryOf, firstOf, problemFrom, problemsOf, startOf, type Draft, type Field, type Heard, type Problem, type Problems } from "../draft";
import { asksForBase, filled, PRESETS, refilled, type Preset } from "../presets";
import type { Failure } from "../server";
import { Failed } from "./failed";
import { TextField } from "./fields";
import { Roles } from "./roles";

export interface PlatformFormProps {
  readonly desk: Desk;
  /** What is changed; a new one without. */
  readonly platform?: Platform;
  /** What a launch told of it. */
  readonly heard?: Heard | undefined;
  readonly close: () => void;
}

const NONE: Problems = new Map();

export function PlatformForm({ desk, platform, heard, close }: PlatformFormProps) {
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const fixed = platform !== undefined;
  const [start] = useState(() => startOf(platform, heard));
  const [preset, setPreset] = useState<Preset>(start.preset);
  const [base, setBase] = useState(start.base);
  const [draft, setDraft] = useState<Draft>(start.draft);
  const [problems, setProblems] = useState(NONE);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  useLayoutEffect(() => {
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: "nearest" });
  }, []);

  const refill = (next: Preset, at: string) => {
    setDraft(refilled(draft, filled(preset, base), filled(next, at)));
    setPreset(next);
    setBase(at);
  };
  const write = (field: Field) => (value: string) => {
    setDraft({ ...draft, [field]: value });
    if (problems.has(field)) setProblems(new Map([...problems].filter(([one]) => one !== field)));
  };
  const show = (found: Problems) => {
    setProblems(found);
    const first = firstOf(found);
    if (first !== undefined) form.current?.querySelector<HTMLElement>(`[id="${id}-${first}"]`)?.focus();
  };
  const save = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setFailure(null);
    const found = problemsOf(draft, fixed ? [] : desk.book.peek()?.platforms);
    if (found.size > 0) return show(found);
    setBusy(true);
    const failed = await desk.put(entryOf(draft));
    setBusy(false);
    if (failed === null) return close();
    const about = failed.is === "refused" ? problemFrom(failed.said) : null;
    if (about !== null) return show(new Map([about]));
    show(NONE);
    setFailure(failed);
  };
  const field = (name: Exclude<Field, "roles">, hint?: string) => ({
    id: `${id}-${name}`,
    label: t(`form.${name}`),
    value: draft[name],
    hint,
    wrong: wordsOf(problems.get(name)),
    onInput: write(name),
  });
  const title = fixed ? t("form.edit", { name: `\u2068${nameOf(platform)}\u2069` }) : t("form.add");

  return (
    <form ref={form} class="platform-form" aria-labelledby={`${id}-head`} noValidate onSubmit={(event) => void save(event)}>
      <h3 id={`${id}-head`} ref={heading} tabIndex={-1}>
        {title}
      </h3>
      {!fixed && (
        <>
          <PresetPicker id={`${id}-preset`} preset={preset} choose={(next) => refill(next, base)} />
          {asksForBase(preset) && (
            <TextField
              id={`${id}-base`}
              label={t("form.base")}
              hint={t("form.base.hint")}
              placeholder={preset === "sakai" ? "https://sakai.example.edu" : "https://moodle.example.edu"}
              value={base}
              code
              onInput={(at) => refill(preset, at)}
            />
          )}
          <p class="note">{t(`form.hint.${preset}`)}</p>
        </>
      )}
      <div class="pair">
        <TextField {...field("client_id", fixed ? t("form.fixed") : undefined)} code fixed={fixed} />
        <TextField {...field("deployments", t("form.deployments.hint"))} code lines />
      </div>
      <TextField {...field("issuer", fixed ? t("form.fixed") : undefined)} code fixed={fixed} />
      <TextField {...field("login_url")} code />
      <TextField {...field("jwks_url")} code />
      <TextField {...field("token_url")} code />
      <TextField {...field("name", t("form.name.hint"))} />
      <Roles id={`${id}-roles`} rows={draft.roles} wrong={wordsOf(problems.get("roles"))} change={(roles) => setDraft({ ...draft, roles })} />
      {failure !== null && <Failed failure={failure} />}
      <div class="buttons">
        <button type="button" onClick={close}>
          {t("form.cancel")}
        </button>
        <button type="submit" class="primary" aria-disabled={busy}>
          {t("form.save")}
        </button>
      </div>
    </form>
  );
}

function wordsOf(problem: Problem | undefined): string | undefined {
  if (problem === undefined) return undefined;
  return typeof problem === "string" ? t(`form.wrong.${problem}`) : problem.said;
}

function PresetPicker({ id, preset, choose }: { id: string; preset: Preset; choose: (preset: Preset) => void }) {
  return (
    <div class="picker" role="radiogroup" aria-labelledby={id}>
      <span id={id} class="label">
        {t("form.preset")}
      </span>
      <div class="presets">
        {PRESETS.map((one) => (
          <label key={one} class="preset">
            <input type="radio" name={id} value={one} checked={one === preset} onChange={() => choose(one)} />
            <span>{t(`form.preset.${one}`)}</span>
          </label>
        ))}
      </div>
    </div>
  );
}
