// The lock and the waiting room: who is new waits, sees nothing of the room, and is let in or not; who was in it comes back as ever.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { scene } from "../support/shared.mjs";
import { eventually } from "../support/media.mjs";

async function lock(moderator, locked) {
  await moderator.openParticipants();
  await moderator.page.getByRole("switch", { name: "Lock the room" }).setChecked(locked);
  await moderator.page.getByRole("img", { name: "The room is locked" }).waitFor({ state: locked ? "visible" : "hidden" });
}

const waits = async (person) => person.page.getByRole("heading", { name: "You are in the waiting room of Physics 101" }).waitFor();
const list = (moderator) => moderator.page.getByRole("list", { name: "Waiting" });
const row = (moderator, name) => list(moderator).getByRole("listitem").filter({ hasText: name });

describe("a locked room", () => {
  it("lets whoever is new wait, and in when a moderator says so, or not", (test) =>
    scene(test, { access: "open" }, async ({ server, room, enter }) => {
      const [mo, bob] = [await enter("Mo", "moderator"), await enter("Bob")];
      await lock(mo, true);
      await bob.page.getByRole("img", { name: "The room is locked" }).waitFor();
      assert.equal(await bob.page.getByRole("list", { name: "Waiting" }).count(), 0);
      const [ada, eve] = [await enter("Ada", "viewer", { waits: true }), await enter("Eve", "viewer", { waits: true })];
      for (const person of [ada, eve]) await waits(person);
      assert.match(await ada.page.title(), /Physics 101/);
      assert.deepEqual((await server.participants(room)).map(({ name }) => name).sort(), ["Bob", "Mo"]);
      await row(mo, "Ada").getByRole("button", { name: "Admit", exact: true }).click();
      await ada.inRoom();
      await row(mo, "Eve").getByRole("button", { name: "Turn away", exact: true }).click();
      await eve.page.getByRole("heading", { name: "You were not let in" }).waitFor();
      await mo.page.getByText("Nobody waits.").waitFor();
    }));

  it("shows moderators one card for all who wait, and lets all of them in at once", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const mo = await enter("Mo", "moderator");
      await lock(mo, true);
      await mo.page.keyboard.press("Escape");
      const ada = await enter("Ada", "viewer", { waits: true });
      await mo.page.getByText("Ada waits to be let in").waitFor();
      await mo.button("Admit").waitFor();
      const others = [await enter("Bob", "viewer", { waits: true }), await enter("Eve", "viewer", { waits: true })];
      await mo.page.getByText("Ada and 2 others wait to be let in").waitFor();
      await mo.button("Show them").click();
      await eventually("all three are listed", async () => (await list(mo).getByRole("listitem").count()) === 3);
      await mo.page.keyboard.press("Escape");
      await mo.button("Admit all").click();
      for (const person of [ada, ...others]) await person.inRoom();
    }));

  it("stays open to moderators, to whoever was in it, and to everybody once it is opened", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const [mo, bob] = [await enter("Mo", "moderator"), await enter("Bob")];
      await lock(mo, true);
      await bob.page.reload();
      await bob.inRoom();
      await enter("Meg", "moderator");
      const ada = await enter("Ada", "viewer", { waits: true });
      await waits(ada);
      await lock(mo, false);
      await ada.inRoom();
    }));

  it("is waited for across a lost connection, and left by a button", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const mo = await enter("Mo", "moderator");
      await lock(mo, true);
      const ada = await enter("Ada", "viewer", { waits: true });
      await waits(ada);
      await row(mo, "Ada").waitFor();
      await ada.context.setOffline(true);
      await ada.page.getByText("Connection lost. Reconnecting…").waitFor();
      await ada.context.setOffline(false);
      await ada.page.getByText("A moderator will let you in.").waitFor();
      await eventually("she waits once", async () => (await row(mo, "Ada").count()) === 1);
      await ada.button("Leave").click();
      await ada.page.getByRole("heading", { name: "You left the room" }).waitFor();
      await mo.page.getByText("Nobody waits.").waitFor();
    }));
});
