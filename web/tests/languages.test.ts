import { describe, expect, it } from "vitest";
import type { Catalogue } from "../src/texts";
import { ar } from "../src/texts/ar";
import { de } from "../src/texts/de";
import { en } from "../src/texts/en";
import { es } from "../src/texts/es";
import { format } from "../src/texts/format";
import { fr } from "../src/texts/fr";
import { firstOf } from "../src/texts/language";
import { pt } from "../src/texts/pt";

const CATALOGUES: Readonly<Record<string, Catalogue>> = { es, fr, de, pt, ar };
const KEYS = Object.keys(en) as (keyof typeof en)[];

/** The names of what a message takes, and the words it chooses by; plural categories are each language's own. */
function shape(message: string): string[] {
  const found = [...message.matchAll(/\{([a-z]+)(?:\}|, (plural|select),)/gu)].map(([, name, kind]) => `${name} ${kind ?? ""}`);
  const chosen = [...message.matchAll(/\{\w+, select, (.*)\}/gu)].flatMap(([, cases]) => [...(cases ?? "").matchAll(/(\w+) \{/gu)].map(([, word]) => `case ${word}`));
  return [...new Set([...found, ...chosen])].sort();
}

describe.each(Object.entries(CATALOGUES))("the catalogue of %s", (language, catalogue) => {
  it("has every text, none of another, and takes what the English one takes", () => {
    expect(Object.keys(catalogue)).toEqual(KEYS);
    for (const key of KEYS) expect(shape(catalogue[key]), key).toEqual(shape(en[key]));
  });

  it("has its braces in pairs, and words where English has some", () => {
    for (const key of KEYS) {
      const message = catalogue[key];
      expect(message.trim(), key).not.toBe("");
      expect([...message].filter((char) => char === "{").length, key).toBe([...message].filter((char) => char === "}").length);
    }
  });

  it("has a word for every number", () => {
    for (const key of KEYS.filter((one) => en[one].includes(", plural,"))) {
      for (const count of [0, 1, 2, 3, 11, 100, 1000]) {
        const numbers = { count, seconds: count, place: count, wait: count, there: count, missing: count, sent: count };
        const values = { ...numbers, lost: 1, level: "poor", name: "Ada", at: "noon", error: "no" };
        expect(format(catalogue[key], values, language).trim(), `${key} of ${count}`).not.toMatch(/^$|[{}#]/u);
      }
    }
  });
});

describe("the language", () => {
  it.each([
    [["pt-BR", "en"], "pt"],
    [[null, "sw", "de-AT"], "de"],
    [["FR"], "fr"],
    [["zh-Hant", "ja"], "en"],
    [[], "en"],
    [["constructor"], "en"],
  ])("for a browser that asks for %j is %s", (wanted, language) => {
    expect(firstOf(wanted)).toBe(language);
  });
});
