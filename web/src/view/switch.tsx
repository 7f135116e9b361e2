/** A switch that this browser remembers, and what is said when it could not be turned. */
import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { t, type TextKey } from "../texts";
import { Icon } from "./icons";
import "./style/dialog.css";

interface SwitchProps {
  readonly text: TextKey;
  readonly hint?: TextKey;
  readonly on: Signal<boolean>;
  readonly changed: () => Promise<unknown>;
}

export function Switch({ text, hint, on, changed }: SwitchProps) {
  const id = useId();
  const turn = (value: boolean) => {
    on.value = value;
    void changed();
  };
  return (
    <>
      <label class="switch">
        <input
          type="checkbox"
          role="switch"
          checked={on.value}
          aria-describedby={hint === undefined ? undefined : id}
          onChange={(event) => turn(event.currentTarget.checked)}
        />
        <span>{t(text)}</span>
      </label>
      {hint !== undefined && (
        <p id={id} class="hint beside-switch">
          {t(hint)}
        </p>
      )}
    </>
  );
}

export function Failed({ text, children }: { text: TextKey; children?: ComponentChildren }) {
  return (
    <div class="failure" role="alert">
      <Icon name="alert" />
      <span>{t(text)}</span>
      {children}
    </div>
  );
}
