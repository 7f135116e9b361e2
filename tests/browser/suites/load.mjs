// The load generator's clip, watched by a real browser while a load runs.

import { spawn } from "node:child_process";
import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { scene } from "../support/shared.mjs";
import { eventually, pause } from "../support/media.mjs";

const LOAD = process.env.PROSCENIUM_LOAD_BINARY ?? fileURLToPath(new URL("../../../target/debug/proscenium-load", import.meta.url));
const WATCHED_MS = 3000;

/** What the browser says of the pictures and the sound it gets. */
const watched = (page) =>
  page.evaluate(async () => {
    const found = { frames: 0, dropped: 0, height: 0, freezes: 0, keyframes: 0, samples: 0, concealed: 0 };
    for (const stat of (await window.watched.connections.at(-1).getStats()).values()) {
      if (stat.type !== "inbound-rtp") continue;
      if (stat.kind === "video") {
        found.frames += stat.framesDecoded ?? 0;
        found.keyframes += stat.keyFramesDecoded ?? 0;
        found.freezes += stat.freezeCount ?? 0;
        found.height = Math.max(found.height, stat.frameHeight ?? 0);
      } else {
        found.samples += stat.totalSamplesReceived ?? 0;
        found.concealed += stat.concealedSamples ?? 0;
      }
    }
    return found;
  });

describe("the load generator", () => {
  it("sends what a person can watch: its pictures and its sound are decoded in a browser", (test) =>
    scene(test, { access: "open" }, async ({ server, room, enter }) => {
      const load = spawn(
        LOAD,
        ["webinar", "--server", server.url, "--api-key", "dev-secret", "--room", room, "--viewers", "3", "--seconds", "12"],
        { stdio: ["ignore", "pipe", "pipe"] },
      );
      const output = [];
      for (const stream of [load.stdout, load.stderr]) stream.on("data", (chunk) => output.push(chunk.toString()));
      const ended = new Promise((resolve) => load.once("exit", resolve));
      try {
        const bob = await enter("Bob");
        await eventually("the clip is decoded at its full size", async () => (await watched(bob.page)).height === 720);
        const before = await watched(bob.page);
        await pause(WATCHED_MS);
        const after = await watched(bob.page);
        const frames = after.frames - before.frames;
        console.log(`    ${frames} frames in ${WATCHED_MS} ms, ${after.keyframes - before.keyframes} of them keyframes`);
        // 30 a second, less what a busy machine with a software decoder leaves out.
        assert.ok(frames > (WATCHED_MS / 1000) * 20, `${frames} frames`);
        assert.equal(after.freezes, before.freezes);
        const concealed = (after.concealed - before.concealed) / (after.samples - before.samples);
        assert.ok(concealed < 0.02, `${concealed} of the sound was made up`);
      } finally {
        load.kill("SIGINT");
        await ended;
      }
      assert.match(output.join(""), /publishers on stage/);
    }));
});
