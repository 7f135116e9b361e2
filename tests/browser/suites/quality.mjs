// How well somebody is connected: who sees it, and that it goes away.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertSees, eventually } from "../support/media.mjs";
import { scene } from "../support/shared.mjs";
import { UdpWire } from "../support/udp_wire.mjs";

const LOSSY = { up: { loss: 0.2 }, down: { loss: 0.2 } };
const POOR = /^Poor connection: \d+ % lost(, \d+ ms there and back)?$/;

/** The marks that a page shows on the tiles of these people. */
const marks = (viewer, name) => viewer.tile(name).getByRole("img", { name: / connection: / });

describe("how well somebody is connected", () => {
  it("is shown to moderators and to themselves, to nobody else, and no more once it is good", (test) =>
    scene(test, { access: "open" }, async ({ server, enter }) => {
      const wire = new UdpWire({ seed: 5 });
      try {
        const mo = await enter("Mo", "moderator");
        const bob = await enter("Bob");
        const ada = await enter("Ada", "viewer", { wire });
        await ada.joinStage();
        for (const viewer of [mo, bob]) await assertSees(viewer, await ada.id());
        assert.equal(await marks(mo, "Ada").count(), 0);
        wire.set(LOSSY);
        await mo.tile("Ada").getByRole("img", { name: POOR }).waitFor();
        await ada.tile("Ada").getByRole("img", { name: POOR }).waitFor();
        const list = await mo.openParticipants();
        await list.getByRole("listitem").filter({ hasText: "Ada" }).getByRole("img", { name: POOR }).waitFor();
        assert.ok((await server.metric("proscenium_media_quality", { quality: "poor" })) >= 1);
        assert.equal(await marks(bob, "Ada").count(), 0, "it is no business of anybody else");
        wire.set({ up: {}, down: {} });
        await eventually("nothing is said any more", async () => (await marks(mo, "Ada").count()) === 0, 30_000);
      } finally {
        wire.close();
      }
    }));
});
