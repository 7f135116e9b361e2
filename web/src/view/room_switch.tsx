/** Something of the room that is on or off: it moves at once, and back where the server says no. */
import { useId, useState } from "preact/hooks";
import "./style/dialog.css";

export interface RoomSwitchProps {
  readonly label: string;
  readonly hint?: string;
  readonly on: boolean;
  /** One of many is a checkbox. */
  readonly role?: "switch";
  readonly class?: string;
  readonly set: (on: boolean) => Promise<unknown>;
}

export function RoomSwitch({ label, hint, on, role, class: extra = "", set }: RoomSwitchProps) {
  const id = useId();
  const [wanted, setWanted] = useState<boolean | null>(null);
  const change = (next: boolean) => {
    setWanted(next);
    void set(next).finally(() => setWanted(null));
  };
  return (
    <div class={`switch ${extra}`}>
      <input
        type="checkbox"
        id={id}
        role={role}
        checked={wanted ?? on}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => change(event.currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      {hint !== undefined && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
    </div>
  );
}
