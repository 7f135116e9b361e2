// Raised hands: seen by everybody, late joiners too, and lowered by a moderator.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { scene } from "../support/shared.mjs";
import { eventually } from "../support/media.mjs";

/** Names of the people with a raised hand, as `viewer`'s list shows them, from the top. */
async function raised(viewer) {
  const list = await viewer.openParticipants();
  const hands = list.getByRole("listitem").filter({ has: viewer.page.getByRole("img", { name: "Raised hand" }) });
  return hands.locator(".name").allInnerTexts();
}

describe("raised hands", () => {
  it("are seen in the order of raising, by late joiners too, and lowered by their owner or a moderator", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const mo = await enter("Mo", "moderator");
      const ada = await enter("Ada");
      const bob = await enter("Bob");
      for (const person of [bob, ada]) {
        await person.control("Raise hand").click();
        await person.control("Lower hand").waitFor();
      }
      await eventually("the moderator sees both", async () => String(await raised(mo)) === "Bob,Ada");
      const eve = await enter("Eve");
      assert.deepEqual(await raised(eve), ["Bob", "Ada"]);
      assert.equal(await eve.page.getByRole("button", { name: /^Lower all/ }).count(), 0);
      await bob.control("Lower hand").click();
      await eventually("one is left", async () => String(await raised(eve)) === "Ada");
      await mo.act("Ada", "Lower hand");
      await ada.control("Raise hand").waitFor();
      for (const person of [ada, bob, eve]) await person.control("Raise hand").click();
      await mo.page.getByRole("button", { name: "Lower all 3 hands" }).click();
      for (const person of [ada, bob, eve]) await person.control("Raise hand").waitFor();
      await eventually("the moderator sees none", async () => (await raised(mo)).length === 0);
    }));

  it("stand on the tile of who is on stage", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const ada = await enter("Ada");
      await ada.joinStage();
      const bob = await enter("Bob");
      await bob.tile("Ada").waitFor();
      await ada.page.keyboard.press("Escape");
      await ada.control("Raise hand").press("Enter");
      await bob.tile("Ada").getByRole("img", { name: "Raised hand" }).waitFor();
    }));
});
