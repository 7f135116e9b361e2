import { describe, expect, it } from "vitest";
import { format } from "../src/texts/format";
import { firstOf } from "../src/texts/languages";
import { ar as arLaunch } from "../src/texts/launch/ar";
import { de as deLaunch } from "../src/texts/launch/de";
import { en as enLaunch } from "../src/texts/launch/en";
import { es as esLaunch } from "../src/texts/launch/es";
import { fr as frLaunch } from "../src/texts/launch/fr";
import { pt as ptLaunch } from "../src/texts/launch/pt";
import { ar as arSetup } from "../src/texts/setup/ar";
import { de as deSetup } from "../src/texts/setup/de";
import { en as enSetup } from "../src/texts/setup/en";
import { es as esSetup } from "../src/texts/setup/es";
import { fr as frSetup } from "../src/texts/setup/fr";
import { pt as ptSetup } from "../src/texts/setup/pt";
import { ar, de, en, es, fr, pt } from "./catalogues";

type Any = Readonly<Record<string, string>>;

const CATALOGUES: Readonly<Record<string, typeof en | typeof de>> = { es, fr, de, pt, ar };
const LAUNCH: Readonly<Record<string, Any>> = { es: esLaunch, fr: frLaunch, de: deLaunch, pt: ptLaunch, ar: arLaunch };
const SETUP: Readonly<Record<string, Any>> = { es: esSetup, fr: frSetup, de: deSetup, pt: ptSetup, ar: arSetup };

const ALL: readonly (readonly [page: string, language: string, english: Any, other: Any])[] = [
  ...Object.entries(CATALOGUES).map(([language, catalogue]) => ["the room", language, en, catalogue] as const),
  ...Object.entries(LAUNCH).map(([language, catalogue]) => ["the launch page", language, enLaunch, catalogue] as const),
  ...Object.entries(SETUP).map(([language, catalogue]) => ["the setup page", language, enSetup, catalogue] as const),
];

/** The names of what a message takes, and the words it chooses by; plural categories are each language's own. */
function shape(message: string): string[] {
  const found = [...message.matchAll(/\{([a-z]+)(?:\}|, (plural|select),)/gu)].map(([, name, kind]) => `${name} ${kind ?? ""}`);
  const chosen = [...message.matchAll(/\{\w+, select, (.*)\}/gu)].flatMap(([, cases]) => [...(cases ?? "").matchAll(/(\w+) \{/gu)].map(([, word]) => `case ${word}`));
  return [...new Set([...found, ...chosen])].sort();
}

describe.each(ALL)("the words of %s in %s", (_, language, english, catalogue) => {
  const KEYS = Object.keys(english);
  const textOf = (key: string) => catalogue[key] ?? "";
  const englishOf = (key: string) => english[key] ?? "";

  it("has every text, none of another, and takes what the English one takes", () => {
    expect(Object.keys(catalogue)).toEqual(KEYS);
    for (const key of KEYS) expect(shape(textOf(key)), key).toEqual(shape(englishOf(key)));
  });

  it("has its braces in pairs, and words where English has some", () => {
    for (const key of KEYS) {
      const message = textOf(key);
      expect(message.trim(), key).not.toBe("");
      expect([...message].filter((char) => char === "{").length, key).toBe([...message].filter((char) => char === "}").length);
    }
  });

  it("has a word for every number", () => {
    for (const key of KEYS.filter((one) => englishOf(one).includes(", plural,"))) {
      for (const count of [0, 1, 2, 3, 11, 100, 1000]) {
        const numbers = { count, seconds: count, minutes: count, place: count, wait: count, there: count, missing: count, sent: count };
        const values = { ...numbers, lost: 1, level: "poor", name: "Ada", at: "noon", error: "no" };
        expect(format(textOf(key), values, language).trim(), `${key} of ${count}`).not.toMatch(/^$|[{}#]/u);
      }
    }
  });
});

it.each(["open", "request", "invite"] as const)("whoever adds a room reads of %s what its moderators do", (access) => {
  for (const [language, room] of [["en", en] as const, ...Object.entries(CATALOGUES)]) {
    const launch = language === "en" ? enLaunch : LAUNCH[language];
    expect(launch?.[`choose.access.${access}`], language).toBe(room[`settings.access.${access}`]);
    expect(room[`landing.access.${access}`], language).toBe(room[`settings.access.${access}`]);
    expect(launch?.[`choose.access.${access}.hint`], language).toBe(room[`settings.access.${access}.hint`]);
  }
});

describe("the language", () => {
  it.each([
    [["pt-BR", "en"], "pt"],
    [[null, "sw", "de-AT"], "de"],
    [["FR"], "fr"],
    [["pt_BR"], "pt"],
    [["zh-Hant", "ja"], "en"],
    [[], "en"],
    [["constructor"], "en"],
  ])("for a browser that asks for %j is %s", (wanted, language) => {
    expect(firstOf(wanted)).toBe(language);
  });
});
