/** The page's words. Nothing that a person reads is written anywhere else. */
import { en } from "./en";
import { format, type Values } from "./format";

export type TextKey = keyof typeof en;

/** A text to be, as the model holds it: the words come when it is shown. */
export interface Text {
  readonly key: TextKey;
  readonly values?: Values;
}

/** The text of `key`, with `values` put in. */
export function t(key: TextKey, values?: Values): string {
  return format(en[key], values);
}

/** The same for a [Text]. */
export function say(text: Text): string {
  return t(text.key, text.values);
}
