/** The words of the setup page. */
import { wordsOf } from "../speaking";
import type { en } from "./en";

export type SetupKey = keyof typeof en;
export type SetupCatalogue = Readonly<Record<SetupKey, string>>;

export const { t, spoken, speak, speakFirst, followOtherTabs } = wordsOf<SetupKey>({
  en: async () => (await import("./en")).en,
  es: async () => (await import("./es")).es,
  fr: async () => (await import("./fr")).fr,
  de: async () => (await import("./de")).de,
  pt: async () => (await import("./pt")).pt,
  ar: async () => (await import("./ar")).ar,
});
