// An independent stack (aiortc) as publisher and as viewer.

import { describe, it } from "node:test";
import { joinIndependently } from "../support/independent.mjs";
import { assertHears, assertSees } from "../support/media.mjs";
import { scene } from "../support/shared.mjs";

describe("an independent WebRTC stack", () => {
  it("publishes, and Chromium sees and hears it", (test) =>
    scene(test, { access: "open" }, async ({ server, room, enter }) => {
      const bob = await enter("Bob");
      const peer = await joinIndependently(server, room, "Ivy", { publish: true });
      try {
        await peer.until("on stage", "on_stage");
        await assertSees(bob, peer.id);
        await assertHears(bob);
      } finally {
        peer.leave();
      }
    }));

  it("watches, and sees and hears Chromium", (test) =>
    scene(test, { access: "open" }, async ({ server, room, enter }) => {
      const ada = await enter("Ada");
      const peer = await joinIndependently(server, room, "Ivy");
      try {
        await ada.joinStage();
        await peer.until("pictures", "media", ({ frames }) => frames > 20);
        await peer.until("sound", "media", ({ energy }) => energy > 0.001);
      } finally {
        peer.leave();
      }
    }));
});
