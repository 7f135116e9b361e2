/** In which language the room speaks: the one chosen here, or the platform's, or the first of the browser's that there is, or English. */
import { spoken, type Catalogue } from "./index";
import { remember, type Language } from "./languages";
import { speakerOf } from "./speaking";

export { firstOf, LANGUAGES, preferred, type Language } from "./languages";

const CATALOGUES: Readonly<Record<Language, () => Promise<Catalogue>>> = {
  en: async () => (await import("./en")).en,
  es: async () => (await import("./es")).es,
  fr: async () => (await import("./fr")).fr,
  de: async () => (await import("./de")).de,
  pt: async () => (await import("./pt")).pt,
  ar: async () => (await import("./ar")).ar,
};

export const { speak, speakFirst, followOtherTabs } = speakerOf(spoken, CATALOGUES);

/** The person's own choice: spoken now, and the next time. */
export async function choose(language: Language): Promise<boolean> {
  const done = await speak(language);
  if (done) remember(language);
  return done;
}
