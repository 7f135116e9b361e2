// The page itself: by keyboard, on a phone, with devices that fail; and the pictures for the README.

import { mkdir } from "node:fs/promises";
import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { scene, shared } from "../support/shared.mjs";
import { open } from "../support/browser.mjs";
import { crowd } from "../support/crowd.mjs";
import { standForPortrait } from "../support/portrait.mjs";
import { assertHears, assertSees, assertSeesNothing, eventually, pause } from "../support/media.mjs";

/** In pixels, of whoever is portrayed in a moving picture. */
const SWAY = 12;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
/** Kept in the repository when PROSCENIUM_BLESS is set; made and thrown away otherwise, so that a test run changes no file. */
const PICTURES = new URL(process.env.PROSCENIUM_BLESS ? "../../../docs/images/" : "../../../target/pictures/", import.meta.url).pathname;

/** Whether the control that has the focus is called `name`. */
const inName = (person, name) =>
  person.page.evaluate((wanted) => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return false;
    return (focused.getAttribute("aria-label") ?? focused.textContent ?? "").trim() === wanted;
  }, name);

/** Presses Tab until the control with this name has the focus. */
async function tabTo(person, name) {
  for (let presses = 0; presses < 60; presses++) {
    if (await inName(person, name)) return;
    await person.page.keyboard.press("Tab");
  }
  assert.fail(`"${name}" cannot be reached by Tab`);
}

