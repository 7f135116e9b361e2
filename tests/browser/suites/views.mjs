// Every view of the page, as everybody may come to see it: with axe-core, by the size of what is pressed, by its width, and with its policy kept.
//
// PROSCENIUM_BLESS=1 takes the pictures of docs/screenshots anew; otherwise there only has to be one of each. PROSCENIUM_LOOKS=all looks at
// every view in each of the four ways, not in two.

import assert from "node:assert/strict";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import { dress, LOOKS, looksOf, NARROW, picture, settled, smallTargets, tooWide, violations } from "../support/looks.mjs";
import { shared } from "../support/shared.mjs";
import { views } from "../support/views.mjs";

const PICTURES = new URL("../../../docs/screenshots/", import.meta.url).pathname;
const blessing = Boolean(process.env.PROSCENIUM_BLESS);
const everyLook = process.env.PROSCENIUM_LOOKS === "all" && !blessing;
const fileOf = (view, look) => `${view.name.replaceAll(" ", "-")}.${look.name}.webp`;

/** For one view to be looked at in every way. */
const LONGEST_MS = 60_000;

/** All pictures on one page, a row a view. */
function gallery() {
  const cell = (view, look) => `<img src="${fileOf(view, look)}" alt="${view.name}, ${look.name.replaceAll("-", " ")}" height="${look.touch ? 320 : 220}">`;
  const rows = views.flatMap(({ scene, views: all }) => [
    `## ${scene.charAt(0).toUpperCase()}${scene.slice(1)}`,
    ...all.flatMap((view) => ["", `### ${view.name.charAt(0).toUpperCase()}${view.name.slice(1)}`, "", looksOf(view).map((look) => cell(view, look)).join(" ")]),
    "",
  ]);
  const lead = "Every view of the page in two of four ways: on a desktop and a phone, light and dark, from left to right and from right to left. Taken by\n`PROSCENIUM_BLESS=1 node --test tests/browser/main.mjs` while every one of them is looked at with axe-core.";
  return ["# What the page looks like", "", lead, "", ...rows].join("\n");
}

describe("pictures of the page", () => {
  const wanted = ["README.md", ...views.flatMap(({ views: all }) => all.flatMap((view) => looksOf(view).map((look) => fileOf(view, look))))];
  it("there is one of every view in each of its looks, and of nothing else", async () => {
    if (blessing) {
      await rm(PICTURES, { recursive: true, force: true });
      await mkdir(PICTURES, { recursive: true });
      return writeFile(`${PICTURES}README.md`, gallery());
    }
    const there = new Set(await readdir(PICTURES));
    const missing = wanted.filter((file) => !there.delete(file));
    assert.deepEqual({ missing, needless: [...there] }, { missing: [], needless: [] }, "PROSCENIUM_BLESS=1 takes them anew");
  });
});

for (const { scene, make, views: all } of views) {
  describe(`views: ${scene}`, () => {
    let people;
    let end;
    before(async () => {
      ({ people, end } = await make(shared));
      people.server = shared.server;
    });
    after(() => end?.());

    for (const view of all) {
      it(view.name, { timeout: LONGEST_MS }, async () => {
        const person = people[view.who];
        const found = [];
        const note = (look, problems) => found.push(...problems.map((problem) => `${look.name}: ${problem}`));
        const look = async (as, body) => {
          await dress(person, as);
          if (view.fleeting) await view.enter(people);
          await settled(person);
          await body();
          if (view.fleeting) await view.leave(people);
        };
        if (!view.fleeting) await view.enter(people);
        for (const as of everyLook ? LOOKS : looksOf(view)) {
          await look(as, async () => {
            note(as, await violations(person));
            note(as, await smallTargets(person, as));
            note(as, await tooWide(person));
            if (blessing) await writeFile(`${PICTURES}${fileOf(view, as)}`, await picture(person));
          });
        }
        await look(NARROW, async () => note(NARROW, [...(await tooWide(person)), ...(await smallTargets(person, NARROW))]));
        found.push(...person.errors.splice(0).map((error) => `the page threw: ${error.message}`));
        await dress(person, LOOKS[0]);
        if (!view.fleeting) await view.leave?.(people);
        assert.deepEqual(found, []);
      });
    }
  });
}
