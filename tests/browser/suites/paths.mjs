// Networks as they are: no UDP, nothing but a relay, an address that changes.

import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { block } from "../support/filter.mjs";
import { assertHears, assertSees, frames, pause } from "../support/media.mjs";
import { scene } from "../support/shared.mjs";

/** From opening the page to the first decoded frame, where UDP is blocked. */
const OVER_TCP_WITHIN_MS = 3000;

/** The pair that media flows over: its two candidates. */
async function pairOf(person) {
  return person.page.evaluate(async () => {
    const stats = await window.watched.connections.at(-1).getStats();
    const transport = [...stats.values()].find((one) => one.type === "transport");
    const pair = stats.get(transport.selectedCandidatePairId);
    return { local: stats.get(pair.localCandidateId), remote: stats.get(pair.remoteCandidateId) };
  });
}

/** Milliseconds until `viewer` has decoded a frame of `participant`, as its page counts them from its first byte. */
async function firstFrame(viewer, participant) {
  const deadline = Date.now() + 20_000;
  while ((await frames(viewer.page, participant)) < 1) {
    assert.ok(Date.now() < deadline, `${viewer.name} never sees ${participant}`);
    await pause(20);
  }
  return viewer.page.evaluate(() => performance.now());
}

describe("paths", () => {
  it("without UDP, a viewer sees within three seconds of joining, over TCP", (test) =>
    scene(test, { access: "open" }, async ({ server, enter }) => {
      const ada = await enter("Ada");
      await ada.joinStage();
      const id = await ada.id();
      await pause(1000);
      const { local: adas } = await pairOf(ada);
      const mend = block(server.mediaPorts().map((port) => `udp dport ${port} udp sport != ${adas.port}`));
      try {
        const bob = await enter("Bob");
        const took = await firstFrame(bob, id);
        console.log(`    first frame over TCP after ${Math.round(took)} ms`);
        const { local, remote } = await pairOf(bob);
        assert.deepEqual([local.protocol, remote.protocol], ["tcp", "tcp"]);
        assert.ok(took <= OVER_TCP_WITHIN_MS, `first frame after ${took} ms`);
        await assertHears(bob);
        // And the other way round.
        await bob.joinStage();
        await assertSees(ada, await bob.id());
      } finally {
        mend();
      }
    }));
});
