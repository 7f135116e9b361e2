/** In which language the page speaks: the one chosen here, or the first of the browser's that there is, or English. */
import { spoken, type Catalogue } from "./index";

/** Each by its own name, as people look for it. */
export const LANGUAGES = {
  en: "English",
  es: "Español",
  fr: "Français",
  de: "Deutsch",
  pt: "Português",
  ar: "العربية",
} as const;

export type Language = keyof typeof LANGUAGES;

/** Only the one that is spoken is loaded. */
const CATALOGUES: Readonly<Record<Language, () => Promise<Catalogue>>> = {
  en: async () => (await import("./en")).en,
  es: async () => (await import("./es")).es,
  fr: async () => (await import("./fr")).fr,
  de: async () => (await import("./de")).de,
  pt: async () => (await import("./pt")).pt,
  ar: async () => (await import("./ar")).ar,
};

const RIGHT_TO_LEFT: ReadonlySet<Language> = new Set(["ar"]);
const KEY = "proscenium.language";

/** The first of `wanted` (BCP 47, best first) that there is a catalogue for, whatever its region. */
export function firstOf(wanted: readonly (string | null)[]): Language {
  for (const tag of wanted) {
    const language = tag?.toLowerCase().split("-", 1)[0] ?? "";
    if (Object.hasOwn(LANGUAGES, language)) return language as Language;
  }
  return "en";
}

/** What was chosen here before, then what the browser asks for. */
export function preferred(): Language {
  return firstOf([remembered(), ...navigator.languages]);
}

/** Speaks `language` from now on; what was spoken before stays where its catalogue does not arrive. */
export async function speak(language: Language): Promise<boolean> {
  try {
    spoken.value = { language, catalogue: await CATALOGUES[language]() };
  } catch {
    return false;
  }
  document.documentElement.lang = language;
  document.documentElement.dir = RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";
  return true;
}

/** For a catalogue that did not arrive to be asked for again, in milliseconds. */
const AGAIN_MS = 3_000;

/** The first words of the page: in this language, else in English, for as long as it takes; there is nothing to be shown without any. */
export async function speakFirst(language: Language): Promise<void> {
  while (!((await speak(language)) || (await speak("en")))) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
}

/** The person's own choice: spoken now, and the next time. */
export async function choose(language: Language): Promise<boolean> {
  const done = await speak(language);
  if (done) remember(language);
  return done;
}

/** What is chosen in another tab is spoken in this one as well. */
export function followOtherTabs(): void {
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key === KEY) void speak(firstOf([newValue, ...navigator.languages]));
  });
}

function remembered(): string | null {
  try {
    return window.localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** A browser that keeps nothing forgets it, and nothing else. */
function remember(language: Language): void {
  try {
    window.localStorage.setItem(KEY, language);
  } catch {
    // As said.
  }
}
