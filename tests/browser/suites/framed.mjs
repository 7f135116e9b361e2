// The room as a learning platform shows it: in a frame of another site, in a browser that keeps nothing for such a page.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { join, launchChromium, open, Person } from "../support/browser.mjs";
import { dress, LOOKS, NARROW, settled, smallTargets, tooWide, violations } from "../support/looks.mjs";
import { assertHears, assertSees, eventually } from "../support/media.mjs";
import { frameOf, KEEPS_NOTHING, letFrame, startPlatform } from "../support/platform.mjs";
import { shared } from "../support/shared.mjs";

/** What platforms commonly allow their frames. */
const ALLOWED = "camera; microphone; autoplay; fullscreen";

/** Runs in the page before its own scripts. */
function asIfFramed() {
  window.parent = {};
  document.featurePolicy.allowsFeature = () => false;
}

describe("in a platform's frame", () => {
  let browser;
  let platform;
  let opened;
  let room;
  before(async () => {
    browser = await launchChromium(...KEEPS_NOTHING);
    platform = await startPlatform();
    await letFrame(platform, shared.server);
  });
  after(async () => {
    await browser?.close();
    await platform?.stop();
  });

  /** Somebody who has clicked the room in their course. */
  async function launch(name, { role = "viewer", allow = ALLOWED, hash = "", context = {} } = {}) {
    const { server } = shared;
    const { url } = await server.invitation(room, name, role);
    const outer = await open("about:blank", context, { own: browser });
    opened.push(outer);
    await outer.page.goto(platform.page(url + hash, allow));
    const person = Object.assign(frameOf(outer), { name, room, server });
    return person;
  }

  async function inRoom(test, stage, body) {
    opened = [];
    room = await shared.server.room(stage);
    try {
      await body();
      for (const person of opened) assert.deepEqual(person.errors.map(String), []);
    } finally {
      await Promise.all(opened.map((person) => person.leave().catch(() => undefined)));
      await shared.server.api("DELETE", `/api/v1/rooms/${room}`);
    }
  }

  it("one is in the room and on its stage, with nothing stored", (test) =>
    inRoom(test, { access: "open" }, async () => {
      const ada = await launch("Ada");
      await ada.inRoom();
      const blocked = await ada.frame.evaluate(() => {
        try {
          return localStorage.length >= 0 ? "kept" : "";
        } catch (error) {
          return error.name;
        }
      });
      assert.equal(blocked, "SecurityError", "the browser of this test keeps nothing in a frame");
      const mo = await join(shared.server, room, "Mo", "moderator");
      opened.push(mo);
      await ada.joinStage();
      await assertSees(mo, await ada.id());
      await assertHears(mo);
      await ada.control("Turn off camera").click();
      await ada.control("Turn on camera").waitFor();
      await ada.control("Settings").click();
      await ada.page.getByRole("combobox", { name: "Language" }).selectOption({ label: "Deutsch" });
      await ada.frame.locator("html[lang=de]").waitFor();
    }));

  it("a screen is shared from a window of its own, which takes the seat over", (test) =>
    inRoom(test, { access: "open" }, async () => {
      const mo = await join(shared.server, room, "Mo", "moderator");
      opened.push(mo);
      const ada = await launch("Ada", { role: "speaker" });
      await ada.inRoom();
      await ada.joinStage();
      await assertSees(mo, await ada.id());
      await ada.control("Share screen").click();
      const dialog = ada.dialog("Sharing a screen needs a window of its own");
      await dialog.waitFor();
      await dialog.getByRole("button", { name: "Cancel" }).click();
      await dialog.waitFor({ state: "hidden" });
      await ada.control("Share screen").click();
      const [page] = await Promise.all([ada.context.waitForEvent("page"), dialog.getByRole("link", { name: "Open in new window" }).click()]);
      const own = new Person(page, ada.context);
      await own.inRoom();
      await own.control("Share screen").waitFor();
      assert.equal((await shared.server.participants(room)).length, 2, "it is one person still");
      assert.equal((await ada.state()).stage, "on_stage");
      await ada.page.getByRole("heading", { name: "This room is open in another tab" }).waitFor();
      await assertSees(mo, await ada.id());
      await own.page.evaluate(() => {
        navigator.mediaDevices.getDisplayMedia = async () => {
          const canvas = document.createElement("canvas");
          canvas.getContext("2d");
          return canvas.captureStream(5);
        };
      });
      await own.control("Share screen").click();
      await own.control("Stop sharing").waitFor();
      await mo.stage.getByRole("figure", { name: "Screen of Ada" }).waitFor();
      assert.deepEqual(own.errors, []);
    }));

  it("devices that the frame does not allow: said so, with the way out", (test) =>
    inRoom(test, { access: "open" }, async () => {
      const ada = await launch("Ada", { allow: "microphone; autoplay" });
      await ada.inRoom();
      await ada.control("Join stage").click();
      await ada.devices.getByText("The page around this room does not let it use the camera.").waitFor();
      assert.equal(await ada.devices.getByRole("link", { name: "Open in new window" }).count(), 1, "the microphone is allowed");
      await ada.goLive();
      await ada.control("Turn on camera").click();
      await ada.dialog("Your camera needs a window of its own").waitFor();
      await ada.frame.locator("body").press("Escape");
      await ada.dialog("Your camera needs a window of its own").waitFor({ state: "hidden" });
    }));

  for (const look of [...LOOKS, NARROW]) {
    it(`everybody can use the way out: ${look.name}`, (test) =>
      inRoom(test, { access: "open" }, async () => {
        // By itself, for whoever looks at it closely; it takes itself for framed.
        const ada = await join(shared.server, room, "Ada", "speaker", { context: { script: { run: asIfFramed } } });
        opened.push(ada);
        await ada.control("Join stage").click();
        await ada.devices.getByText("The page around this room does not let it use the camera.").waitFor();
        const found = [];
        const inspect = async (where) => {
          await dress(ada, look);
          await settled(ada);
          for (const problem of [...(await violations(ada)), ...(await smallTargets(ada, look)), ...(await tooWide(ada))]) found.push(`${where}: ${problem}`);
          await dress(ada, LOOKS[0]);
        };
        await inspect("the devices");
        await ada.devices.getByRole("button", { name: "Join stage", exact: true }).click();
        await ada.control("Share screen").click();
        await ada.dialog("Sharing a screen needs a window of its own").waitFor();
        await inspect("the screen");
        assert.deepEqual(found, []);
      }));
  }

  it("the platform's language is spoken, the browser's is not", (test) =>
    inRoom(test, { access: "open" }, async () => {
      const ada = await launch("Ada", { hash: "&lang=pt-BR", context: { locale: "fr-FR" } });
      await ada.frame.locator("html[lang=pt]").waitFor();
      await eventually("the words are there", () => ada.frame.getByRole("toolbar").isVisible());
    }));
});
