/** Whether the page makes sounds of its own, and how they come out. */
import { remembered } from "./remembered";
import { usedSpeaker } from "./devices";
import type { Sound } from "../model/sounds";

export const sounding = remembered("proscenium.sounds", true);

/** A sound that cannot be heard is none; whatever it is for is in sight as well. */
export function playSound(sound: Sound): void {
  if (!sounding.peek()) return;
  void import("./tones").then(({ play }) => play(sound, usedSpeaker.peek())).catch(() => undefined);
}

/** The speaker's test; `false` when it could not be heard. */
export async function playTest(): Promise<boolean> {
  try {
    return await (await import("./tones")).play("test", usedSpeaker.peek());
  } catch {
    return false;
  }
}
