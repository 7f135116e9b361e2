/** What a page needs to speak: which catalogue there is of which language, and the one that is spoken. Each page has words of its own. */
import { signal, type Signal } from "@preact/signals";
import { format, type Values } from "./format";
import { firstOf, isRightToLeft, KEY, type Language } from "./languages";

export interface Spoken<Key extends string> {
  readonly language: string;
  readonly catalogue: Readonly<Record<Key, string>>;
}

/** Only the one that is spoken is loaded. */
export type Catalogues<Key extends string> = Readonly<Record<Language, () => Promise<Readonly<Record<Key, string>>>>>;

/** For a catalogue that did not arrive to be asked for again, in milliseconds. */
const AGAIN_MS = 3_000;

export interface Speaker {
  /** Speaks `language` from now on; what was spoken before stays where its catalogue does not arrive. */
  readonly speak: (language: Language) => Promise<boolean>;
  /** The first words of the page: in this language, else in English, for as long as it takes; there is nothing to be shown without any. */
  readonly speakFirst: (language: Language) => Promise<void>;
  /** What is chosen in another tab is spoken in this one as well. */
  readonly followOtherTabs: () => void;
}

export function speakerOf<Key extends string>(spoken: Signal<Spoken<Key>>, catalogues: Catalogues<Key>): Speaker {
  const speak = async (language: Language) => {
    try {
      spoken.value = { language, catalogue: await catalogues[language]() };
    } catch {
      return false;
    }
    document.documentElement.lang = language;
    document.documentElement.dir = isRightToLeft(language) ? "rtl" : "ltr";
    return true;
  };
  const speakFirst = async (language: Language) => {
    while (!((await speak(language)) || (await speak("en")))) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  };
  const followOtherTabs = () =>
    window.addEventListener("storage", ({ key, newValue }) => {
      if (key === KEY) void speak(firstOf([newValue, ...navigator.languages]));
    });
  return { speak, speakFirst, followOtherTabs };
}

/** All that a page speaks with. */
export interface Words<Key extends string> extends Speaker {
  readonly spoken: Signal<Spoken<Key>>;
  readonly t: (key: Key, values?: Values) => string;
}

export function wordsOf<Key extends string>(catalogues: Catalogues<Key>): Words<Key> {
  const spoken = signal<Spoken<Key>>({ language: "en", catalogue: {} as Readonly<Record<Key, string>> });
  const t = (key: Key, values?: Values) => format(spoken.value.catalogue[key] ?? "", values, spoken.value.language);
  return { spoken, t, ...speakerOf(spoken, catalogues) };
}
