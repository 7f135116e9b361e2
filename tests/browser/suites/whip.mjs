// WHIP and WHEP on other people's stacks, at both ends: decoded pictures and sound, never messages.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { publish, watch } from "../support/independent.mjs";
import { assertHears, assertSees, eventually } from "../support/media.mjs";
import { scene } from "../support/shared.mjs";

const STACKS = ["aiortc", "GStreamer"];
/** Each codec once from each stack; what Chromium sees is of either. */
const PUBLISHERS = [
  { stack: "aiortc", codec: "vp8", page: true },
  { stack: "aiortc", codec: "h264", page: false },
  { stack: "GStreamer", codec: "vp8", page: false },
  { stack: "GStreamer", codec: "h264", page: true },
];

describe("WHIP and WHEP", () => {
  for (const { stack, codec, page } of PUBLISHERS) {
    const seen = page ? "both stacks and Chromium see and hear it" : "both stacks see and hear it";
    it(`${stack} publishes ${codec.toUpperCase()}, and ${seen}`, (test) =>
      scene(test, { access: "open" }, async ({ server, room, enter }) => {
        const clients = [];
        try {
          const [bob, publisher, ...viewers] = await Promise.all([
            page ? enter("Bob") : undefined,
            publish(stack, server, room, "Pia", codec),
            ...STACKS.map((viewing) => watch(viewing, server, room, `Viewer on ${viewing}`, codec)),
          ]);
          clients.push(publisher, ...viewers);
          for (const viewer of viewers) await Promise.all([viewer.sees(), viewer.hears()]);
          if (page) await Promise.all([assertSees(bob, publisher.id), assertHears(bob)]);
          publisher.end();
          await publisher.until("the end", "ended", ({ status }) => status === 200);
          await eventually("the publisher has left", async () => !(await server.participants(room)).some(({ id }) => id === publisher.id));
        } finally {
          clients.forEach((client) => client.leave());
        }
      }));
  }

  it("a publisher that has to ask is seen once a moderator brings it up, and no more once it is removed", (test) =>
    scene(test, { access: "request" }, async ({ server, room, enter }) => {
      const mo = await enter("Mo", "moderator");
      const publisher = await publish("aiortc", server, room, "Pia", "vp8");
      const viewer = await watch("aiortc", server, room, "Vic", "vp8");
      try {
        await publisher.until("connected", "media", ({ state }) => state === "connected");
        const gated = () => server.metric("proscenium_rtp_packets_gated_total", { kind: "video" });
        const before = await gated();
        await eventually("its packets end at the gate", async () => (await gated()) > before);
        assert.equal(viewer.last("media")?.frames ?? 0, 0);
        await mo.page.getByRole("button", { name: "Bring to stage" }).click();
        await Promise.all([assertSees(mo, publisher.id), viewer.sees()]);
        const removed = await server.api("POST", `/api/v1/rooms/${room}/participants/${publisher.id}/stage`, { do: "remove" });
        assert.equal(removed.status, 200);
        await eventually("it stands among the viewers", async () =>
          (await server.participants(room)).some(({ id, stage }) => id === publisher.id && stage === "off"),
        );
      } finally {
        publisher.leave();
        viewer.leave();
      }
    }));
});
