// The page in other languages, and from right to left.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
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
      await openSettings(ada);
      assert.deepEqual(await tooWide(ada), []);
    }));
});
