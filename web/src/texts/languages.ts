/** The languages there are, and which of them a person wants. */

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

const RIGHT_TO_LEFT: ReadonlySet<Language> = new Set(["ar"]);
export const KEY = "proscenium.language";

export function isRightToLeft(language: Language): boolean {
  return RIGHT_TO_LEFT.has(language);
}

/** The first of `wanted` (BCP 47, best first) that there is a catalogue for, whatever its region. */
export function firstOf(wanted: readonly (string | null | undefined)[]): Language {
  for (const tag of wanted) {
    // Platforms write `pt_BR` as well.
    const language = tag?.toLowerCase().split(/[-_]/u, 1)[0] ?? "";
    if (Object.hasOwn(LANGUAGES, language)) return language as Language;
  }
  return "en";
}

/** What was chosen here before, then what the platform says that the person speaks, then what the browser asks for. */
export function preferred(platforms: string | null = null): Language {
  return firstOf([remembered(), platforms, ...navigator.languages]);
}

function remembered(): string | null {
  try {
    return window.localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** A browser that keeps nothing forgets it, and nothing else. */
export function remember(language: Language): void {
  try {
    window.localStorage.setItem(KEY, language);
  } catch {
    // As said.
  }
}