describe("the page", () => {
  it("the way up by keyboard alone", (test) =>
    scene(test, { access: "request" }, async ({ enter }) => {
      const mod = await enter("Mo", "moderator");
      const ada = await enter("Ada");
      await tabTo(ada, "Ask to join stage");
      await ada.page.keyboard.press("Enter");
      await ada.control("Cancel request").waitFor();
      await mod.page.getByText("Ada asks to join the stage").first().waitFor();
      await tabTo(mod, "Bring to stage");
      await mod.page.keyboard.press("Enter");
      await ada.devices.waitFor();
      await tabTo(ada, "Join stage");
      await ada.page.keyboard.press("Enter");
      await assertSees(mod, await ada.id());
      await tabTo(ada, "Mute microphone");
      await ada.page.keyboard.press("Enter");
      await ada.control("Unmute microphone").waitFor();
    }));

  it("the menu of a person by keyboard: opens, moves, closes, gives the focus back", (test) =>
    scene(test, { access: "invite" }, async ({ enter }) => {
      const mod = await enter("Mo", "moderator");
      const ada = await enter("Ada");
      await mod.openParticipants();
      await tabTo(mod, "Actions for Ada");
      await mod.page.keyboard.press("Enter");
      await mod.page.getByRole("menuitem", { name: "Invite to stage" }).waitFor();
      await mod.page.keyboard.press("Escape");
      await mod.page.getByRole("menu").waitFor({ state: "hidden" });
      assert.ok(await inName(mod, "Actions for Ada"), "the focus is back on the button");
      await mod.page.keyboard.press("Enter");
      await eventually("an item has the focus", () => mod.page.evaluate(() => document.activeElement?.getAttribute("role") === "menuitem"));
      for (let presses = 0; presses < 12 && !(await inName(mod, "Invite to stage")); presses++) await mod.page.keyboard.press("ArrowDown");
      await mod.page.keyboard.press("Enter");
      await ada.invitation.waitFor();
    }));

  it("the menu of a person far down a long list stays open, at its button", (test) =>
    scene(test, { access: "invite" }, async ({ enter }) => {
      const mod = await enter("Mo", "moderator");
      await crowd(mod, Array.from({ length: 30 }, (_, index) => `Guest ${index}`));
      await mod.openParticipants();
      const button = mod.button("Actions for Guest 29");
      // The click scrolls the list; the browser tells the page of it a frame later, when the menu is open.
      await button.click();
      const menu = mod.page.getByRole("menu");
      await menu.waitFor();
      await pause(300);
      assert.equal(await menu.isVisible(), true);
      assert.equal(await button.getAttribute("aria-expanded"), "true");
      const [at, hung] = [await button.boundingBox(), await menu.boundingBox()];
      const gap = Math.min(Math.abs(hung.y - at.y - at.height), Math.abs(at.y - hung.y - hung.height));
      assert.ok(gap < 10, `the menu hangs ${gap} px from its button`);
      await button.evaluate((element) => element.closest(".panel-body").scrollTo(0, 0));
      await menu.waitFor({ state: "hidden" });
    }));

  it("a menu has what can be done about a person, and nobody has one about whom nothing can be", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const mod = await enter("Mo", "moderator");
      const host = await enter("Hanna", "host");
      await host.joinStage();
      const region = await mod.openParticipants();
      await region.getByRole("list", { name: "On stage" }).getByText("Hanna").waitFor();
      await mod.button("Actions for Hanna").click();
      const entries = mod.page.getByRole("menu", { name: "Actions for Hanna" }).getByRole("menuitem");
      await eventually("nothing is hers to be moderated", async () => String(await entries.allInnerTexts()) === "Put before everybody,Write privately");
      const ada = await enter("Ada");
      await ada.openParticipants();
      assert.equal(await ada.page.getByRole("button", { name: /^Actions for/ }).count(), 0);
    }));

  it("Escape closes a panel wherever the focus is, but first what lies above it", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const mod = await enter("Mo", "moderator");
      const region = await mod.openParticipants();
      await mod.page.evaluate(() => document.activeElement.blur());
      await mod.control("Join stage").click();
      await mod.devices.waitFor();
      await mod.page.keyboard.press("Escape");
      await mod.devices.waitFor({ state: "hidden" });
      assert.equal(await region.isVisible(), true);
      await mod.page.keyboard.press("Escape");
      await region.waitFor({ state: "hidden" });
    }));

  it("an approval starts no camera in a tab that nobody looks at", (test) =>
    scene(test, { access: "request" }, async ({ enter }) => {
      const mod = await enter("Mo", "moderator");
      const ada = await enter("Ada");
      await ada.control("Ask to join stage").click();
      await ada.control("Cancel request").waitFor();
      await ada.page.evaluate(() => {
        window.asked = 0;
        const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = (wanted) => {
          window.asked += 1;
          return real(wanted);
        };
        window.seen = "hidden";
        Object.defineProperty(document, "visibilityState", { get: () => window.seen });
      });
      await mod.button("Bring to stage").click();
      await ada.devices.waitFor();
      await pause(300);
      assert.equal(await ada.page.evaluate(() => window.asked), 0);
      await ada.page.evaluate(() => {
        window.seen = "visible";
        document.dispatchEvent(new Event("visibilitychange"));
      });
      await eventually("the camera starts", () => ada.page.evaluate(() => window.asked === 1));
      await ada.goLive();
      await assertSees(mod, await ada.id());
    }));

  it("on a phone: up, seen, and nothing wider than the screen", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const mod = await enter("Mo", "moderator", { context: PHONE });
      const ada = await enter("Ada", "viewer", { context: PHONE });
      await ada.joinStage();
      await assertSees(mod, await ada.id());
      for (const person of [mod, ada]) {
        const [wide, screen] = await person.page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
        assert.ok(wide <= screen, `${person.name}'s page is ${wide} px wide on a screen of ${screen}`);
      }
      await mod.act("Ada", "Remove from stage");
      await ada.told("You are now a viewer");
      await assertSeesNothing(mod, await ada.id());
    }));

  it("a camera that is refused: a plain sentence, a way to try again, and one goes up with sound alone", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const bob = await enter("Bob");
      const ada = await enter("Ada", "viewer", { context: { permissions: ["microphone"] } });
      await ada.control("Join stage").click();
      await ada.devices.getByText(/camera/i).first().waitFor();
      await ada.devices.getByRole("button", { name: "Try again" }).first().waitFor();
      await ada.goLive();
      await assertHears(bob);
      await assertSeesNothing(bob, await ada.id());
      await bob.tile("Ada").waitFor();
    }));

  it("no device at all: said so, and after plugging one in it works", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const bob = await enter("Bob");
      const ada = await enter("Ada");
      await ada.page.evaluate(() => {
        const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = async (wanted) => {
          if (!window.pluggedIn) throw new DOMException("none", "NotFoundError");
          return real(wanted);
        };
      });
      await ada.control("Join stage").click();
      const again = ada.devices.getByRole("button", { name: "Try again" });
      await eventually("both devices can be tried again", async () => (await again.count()) === 2);
      await ada.page.evaluate(() => {
        window.pluggedIn = true;
      });
      await again.first().click();
      await again.last().click();
      await ada.goLive();
      await assertHears(bob);
    }));

  it("a room's link in dev mode makes a person each time it is opened", async () => {
    const { server } = shared;
    const opened = await Promise.all([0, 1].map(() => open(`${server.url}/dev/join/demo/viewer`)));
    try {
      await Promise.all(opened.map((person) => person.inRoom()));
      const here = await eventually("two guests", async () => {
        const people = await server.participants("demo");
        return people.length >= 2 && people;
      });
      assert.equal(new Set(here.map((one) => one.id)).size, here.length);
    } finally {
      await Promise.all(opened.map((person) => person.leave()));
    }
  });

  it("a link that is no good says so in plain words", async () => {
    const { server } = shared;
    const room = await server.room();
    const person = await open(`${server.url}/r/${room}#token=not-a-token`);
    try {
      await person.page.getByText(/link/i).first().waitFor();
      assert.equal(await person.toolbar.isVisible(), false);
    } finally {
      await person.leave();
    }
  });

  it("pictures of a session, desktop and phone", (test) =>
    scene(test, { access: "request", capacity: 12 }, async ({ enter }) => {
      await mkdir(PICTURES, { recursive: true });
      const mod = await enter("Grace Hopper", "moderator");
      const ada = await enter("Ada Lovelace", "speaker");
      const linus = await enter("Emmy Noether", "speaker");
      const phone = await enter("Alan Turing", "viewer", { context: PHONE });
      await mod.page.evaluate(standForPortrait, ["#3d5a80", "#e0a899", "#293241", SWAY]);
      await ada.page.evaluate(standForPortrait, ["#6d597a", "#f2cc8f", "#355070", SWAY]);
      await ada.joinStage();
      await mod.joinStage();
      await linus.joinStage();
      await assertSees(mod, await ada.id());
      await linus.control("Turn off camera").click();
      await phone.control("Ask to join stage").click();
      await mod.page.getByText("Alan Turing asks to join the stage").first().waitFor();
      await mod.openParticipants();
      await assertSees(phone, await ada.id());
      await mod.page.getByText("You are on stage").first().waitFor({ state: "hidden" });
      await mod.page.screenshot({ path: `${PICTURES}session.png` });
      await phone.page.screenshot({ path: `${PICTURES}phone.png` });
    }));
});
