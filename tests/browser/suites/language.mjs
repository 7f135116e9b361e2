// The page in other languages, and from right to left.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { eventually } from "../support/media.mjs";
import { scene } from "../support/shared.mjs";

const PHONE = { width: 320, height: 640 };

/** What of the page is wider than the screen, by its class; nothing, if all is well. */
const tooWide = (person) =>
  person.page.evaluate(() =>
    [...document.querySelectorAll("#page *")]
      .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        return width > 0 && (left < -1 || right > window.innerWidth + 1);
      })
      .map((element) => `${element.tagName} ${element.getAttribute("class") ?? ""}`),
  );

/** Pairs of buttons of the toolbar that cover one another, and those that are too small for a finger. */
const crowded = (person) =>
  person.toolbar.getByRole("button").evaluateAll((buttons) => {
    const boxes = buttons.map((button) => button.getBoundingClientRect());
    const meet = (one, other) => one.left < other.right - 1 && other.left < one.right - 1 && one.top < other.bottom - 1 && other.top < one.bottom - 1;
    const covered = boxes.flatMap((one, index) => boxes.slice(index + 1).filter((other) => meet(one, other)).map(() => `covered: ${buttons[index].ariaLabel}`));
    return [...covered, ...buttons.filter((_, index) => boxes[index].width < 44 || boxes[index].height < 44).map((button) => `small: ${button.ariaLabel}`)];
  });

const root = (person) => person.page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]);

/** Whatever it is called in this language. */
const NAMED = /./;

async function openSettings(person) {
  await person.toolbar.getByRole("button").nth(-2).click();
  await person.page.getByRole("dialog").waitFor();
  return person.page.getByRole("combobox").filter({ hasText: "Français" });
}

describe("languages", () => {
  it("the browser's is spoken, another can be chosen and is remembered", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const ada = await enter("Ada", "viewer", { context: { locale: "de-AT" }, toolbar: NAMED });
      assert.deepEqual(await root(ada), ["de", "ltr"]);
      await (await openSettings(ada)).selectOption({ label: "Français" });
      await ada.page.locator("html[lang=fr]").waitFor();
      await ada.page.reload();
      await ada.inRoom();
      assert.deepEqual(await root(ada), ["fr", "ltr"]);
      await (await openSettings(ada)).selectOption({ label: "English" });
      await ada.control("Leave room").waitFor();
    }));

  it("Arabic runs from right to left, on a small phone too, and nothing is wider than the screen", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const ada = await enter("Ada", "host", { context: { locale: "ar", viewport: PHONE }, toolbar: NAMED });
      assert.deepEqual(await root(ada), ["ar", "rtl"]);
      assert.deepEqual(await tooWide(ada), []);
      assert.deepEqual(await crowded(ada), []);
      await openSettings(ada);
      assert.deepEqual(await tooWide(ada), []);
    }));

  for (const [language, width] of [["ar", 320], ["de", 320], ["fr", 390], ["es", 720]]) {
    it(`on stage, a moderator's toolbar has room on ${width} pixels (${language})`, (test) =>
      scene(test, { access: "open" }, async ({ enter }) => {
        const mo = await enter("Mo", "moderator", { context: { locale: language, viewport: { width, height: 700 } }, toolbar: NAMED });
        await mo.toolbar.getByRole("button").first().click();
        const dialog = mo.page.getByRole("dialog");
        await dialog.getByRole("button").last().click();
        await dialog.waitFor({ state: "hidden" });
        await eventually("the toolbar of the stage", async () => (await mo.toolbar.getByRole("button").count()) >= 8);
        assert.deepEqual(await tooWide(mo), []);
        assert.deepEqual(await crowded(mo), []);
      }));
  }
});
