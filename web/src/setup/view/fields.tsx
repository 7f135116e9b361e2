/** What the forms of this page are made of. */
import { Wrong } from "../../view/wrong";

export interface TextFieldProps {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly hint?: string | undefined;
  readonly wrong?: string | undefined;
  readonly lines?: boolean;
  readonly fixed?: boolean;
  /** Written from left to right in every language. */
  readonly code?: boolean;
  readonly placeholder?: string;
  readonly onInput: (value: string) => void;
}

export function TextField({ id, label, value, hint, wrong, lines = false, fixed = false, code = false, placeholder, onInput }: TextFieldProps) {
  const described = [hint === undefined ? "" : `${id}-hint`, wrong === undefined ? "" : `${id}-wrong`].filter((one) => one !== "").join(" ");
  const common = {
    id,
    value,
    placeholder,
    readOnly: fixed,
    autoComplete: "off",
    spellcheck: !code,
    dir: code ? ("ltr" as const) : ("auto" as const),
    class: code ? "code" : "",
    "aria-invalid": wrong !== undefined || undefined,
    "aria-describedby": described === "" ? undefined : described,
  };
  return (
    <div class="picker">
      <label for={id}>{label}</label>
      {lines ? (
        <textarea {...common} rows={2} onInput={(event) => onInput(event.currentTarget.value)} />
      ) : (
        <input {...common} type="text" onInput={(event) => onInput(event.currentTarget.value)} />
      )}
      {hint !== undefined && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
      {wrong !== undefined && <Wrong id={`${id}-wrong`}>{wrong}</Wrong>}
    </div>
  );
}
