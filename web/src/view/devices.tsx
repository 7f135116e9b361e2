/** Pickers for camera, microphone and speaker. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { chooseDevice, chosenDevices, deviceChoices, speakerCanChange, unnamedDevices, usedSpeaker, type Device } from "../rtc/devices";
import type { Session } from "../session";
import { t, type TextKey } from "../texts";
import "./style/panel.css";

export interface PickerProps {
  readonly session: Session;
  readonly device: Device;
  /** What stands below: a hint, a failure, a meter. */
  readonly children?: ComponentChildren;
}

export function DevicePicker({ session, device, children }: PickerProps) {
  const id = useId();
  const choices = deviceChoices.value[device];
  const open = device === "speaker" ? usedSpeaker.value : (session.capture.of(device).value.id ?? undefined);
  const chosen = open ?? chosenDevices.value[device] ?? "";
  const selected = choices.some((choice) => choice.id === chosen) ? chosen : (choices[0]?.id ?? "");
  const fixed = device === "speaker" && !speakerCanChange;
  const choose = (value: string) => {
    chooseDevice(device, value);
    if (device !== "speaker" && session.capture.of(device).peek().track !== null) void session.capture.reopen(device);
  };
  return (
    <div class="picker">
      <label for={id}>{t(`devices.${device}`)}</label>
      <select
        id={id}
        value={selected}
        disabled={fixed || (choices.length === 0 && device !== "speaker")}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        {choices.length === 0 && <option value="">{t(insteadOf(session, device))}</option>}
        {choices.map((choice, index) => (
          <option key={choice.id} value={choice.id} selected={choice.id === selected}>
            {choice.label || t(`devices.unnamed.${device}`, { number: index + 1 })}
          </option>
        ))}
      </select>
      {fixed && <p class="hint">{t("devices.speaker_fixed")}</p>}
      {children}
    </div>
  );
}

/** What stands in a picker without anything to pick: not knowing a camera's name is no reason to say that there is none. */
function insteadOf(session: Session, device: Device): TextKey {
  if (device === "speaker") return "devices.default.speaker";
  if (session.capture.of(device).value.failure === "refused") return "devices.refused.short";
  return unnamedDevices.value.has(device) ? `devices.default.${device}` : `devices.none.${device}`;
}
