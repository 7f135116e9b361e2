// The same session whatever the number of media threads: a room spans them.

import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { scene, shared } from "../support/shared.mjs";
import { startServer } from "../support/server.mjs";
import { assertHears, assertHearsNothing, assertSees, assertSeesNothing } from "../support/media.mjs";

async function session(test, workers) {
  const server = await startServer({ workers });
  const usual = shared.server;
  shared.server = server;
  try {
    await scene(test, { access: "request" }, async ({ enter }) => {
      const mod = await enter("Mo", "moderator");
      const ada = await enter("Ada");
      const bob = await enter("Bob");
      const eve = await enter("Eve");
      const viewers = [mod, bob, eve];
      await ada.control("Ask to join stage").click();
      await mod.button("Bring to stage").first().click();
      await ada.goLive();
      const id = await ada.id();
      await Promise.all(viewers.map((viewer) => assertSees(viewer, id)));
      await Promise.all(viewers.map((viewer) => assertHears(viewer)));
      await ada.control("Turn off camera").click();
      await Promise.all(viewers.map((viewer) => assertSeesNothing(viewer, id)));
      await ada.control("Turn on camera").click();
      await Promise.all(viewers.map((viewer) => assertSees(viewer, id)));
      await mod.act("Ada", "Remove from stage");
      await ada.told("You are now a viewer");
      await Promise.all(viewers.map((viewer) => assertHearsNothing(viewer)));
      await mod.act("Ada", "Invite to stage");
      await ada.invitation.getByRole("button", { name: "Join the stage", exact: true }).click();
      await ada.goLive();
      await Promise.all(viewers.map((viewer) => assertSees(viewer, id)));
      const peers = await server.samples("proscenium_media_peers");
      assert.equal(peers.length, workers);
      assert.ok(peers.every((count) => count === 4 / workers), `people are spread over the threads: ${peers}`);
    });
  } finally {
    shared.server = usual;
    await server.discard();
  }
}

describe("one session, any number of media threads", () => {
  it("--workers 1", (test) => session(test, 1));
  it("--workers 4", (test) => session(test, 4));
});
