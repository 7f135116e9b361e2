// Every view of the page, as everybody may come to see it: with axe-core, by the size of what is pressed, by its width, and with its policy kept.
//
// PROSCENIUM_BLESS=1 writes the pictures of docs/screenshots anew.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { dress, LOOKS, NARROW, settled, smallTargets, tooWide, violations } from "../support/looks.mjs";
import { shared } from "../support/shared.mjs";
import { views } from "../support/views.mjs";

/** For one view to be looked at in every way. */
const LONGEST_MS = 60_000;

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
        for (const as of LOOKS) {
          await look(as, async () => {
            note(as, await violations(person));
            note(as, await smallTargets(person, as));
            note(as, await tooWide(person));
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
