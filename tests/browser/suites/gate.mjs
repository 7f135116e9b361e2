// The gate: what a browser sends without being let in reaches nobody.

import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { scene } from "../support/shared.mjs";
import { assertHearsNothing, assertSees, assertSeesNothing, eventually } from "../support/media.mjs";

/** Makes a page send its camera and microphone behind the page's own back. */
async function attachByForce(person) {
  await person.page.evaluate(async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 360 } });
    const connection = window.watched.connections.at(-1);
    const free = (kind) =>
      connection
        .getTransceivers()
        .find((one) => /send/.test(one.currentDirection ?? "") && !one.sender.track && one.receiver.track.kind === kind);
    await free("audio").sender.replaceTrack(stream.getAudioTracks()[0]);
    await free("video").sender.replaceTrack(stream.getVideoTracks()[0]);
  });
}

const bytesSent = (person) =>
  person.page.evaluate(async () => {
    let sum = 0;
    for (const stat of (await window.watched.connections.at(-1).getStats()).values()) {
      if (stat.type === "outbound-rtp") sum += stat.bytesSent;
    }
    return sum;
  });

describe("the gate", () => {
  it("a viewer's page that sends without being on stage reaches nobody", (test) =>
    scene(test, { access: "invite" }, async ({ server, enter }) => {
      const bob = await enter("Bob");
      const mallory = await enter("Mallory");
      const gated = await server.metric("proscenium_rtp_packets_gated_total");
      const forwarded = await server.metric("proscenium_rtp_packets_forwarded_total");
      await attachByForce(mallory);
      await eventually("Mallory sends", async () => (await bytesSent(mallory)) > 20_000);
      await eventually("packets are gated", async () => (await server.metric("proscenium_rtp_packets_gated_total")) > gated + 50);
      for (const labels of [{ kind: "video", source: "camera" }, { kind: "audio", source: "mic" }]) {
        await eventually(`gated by ${labels.source}`, async () => (await server.metric("proscenium_rtp_packets_gated_total", labels)) > 0);
      }
      await assertHearsNothing(bob);
      await assertSeesNothing(bob, await mallory.id());
      assert.equal(await server.metric("proscenium_rtp_packets_forwarded_total"), forwarded);
    }));

  it("a locked camera that keeps sending reaches nobody", (test) =>
    scene(test, { access: "open" }, async ({ server, room, enter }) => {
      const bob = await enter("Bob");
      const mallory = await enter("Mallory");
      await mallory.joinStage();
      const id = await mallory.id();
      await assertSees(bob, id);
      // A page that ignores being told: nothing it calls stops its senders any more.
      await mallory.page.evaluate(() => {
        const connection = window.watched.connections.at(-1);
        for (const transceiver of connection.getTransceivers()) {
          const { track } = transceiver.sender;
          if (!track) continue;
          transceiver.sender.replaceTrack(track.clone());
          transceiver.sender.replaceTrack = () => Promise.resolve();
        }
      });
      const { status } = await server.api("POST", `/api/v1/rooms/${room}/participants/${id}/mute`, { source: "camera", state: "locked" });
      assert.ok(status < 300);
      const gated = await server.metric("proscenium_rtp_packets_gated_total", { source: "camera" });
      const sent = await bytesSent(mallory);
      await assertSeesNothing(bob, id);
      await eventually("Mallory keeps sending", async () => (await bytesSent(mallory)) > sent + 20_000);
      await eventually("and it is counted", async () => (await server.metric("proscenium_rtp_packets_gated_total", { source: "camera" })) > gated + 20);
      await assertSeesNothing(bob, id);
    }));
});
