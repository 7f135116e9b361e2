/** Which devices there are, which were chosen, and why one did not start. */
import { batch, computed, effect, signal, untracked, type ReadonlySignal } from "@preact/signals";
import { remembered } from "./remembered";

/** A camera or a microphone. */
export type Capturing = "camera" | "mic";
export type Device = Capturing | "speaker";

/** Why a device did not start, for a plain sentence. "framed": the page around this one does not let it. */
export type Failure = "refused" | "framed" | "missing" | "in_use" | "insecure" | "failed" | "unplugged" | "unblurred";

export interface DeviceChoice {
  readonly id: string;
  readonly label: string;
}

export type Choices = Readonly<Record<Device, readonly DeviceChoice[]>>;

const KINDS: Readonly<Record<MediaDeviceKind, Device>> = { audioinput: "mic", videoinput: "camera", audiooutput: "speaker" };
const STORED = "proscenium.devices";

const choices = signal<Choices>({ camera: [], mic: [], speaker: [] });
const unnamed = signal<ReadonlySet<Device>>(new Set());
const chosen = signal<Readonly<Partial<Record<Device, string>>>>(stored());

/** What can be chosen from. Labels are empty until the browser was allowed to use a device. */
export const deviceChoices: ReadonlySignal<Choices> = choices;
/** Kinds that are there, but whose devices the browser does not tell apart until the person allowed one. */
export const unnamedDevices: ReadonlySignal<ReadonlySet<Device>> = unnamed;
/** What the person chose, by device id; kept for the next visit. */
export const chosenDevices: ReadonlySignal<Readonly<Partial<Record<Device, string>>>> = chosen;

/** Whether the sound can be sent to another speaker than the system's. */
export const speakerCanChange = "setSinkId" in HTMLMediaElement.prototype;

/** Whether the browser takes fans and keyboards out of the microphone's sound; whoever plays music turns it off. */
export const suppressing = remembered("proscenium.noise", true);
/** Whether what is behind the person is blurred. */
export const blurring = remembered("proscenium.blur", false);

/** Where the sound goes: the chosen speaker, or the system's while that one is unplugged. */
export const usedSpeaker: ReadonlySignal<string> = computed(() => speakerOf(choices.value.speaker, chosen.value.speaker));

/** Pure. A browser that does not tell its speakers apart may know the chosen one all the same. */
export function speakerOf(there: readonly DeviceChoice[], wanted: string | undefined): string {
  if (wanted === undefined) return "";
  return there.length === 0 || there.some(({ id }) => id === wanted) ? wanted : "";
}

export function chooseDevice(device: Device, id: string): void {
  chosen.value = { ...chosen.peek(), [device]: id };
  try {
    localStorage.setItem(STORED, JSON.stringify(chosen.peek()));
  } catch {
    // Private windows may refuse; the choice holds for this page then.
  }
}

/** Looks again. */
export async function refreshDevices(): Promise<void> {
  const found: Record<Device, DeviceChoice[]> = { camera: [], mic: [], speaker: [] };
  const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  for (const device of devices) {
    if (device.deviceId !== "") found[KINDS[device.kind]].push({ id: device.deviceId, label: device.label });
  }
  batch(() => {
    choices.value = found;
    unnamed.value = new Set(devices.filter((device) => device.deviceId === "").map((device) => KINDS[device.kind]));
  });
}

/** Follows devices that come and go, as long as the page lives. */
export function followDevices(): void {
  const look = () => void refreshDevices();
  look();
  navigator.mediaDevices?.addEventListener("devicechange", look);
}

/** Calls `moved`, with the name of the speaker that is left, when the chosen one is unplugged. */
export function followSpeaker(moved: (label: string) => void): void {
  let before = usedSpeaker.peek();
  effect(() => {
    const now = usedSpeaker.value;
    const lost = before !== "" && now === "" && chosen.peek().speaker === before;
    before = now;
    // The first in a list is where the system sends its sound.
    if (lost) untracked(() => moved(choices.peek().speaker[0]?.label ?? ""));
  });
}

/** What a failed `getUserMedia` means. */
export function failureOf(error: unknown): Failure {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return "refused";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
    case "AbortError":
      return "in_use";
    default:
      return "failed";
  }
}

function stored(): Partial<Record<Device, string>> {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(STORED) ?? "{}");
    return typeof value === "object" && value !== null ? (value as Partial<Record<Device, string>>) : {};
  } catch {
    return {};
  }
}
