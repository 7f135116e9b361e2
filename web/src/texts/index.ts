/** The page's words. Nothing that a person reads is written anywhere else. */
import { signal } from "@preact/signals";
import type { en } from "./en";
import { format, type Values } from "./format";
import type { en as later } from "./later/en";
import type { en as outside } from "./outside/en";

export type TextKey = keyof typeof en | keyof typeof later | keyof typeof outside;

/** Every text of the first load, in one language; what is loaded later brings its own. */
export type Catalogue = Readonly<Record<keyof typeof en, string>>;

/** A text to be, as the model holds it: the words come when it is shown. */
export interface Text {
  readonly key: TextKey;
  readonly values?: Values;
}

/** What is spoken now; [speak](./language.ts) changes it, before anything is drawn for the first time. */
export const spoken = signal<{ readonly language: string; readonly catalogue: Readonly<Record<TextKey, string>> }>({ language: "en", catalogue: {} as Record<TextKey, string> });

/** The text of `key`, with `values` put in. Read while rendering: another language is followed. */
export function t(key: TextKey, values?: Values): string {
  const { language, catalogue } = spoken.value;
  return format(catalogue[key] ?? "", values, language);
}

/** The same for a [Text]. */
export function say(text: Text): string {
  return t(text.key, text.values);
}
