/** In which language the room speaks: the one chosen here, or the platform's, or the first of the browser's that there is, or English. */
import { spoken, type TextKey } from "./index";
import { remember, type Language } from "./languages";
import { speakerOf } from "./speaking";

export { firstOf, LANGUAGES, preferred, type Language } from "./languages";

/** The first load has the words that it shows; the other parts of the page come with theirs. */
const PARTS = {
  first: {
    en: async () => (await import("./en")).en,
    es: async () => (await import("./es")).es,
    fr: async () => (await import("./fr")).fr,
    de: async () => (await import("./de")).de,
    pt: async () => (await import("./pt")).pt,
    ar: async () => (await import("./ar")).ar,
  },
  later: {
    en: async () => (await import("./later/en")).en,
    es: async () => (await import("./later/es")).es,
    fr: async () => (await import("./later/fr")).fr,
    de: async () => (await import("./later/de")).de,
    pt: async () => (await import("./later/pt")).pt,
    ar: async () => (await import("./later/ar")).ar,
  },
  outside: {
    en: async () => (await import("./outside/en")).en,
    es: async () => (await import("./outside/es")).es,
    fr: async () => (await import("./outside/fr")).fr,
    de: async () => (await import("./outside/de")).de,
    pt: async () => (await import("./outside/pt")).pt,
    ar: async () => (await import("./outside/ar")).ar,
  },
} satisfies Record<string, Readonly<Record<Language, () => Promise<object>>>>;
export type Part = keyof typeof PARTS;

const wanted = new Set<Part>();
const there = new Set<Part>();

async function catalogueOf(language: Language): Promise<Readonly<Record<TextKey, string>>> {
  const parts = [...wanted];
  const words: object[] = await Promise.all(parts.map((part) => PARTS[part][language]()));
  // Something may have been opened meanwhile.
  return wanted.size === parts.length ? Object.assign({}, ...words) : catalogueOf(language);
}

/** Speaks for the first time: see [Speaker]. */
export async function speakFirst(part: Part, language: Language): Promise<void> {
  wanted.add(part);
  await speaker.speakFirst(language);
}

/** Brings the words of a part, in whatever language is spoken when they are there. */
export async function speakOf(part: Part): Promise<void> {
  wanted.add(part);
  while (!there.has(part)) {
    const { language } = spoken.peek();
    const catalogue = await catalogueOf(language as Language);
    if (spoken.peek().language !== language) continue;
    spoken.value = { language, catalogue };
    there.add(part);
  }
}

const of = (language: Language) => () => catalogueOf(language);

const speaker = speakerOf(spoken, { en: of("en"), es: of("es"), fr: of("fr"), de: of("de"), pt: of("pt"), ar: of("ar") });
export const { speak, followOtherTabs } = speaker;

/** The person's own choice: spoken now, and the next time. */
export async function choose(language: Language): Promise<boolean> {
  const done = await speak(language);
  if (done) remember(language);
  return done;
}
