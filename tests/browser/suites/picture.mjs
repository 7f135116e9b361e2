// What a real browser's encoder sends, and what of it goes on.

import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { scene } from "../support/shared.mjs";
import { assertSees, eventually, pause } from "../support/media.mjs";

/** Of going on stage, in which every layer has to flow. */
const LAYERS_WITHIN_MS = 1000;
/** The server's counters are copied ten times a second, a thread at rest wakes four times a second. */
const COUNTERS_LAG_MS = 350;
const LAYERS = ["0", "1", "2"];

describe("the picture", () => {
  it("all three layers of a publisher flow within a second of going on stage", (test) =>
    scene(test, { access: "open" }, async ({ server, enter }) => {
      const bob = await enter("Bob");
      const ada = await enter("Ada");
      const counts = () => Promise.all(LAYERS.map((layer) => server.metric("proscenium_camera_packets_admitted_total", { layer })));
      await ada.control("Join stage").click();
      await ada.devices.waitFor();
      await eventually("the preview runs", () => ada.page.evaluate(() => document.querySelector("dialog video")?.videoWidth > 0));
      const before = await counts();
      // On stage from the moment the server says so.
      const onStage = eventually("on stage", async () => (await server.metric("proscenium_participants", { stage: "on_stage" })) > 0 && Date.now());
      await ada.devices.getByRole("button", { name: "Join stage", exact: true }).click();
      const start = await onStage;
      await eventually("every layer has come in", async () => (await counts()).every((count, layer) => count > before[layer]));
      const took = Date.now() - start;
      console.log(`    all layers after ${took} ms`);
      assert.ok(took <= LAYERS_WITHIN_MS + COUNTERS_LAG_MS, `all layers after ${took} ms`);
      await assertSees(bob, await ada.id());
    }));

  it("the padding with which a still picture probes for bandwidth is forwarded to nobody", (test) =>
    scene(test, { access: "open" }, async ({ server, enter }) => {
      const bob = await enter("Bob");
      const ada = await enter("Ada");
      await ada.page.evaluate(() => {
        const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = async (wanted) => {
          if (!wanted.video) return real(wanted);
          const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 720 });
          const brush = canvas.getContext("2d");
          // The same picture again and again: frames come, and there is next to nothing in them.
          setInterval(() => brush.fillRect(0, 0, 1280, 720), 33);
          return new MediaStream([...canvas.captureStream(30).getVideoTracks(), ...(wanted.audio ? (await real({ audio: wanted.audio })).getTracks() : [])]);
        };
      });
      const padding = () => server.metric("proscenium_datagrams_dropped_total", { reason: "padding" });
      const forwarded = () => server.metric("proscenium_rtp_packets_forwarded_total", { kind: "video" });
      const [paddingBefore, forwardedBefore] = [await padding(), await forwarded()];
      await ada.joinStage();
      await assertSees(bob, await ada.id());
      await eventually("the browser probes", async () => (await padding()) > paddingBefore + 20);
      await pause(1000);
      await ada.control("Turn off camera").click();
      await pause(1000);
      const received = await bob.page.evaluate(async () => {
        let packets = 0;
        let lost = 0;
        for (const stat of (await window.watched.connections.at(-1).getStats()).values()) {
          if (stat.type !== "inbound-rtp" || stat.kind !== "video") continue;
          packets += stat.packetsReceived - (stat.retransmittedPacketsReceived ?? 0);
          lost += stat.packetsLost;
        }
        return { packets, lost };
      });
      // Bob is the only viewer: what he got is what was forwarded, and nothing is missing in between where padding was.
      assert.equal(received.packets, (await forwarded()) - forwardedBefore);
      assert.equal(received.lost, 0);
    }));
});
