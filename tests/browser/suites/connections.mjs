// Connections come and go; standing belongs to the person.

import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { scene, shared } from "../support/shared.mjs";
import { open } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";
import { Wire, cutUdp } from "../support/wire.mjs";
import { assertHears, assertSees, eventually, pause } from "../support/media.mjs";

/** Ada on stage, and Bob who sees her. */
async function watched(enter) {
  const ada = await enter("Ada");
  const bob = await enter("Bob");
  await ada.joinStage();
  const id = await ada.id();
  await assertSees(bob, id);
  return { ada, bob, id };
}

/** Cuts the path of a page's present peer connection and then does `body`, which has to do with that same connection. */
async function withoutUdp(person, body) {
  const mend = await cutUdp(person);
  try {
    // What was on its way.
    await pause(300);
    await body();
    assert.equal(await person.page.evaluate(() => window.watched.connections.length), 1, "ICE was restarted, and nothing made anew");
  } finally {
    mend();
  }
}

describe("connections", () => {
  it("a moderator who closes the tab: the stage goes on, and the next moderator sees who waits", (test) =>
    scene(test, { access: "request" }, async ({ server, room, enter }) => {
      const mod = await enter("Mo", "moderator");
      const ada = await enter("Ada");
      const bob = await enter("Bob");
      await mod.act("Ada", "Invite to stage");
      await ada.invitation.getByRole("button", { name: "Join the stage", exact: true }).click();
      await ada.goLive();
      await bob.control("Ask to join stage").click();
      await bob.control("Cancel request").waitFor();
      await mod.page.close();
      await assertSees(bob, await ada.id());
      assert.equal((await bob.state()).stage, "requested");
      const next = await enter("Max", "moderator");
      await next.page.getByText("Bob asks to join the stage").first().waitFor();
      await next.button("Bring to stage").first().click();
      await bob.goLive();
      await assertSees(ada, await bob.id());
    }));

  it("a late joiner sees and hears who is on stage", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const ada = await enter("Ada");
      await ada.joinStage();
      await pause(1500);
      const late = await enter("Late");
      await assertSees(late, await ada.id());
      await assertHears(late);
      const region = await late.openParticipants();
      await region.getByRole("list", { name: /^On stage/ }).getByText("Ada").waitFor();
    }));

  it("a second tab takes over: the seat stays, the first tab says why it stopped", (test) =>
    scene(test, { access: "open" }, async ({ server, room, enter }) => {
      const ada = await enter("Ada");
      const bob = await enter("Bob");
      await ada.joinStage();
      const id = await ada.id();
      await assertSees(bob, id);
      const second = await open(ada.url);
      try {
        Object.assign(second, { name: "Ada", room, server });
        await second.inRoom();
        await ada.page.getByText(/open in another tab/i).first().waitFor();
        const state = await ada.state();
        assert.equal(state.id, id);
        assert.equal(state.stage, "on_stage");
        await second.control("Mute microphone").waitFor();
        await assertSees(bob, id);
        await assertHears(bob);
      } finally {
        await second.leave();
      }
    }));

  it("a killed WebSocket: media goes on meanwhile, the page comes back to the same place", async (test) => {
    const wire = await Wire.to(shared.server.url);
    try {
      await scene(test, { access: "open" }, async ({ enter }) => {
        const ada = await enter("Ada", "viewer", { through: wire.url });
        const bob = await enter("Bob");
        await ada.joinStage();
        const id = await ada.id();
        await assertSees(bob, id);
        wire.cut();
        await ada.page.getByText(/connection lost/i).first().waitFor();
        await assertSees(bob, id);
        assert.equal((await ada.state()).stage, "on_stage");
        wire.mend();
        await ada.page.getByText(/connection lost/i).first().waitFor({ state: "hidden" });
        const [connections, sockets] = await ada.page.evaluate(() => [window.watched.connections.length, window.watched.sockets.length]);
        assert.equal(connections, 1, "the peer connection was not needed anew");
        assert.ok(sockets > 1);
        assert.equal((await ada.state()).stage, "on_stage");
        await ada.control("Mute microphone").click();
        await eventually("commands work again", async () => (await ada.state()).mic === "off");
      });
    } finally {
      wire.close();
    }
  });

  it("a killed UDP path: the page finds another by itself, on the same seat", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const { ada, bob, id } = await watched(enter);
      await withoutUdp(ada, async () => {
        await assertSees(bob, id, 30_000);
        await assertHears(bob);
        const state = await ada.state();
        assert.equal(state.stage, "on_stage");
        assert.equal(state.id, id);
      });
    }));

  it("a viewer's killed UDP path: they see again", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const { bob, id } = await watched(enter);
      await withoutUdp(bob, () => assertSees(bob, id, 30_000));
    }));

  it("gone for longer than the grace time: off stage, and not back by themselves", async (test) => {
    const server = await startServer({ config: "[stage]\ngrace_seconds = 2" });
    const wire = await Wire.to(server.url);
    const usual = shared.server;
    shared.server = server;
    try {
      await scene(test, { access: "open" }, async ({ enter }) => {
        const ada = await enter("Ada", "viewer", { through: wire.url });
        const bob = await enter("Bob");
        await ada.joinStage();
        await assertSees(bob, await ada.id());
        wire.cut();
        await eventually("off stage", async () => (await ada.state())?.stage !== "on_stage");
        await eventually("no tile", async () => (await bob.tile("Ada").count()) === 0);
        wire.mend();
        await ada.control("Join stage").waitFor();
        assert.equal((await ada.state()).stage, "off");
      });
    } finally {
      shared.server = usual;
      wire.close();
      await server.discard();
    }
  });
});
