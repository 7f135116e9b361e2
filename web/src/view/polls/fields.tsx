/** Fields of the form in which a poll is written. */
import { MOST_CHARS, type Problems, type WrittenPoll } from "../../model/draft";
import { say } from "../../texts";
import { Icon, type IconName } from "../icons";

export interface Form {
  /** Where the ids of its elements begin. */
  readonly id: string;
  readonly problems: Problems;
  /** The poll is another one now; the focus goes to this field of it. */
  readonly change: (poll: WrittenPoll, field?: string) => void;
  readonly focus: (field: string) => void;
}

interface TextFieldProps {
  readonly form: Form;
  readonly name: string;
  readonly label: string;
  /** Said to those who listen, and left out where the place says it. */
  readonly hidden?: boolean;
  readonly value: string;
  readonly hint?: string;
  readonly numeric?: boolean;
  readonly onInput: (value: string) => void;
  readonly onEnter?: () => void;
}

export function TextField({ form, name, label, hidden = false, value, hint, numeric = false, onInput, onEnter }: TextFieldProps) {
  const id = `${form.id}-${name}`;
  const wrong = form.problems.has(name);
  const described = [hint === undefined ? "" : `${id}-hint`, wrong ? `${id}-wrong` : ""].filter((one) => one !== "").join(" ");
  return (
    <div class="picker text-field">
      {!hidden && <label for={id}>{label}</label>}
      <input
        type="text"
        id={id}
        data-field={name}
        value={value}
        maxLength={MOST_CHARS}
        autoComplete="off"
        dir="auto"
        inputMode={numeric ? "numeric" : undefined}
        aria-label={hidden ? label : undefined}
        placeholder={hidden ? label : undefined}
        aria-invalid={wrong || undefined}
        aria-describedby={described === "" ? undefined : described}
        onInput={(event) => onInput(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.isComposing) onEnter?.();
        }}
      />
      {hint !== undefined && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
      <Wrong form={form} name={name} />
    </div>
  );
}

/** What is wrong with a field, below it. */
export function Wrong({ form, name }: { form: Form; name: string }) {
  const problem = form.problems.get(name);
  if (problem === undefined) return null;
  return (
    <p id={`${form.id}-${name}-wrong`} class="wrong">
      {say(problem)}
    </p>
  );
}

interface PickProps {
  readonly form: Form;
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, name: string])[];
  readonly onPick: (value: string) => void;
}

export function Pick({ form, name, label, value, options, onPick }: PickProps) {
  const id = `${form.id}-${name}`;
  return (
    <div class="picker">
      <label for={id}>{label}</label>
      <select id={id} data-field={name} value={value} onChange={(event) => onPick(event.currentTarget.value)}>
        {options.map(([option, text]) => (
          <option key={option} value={option} selected={option === value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

interface CheckProps {
  readonly form: Form;
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly checked: boolean;
  readonly onCheck: (checked: boolean) => void;
}

export function Check({ form, name, label, hint, checked, onCheck }: CheckProps) {
  const id = `${form.id}-${name}`;
  return (
    <div class="choice">
      <input
        type="checkbox"
        id={id}
        data-field={name}
        checked={checked}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onCheck(event.currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      <p id={`${id}-hint`}>{hint}</p>
    </div>
  );
}

interface SmallProps {
  readonly field: string;
  readonly icon: IconName;
  readonly label: string;
  /** Nothing to do: it can still be reached, so that the focus stays where it was. */
  readonly disabled?: boolean;
  readonly do: () => void;
}

export function Small({ field, icon, label, disabled = false, do: act }: SmallProps) {
  return (
    <button
      type="button"
      class="round small"
      data-field={field}
      aria-label={label}
      title={label}
      aria-disabled={disabled || undefined}
      onClick={() => {
        if (!disabled) act();
      }}
    >
      <Icon name={icon} />
    </button>
  );
}

interface MoversProps {
  /** Of what is moved: its buttons are fields called after it. */
  readonly field: string;
  readonly labels: { readonly up: string; readonly down: string; readonly remove: string };
  readonly first: boolean;
  readonly last: boolean;
  readonly removable: boolean;
  readonly move: (by: -1 | 1, field: string) => void;
  readonly remove: () => void;
}

/** Up, down, away. */
export function Movers({ field, labels, first, last, removable, move, remove }: MoversProps) {
  const [up, down] = [`${field}-up`, `${field}-down`];
  return (
    <span class="movers">
      <Small field={up} icon="up" label={labels.up} disabled={first} do={() => move(-1, up)} />
      <Small field={down} icon="down" label={labels.down} disabled={last} do={() => move(1, down)} />
      <Small field={`${field}-remove`} icon="close" label={labels.remove} disabled={!removable} do={remove} />
    </span>
  );
}
