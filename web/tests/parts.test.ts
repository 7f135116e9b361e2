/** Which words come when: a part of the page must find its own, for a key without words shows nothing. */
import { expect, it } from "vitest";
import { en as first } from "../src/texts/en";
import { en as later } from "../src/texts/later/en";
import { en as outside } from "../src/texts/outside/en";

const FILES = import.meta.glob<string>("../src/**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true });

/** All that `file` loads with itself. */
function loadedWith(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, path = ""] of (FILES[file] ?? "").matchAll(/^(?:import|export) (?!type )[^;]*?from "(\.[^"]+)";/gmu)) {
    const at = new URL(path, `https://web/tests/${file}`).pathname.replace(/^\//u, "../");
    const found = [".ts", ".tsx", "/index.ts"].map((end) => at + end).find((one) => one in FILES);
    if (found !== undefined) loadedWith(found, seen);
  }
  return seen;
}

/** The keys that these files name, or put together. */
function named(files: ReadonlySet<string>, keys: readonly string[]): string[] {
  const patterns = [...files].flatMap((file) => [...(FILES[file] ?? "").matchAll(/["`]([a-z_.]+(?:\$\{[^}`]*\}[a-z_.]*)*)["`]/gu)]);
  const shapes = new Set(patterns.map(([, text = ""]) => text.replaceAll(".", "\\.").replaceAll(/\$\{[^}]*\}/gu, "[a-z_]+")));
  return keys.filter((key) => [...shapes].some((shape) => new RegExp(`^${shape}$`, "u").test(key)));
}

/** Words like others that are no keys where they stand. */
const NO_KEYS = ["attendance", "links", "rooms", "requests", "polls", "questions"];
const wordy = (catalogue: object) => Object.keys(catalogue).filter((key) => !NO_KEYS.includes(key));

it("the first load has all words that it names", () => {
  const files = loadedWith("../src/main.tsx");
  // It does find them.
  expect(named(files, Object.keys(first)).length).toBeGreaterThan(150);
  expect(named(files, wordy({ ...later, ...outside }))).toEqual([]);
});

it("the way in of guests names no words that come with parts of a room", () => {
  expect(named(loadedWith("../src/view/guest.tsx"), wordy(later))).toEqual([]);
});

/** Of a panel that does not come; nothing stands here where that is. */
const WAITING = ["tabs.loading", "tabs.failed", "tabs.try"];

it.each(["landing", "rooms"])("%s names no words of a room at all", (view) => {
  expect(named(loadedWith(`../src/view/${view}.tsx`), wordy({ ...first, ...later })).filter((key) => !WAITING.includes(key))).toEqual([]);
});
