// Guests: a moderator invites, a person without an account comes by the link, waits and is let in.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { open } from "../support/browser.mjs";
import { eventually } from "../support/media.mjs";
import { scene } from "../support/shared.mjs";

const PHONE = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };

/** Opens a link in a browser of its own. */
async function openLink(url, context) {
  const person = await open(url, context);
  return Object.assign(person, { name: "guest" });
}

async function come(url, name, context) {
  const guest = await openLink(url, context);
  await guest.page.getByRole("heading", { name: "You are invited to Physics 101" }).waitFor();
  assert.ok(await guest.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing lies beside the page");
  await guest.page.getByRole("textbox", { name: "Your name" }).fill(name);
  await guest.button("Enter").click();
  return guest;
}

async function settings(moderator) {
  await moderator.toolbar.getByRole("button", { name: "Settings" }).click();
  await moderator.page.getByRole("heading", { name: "Invite people" }).waitFor();
}

async function makeLink(moderator, name) {
  await moderator.page.getByRole("button", { name, exact: true }).click();
  await moderator.page.getByRole("status").filter({ hasText: "The link is copied." }).waitFor();
  return moderator.page.getByRole("textbox", { name, exact: true }).inputValue();
}

/** As one may in Chromium who pressed a button. */
const MAY_COPY = { permissions: ["camera", "microphone", "clipboard-read", "clipboard-write"] };

describe("guests", () => {
  it("wait by their name, are let in, and come back by the link as who they were", (test) =>
    scene(test, { access: "open" }, async ({ server, room, enter }) => {
      const mo = await enter("Mo", "moderator", { context: MAY_COPY });
      await settings(mo);
      const url = await makeLink(mo, "Guest link");
      assert.equal(await mo.page.evaluate(() => navigator.clipboard.readText()), url);
      const ada = await come(url, "Ada", PHONE);
      try {
        await ada.page.getByRole("heading", { name: "You are in the waiting room of Physics 101" }).waitFor();
        assert.deepEqual((await server.participants(room)).map(({ name }) => name), ["Mo"]);
        await mo.page.getByText("Ada waits to be let in").waitFor();
        await mo.button("Admit").click();
        await ada.inRoom();
        const [, { id }] = await server.participants(room);
        await ada.page.reload();
        await ada.inRoom();
        await ada.page.goto(url);
        await ada.inRoom();
        const people = await server.participants(room);
        assert.deepEqual(people.map((one) => [one.name, one.role, one.id === id]), [["Mo", "moderator", false], ["Ada", "viewer", true]]);
      } finally {
        await ada.leave();
      }
    }));

  it("find a one-time link spent by whoever came first", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const mo = await enter("Mo", "moderator", { context: MAY_COPY });
      await settings(mo);
      await mo.page.getByLabel("Guests wait until they are let in").setChecked(false);
      const url = await makeLink(mo, "One-time link");
      const eve = await openLink(url);
      const ada = await come(url, "Ada");
      try {
        await ada.inRoom();
        await eve.page.getByRole("textbox", { name: "Your name" }).fill("Eve");
        await eve.button("Enter").click();
        await eve.page.getByRole("heading", { name: "This link has been used" }).waitFor();
        await eve.page.reload();
        await eve.page.getByRole("heading", { name: "This link has been used" }).waitFor();
        await ada.page.reload();
        await ada.inRoom();
      } finally {
        await Promise.all([ada, eve].map((person) => person.leave()));
      }
    }));

  it("come by no link that a moderator has ended, and by none without a name", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const mo = await enter("Mo", "moderator", { context: { ...PHONE, ...MAY_COPY } });
      await settings(mo);
      const url = await makeLink(mo, "Guest link");
      const ada = await come(url, "  ");
      try {
        await ada.page.getByRole("alert").filter({ hasText: "Please enter your name." }).waitFor();
        await mo.page.getByText("Links that are good").click();
      const links = mo.page.getByRole("list", { name: "Links that are good" });
        await eventually("it is listed", async () => (await links.getByRole("listitem").count()) === 1);
        assert.ok(await mo.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing lies beside the page");
        await links.getByRole("button", { name: "End" }).click();
        await mo.page.getByRole("status").filter({ hasText: "The link has ended." }).waitFor();
        await mo.page.getByText("There are none.").waitFor();
        await ada.page.getByRole("textbox", { name: "Your name" }).fill("Ada");
        await ada.button("Enter").click();
        await ada.page.getByRole("heading", { name: "This link has been ended" }).waitFor();
      } finally {
        await ada.leave();
      }
    }));

  it("are told what is wrong with a link that never was", (test) =>
    scene(test, { access: "open" }, async ({ server }) => {
      const eve = await openLink(`${server.url}/g/${"0".repeat(32)}`);
      try {
        await eve.page.getByRole("heading", { name: "This link does not work" }).waitFor();
      } finally {
        await eve.leave();
      }
    }));
});
