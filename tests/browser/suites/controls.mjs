// Removal, mute, lock, and one's own microphone and camera: by what another participant decodes.

import { describe, it } from "node:test";
import { scene } from "../support/shared.mjs";
import { assertHears, assertHearsNothing, assertSees, assertSeesNothing, eventually } from "../support/media.mjs";

/** A moderator, Ada on stage, and Bob who watches. */
async function staged(enter) {
  const mod = await enter("Mo", "moderator");
  const ada = await enter("Ada");
  const bob = await enter("Bob");
  await ada.joinStage();
  await assertSees(bob, await ada.id());
  return { mod, ada, bob };
}

describe("microphones, cameras and the way off", () => {
  it("removal: not seen, not heard, and told so", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const { mod, ada, bob } = await staged(enter);
      await mod.act("Ada", "Remove from stage");
      await ada.told("You are now a viewer");
      await assertHearsNothing(bob);
      await assertSeesNothing(bob, await ada.id());
      await eventually("the tile is gone", async () => (await bob.tile("Ada").count()) === 0);
    }));

  it("one's own microphone off and on", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const { ada, bob } = await staged(enter);
      await assertHears(bob);
      await ada.control("Mute microphone").click();
      await ada.control("Unmute microphone").waitFor();
      await assertHearsNothing(bob);
      await assertSees(bob, await ada.id());
      await ada.control("Unmute microphone").click();
      await assertHears(bob);
    }));

  it("one's own camera off and on", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const { ada, bob } = await staged(enter);
      const id = await ada.id();
      await ada.control("Turn off camera").click();
      await eventually("no video element", async () => (await bob.page.locator(`[data-participant="${id}"] video`).count()) === 0);
      await assertSeesNothing(bob, id);
      await assertHears(bob);
      await ada.control("Turn on camera").click();
      await assertSees(bob, id);
    }));

  it("mute by a moderator: they may unmute themselves", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const { mod, ada, bob } = await staged(enter);
      await mod.act("Ada", "Mute microphone");
      await ada.told("Your microphone was muted by a moderator");
      await assertHearsNothing(bob);
      await ada.control("Unmute microphone").click();
      await assertHears(bob);
    }));

  it("lock by a moderator: they may not, until unlocked", (test) =>
    scene(test, { access: "open" }, async ({ server, room, enter }) => {
      const { mod, ada, bob } = await staged(enter);
      const id = await ada.id();
      await mod.act("Ada", "Lock microphone");
      await mod.act("Ada", "Lock camera");
      await eventually("both are locked", async () => {
        const state = await ada.state();
        return state.mic === "locked" && state.camera === "locked";
      });
      await assertHearsNothing(bob);
      await assertSeesNothing(bob, id);
      await ada.control("Unmute microphone").click({ force: true, timeout: 2000 }).catch(() => undefined);
      await assertHearsNothing(bob);
      for (const source of ["mic", "camera"]) {
        await server.api("POST", `/api/v1/rooms/${room}/participants/${id}/mute`, { source, state: "released" });
      }
      // Nobody turns on somebody else's microphone: released, it is off still.
      await assertHearsNothing(bob);
      await ada.control("Unmute microphone").click();
      await assertHears(bob);
      await ada.control("Turn on camera").click();
      await assertSees(bob, id);
    }));

  it("two on stage: each is seen in their own tile, and a removal leaves the other", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const { mod, ada, bob } = await staged(enter);
      const eve = await enter("Eve");
      await eve.joinStage();
      await assertSees(bob, await eve.id());
      await assertSees(eve, await ada.id());
      await assertSees(ada, await eve.id());
      await mod.act("Ada", "Remove from stage");
      await ada.told("You are now a viewer");
      await assertSeesNothing(bob, await ada.id());
      await assertSees(bob, await eve.id());
      await assertHears(bob);
    }));
});
