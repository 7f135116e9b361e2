// What a person with a screen reader has of the page: what they are told, in order, where the focus is, and the page as a tree of roles and names.

import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { eventually, pause } from "./media.mjs";

const PLACE = new URL("../../../docs/accessibility/", import.meta.url).pathname;
/** Parts of a room's page. What lies over it for a while is what people are told. */
const PARTS = "header.top, .stage, .panel, .toolbar, .requests";

export class Transcript {
  #lines = [];

  constructor(title, lead) {
    this.#lines.push(`# ${title}`, "", lead, "", "Written by `PROSCENIUM_BLESS=1 node --test tests/browser/main.mjs`, and compared with what the page does in every other run.");
  }

  /** Listens to `person`'s page from now on. */
  async follow(person) {
    await person.page.evaluate(listen);
  }

  /** One step: `doing` it, then what of it these people have: `[person, told, tree]`; `told` are the texts that they are told, in order. */
  async step(what, doing, ...people) {
    await doing();
    this.#lines.push("", `## ${what}`);
    for (const [person, told, tree] of people) {
      const heard = () => person.page.evaluate(() => window.heard.map(({ how, text }) => `${how}: ${text}`));
      await eventually(`${person.name} is told ${JSON.stringify(told)}`, async () => (await heard()).length >= told.length);
      const [focus, shown] = await settled(person, tree);
      const all = await heard();
      await person.page.evaluate(() => (window.heard.length = 0));
      assert.deepEqual(all.map((one) => one.replace(/^\w+: /, "")), told, `${what}: what ${person.name} is told`);
      this.#lines.push("", `${person.name} ${all.length === 0 ? "is told nothing" : `is told, ${all.map((one) => one.replace(/^(\w+): (.*)$/, "as $1: “$2”")).join("; ")}`}. The focus is on ${focus}.`);
      if (tree) this.#lines.push("", "```yaml", shown, "```");
    }
  }

  /** Writes it anew when PROSCENIUM_BLESS is set, and compares it otherwise. */
  async close(name) {
    const text = `${this.#lines.join("\n")}\n`;
    const file = `${PLACE}${name}.md`;
    if (process.env.PROSCENIUM_BLESS) {
      await mkdir(PLACE, { recursive: true });
      return writeFile(file, text);
    }
    assert.equal(text, await readFile(file, "utf8"), `docs/accessibility/${name}.md is not what the page does; PROSCENIUM_BLESS=1 writes it anew`);
  }
}

/** For what a step has brought about to be there. */
const SETTLE_MS = 400;

/** Where the focus is and what the page looks like, once neither changes any more. */
async function settled(person, tree) {
  const look = async () => [await person.page.evaluate(focused), tree ? await treeOf(person) : ""];
  let last;
  return eventually(`${person.name}'s page settles`, async () => {
    const before = last ?? (await look());
    await pause(SETTLE_MS);
    last = await look();
    return String(last) === String(before) && last;
  });
}

/** The dialog that is open, or the page. */
async function treeOf({ page }) {
  const dialog = page.locator("dialog:modal");
  const parts = (await dialog.count()) > 0 ? dialog : page.locator(PARTS);
  const trees = await Promise.all((await parts.all()).map((part) => part.ariaSnapshot()));
  return trees
    .join("\n")
    .split("\n")
    // How loud it is, how well connected, and what the machine calls its devices, is of the moment and the machine.
    .filter((line) => line !== "" && !/^\s*- (?:option|img "(?:Weak|Poor) connection)/.test(line))
    .map((line) => line.replace(/(meter "[^"]*").*/, "$1").replace(/(combobox "[^"]*").*/, "$1"))
    .join("\n");
}

/** Runs in the page: notes what is added to its live regions, as a screen reader would say it. */
function listen() {
  window.heard = [];
  const regions = "[role=status], [role=alert], [role=log], [aria-live]:not(.banners)";
  new MutationObserver((records) => {
    for (const { target, addedNodes } of records) {
      const region = (target.closest ? target : target.parentElement)?.closest(regions);
      if (!region) continue;
      for (const node of addedNodes) {
        const text = (node.querySelector?.("p, .text") ?? node).textContent.trim();
        const how = region.getAttribute("role") ?? "polite";
        if (text) window.heard.push({ how: how === "polite" ? "status" : how, text });
      }
    }
  }).observe(document.body, { childList: true, subtree: true });
}

/** Runs in the page: what has the focus, by role and name. */
function focused() {
  const element = document.activeElement;
  if (!element || element === document.body) return "nothing";
  const role = element.getAttribute("role") ?? { BUTTON: "button", H2: "heading", SELECT: "combobox", SECTION: "region", TEXTAREA: "textbox" }[element.tagName] ?? element.tagName.toLowerCase();
  const named = element.getAttribute("aria-labelledby");
  const name = element.getAttribute("aria-label") ?? (named ? document.getElementById(named).textContent : element.textContent);
  return `${role} “${name.trim()}”`;
}
