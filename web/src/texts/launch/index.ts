/** The words of the launch page. They come with what shows them: a launch that goes well needs none. */
import { wordsOf } from "../speaking";
import type { en } from "./en";

export type LaunchKey = keyof typeof en;
export type LaunchCatalogue = Readonly<Record<LaunchKey, string>>;

export const { t, spoken, speakFirst } = wordsOf<LaunchKey>({
  en: async () => (await import("./en")).en,
  es: async () => (await import("./es")).es,
  fr: async () => (await import("./fr")).fr,
  de: async () => (await import("./de")).de,
  pt: async () => (await import("./pt")).pt,
  ar: async () => (await import("./ar")).ar,
});
