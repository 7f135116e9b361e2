// Reactions: given by click and by key, seen by everybody, and never more of them than somebody can look at.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { scene } from "../support/shared.mjs";
import { eventually } from "../support/media.mjs";

const open = async (person) => {
  await person.control("React").click();
  const group = person.page.getByRole("group", { name: "Reactions" });
  await group.waitFor();
  return group;
};
/** Counts all that rose on somebody's page, before it is gone. */
const WATCH = () => {
  window.risen = 0;
  new MutationObserver((changes) => {
    for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
      if (node instanceof Element) window.risen += node.matches(".rising") ? 1 : node.querySelectorAll(".rising").length;
    }
  }).observe(document, { childList: true, subtree: true });
};
/** Presses a number in the moment in which such an element comes, before the browser has painted it. */
const PRESS_AT_ONCE = (selector) => {
  new MutationObserver((_, observer) => {
    if (document.querySelector(selector) === null) return;
    observer.disconnect();
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "3", bubbles: true, cancelable: true }));
  }).observe(document, { childList: true, subtree: true });
};
const risen = (person) => person.page.evaluate(() => window.risen);

describe("reactions", () => {
  it("are given by click and by number, reach everybody, and stay open until they are closed", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const [ada, bob] = [await enter("Ada"), await enter("Bob", "viewer", { context: { script: { run: WATCH } } })];
      const group = await open(ada);
      for (const name of ["Applause", "Thumbs up", "Heart", "Laughter", "Surprise", "Celebration"]) await group.getByRole("button", { name, exact: true }).waitFor();
      await group.getByRole("button", { name: "Heart", exact: true }).click();
      await eventually("Bob sees it", async () => (await risen(bob)) === 1);
      await ada.page.keyboard.press("1");
      await eventually("Bob sees that too", async () => (await risen(bob)) === 2);
      assert.ok(await group.isVisible());
      await ada.page.keyboard.press("Escape");
      await group.waitFor({ state: "hidden" });
      assert.equal(await ada.control("React").getAttribute("aria-expanded"), "false");
      await ada.control("React").and(ada.page.locator(":focus")).waitFor();
    }));

  it("are paced on the page, so that nobody is told to slow down, and few are shown at once", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const people = [await enter("Ada"), await enter("Bob"), await enter("Eve")];
      for (const person of people) await open(person);
      let most = 0;
      for (let time = 0; time < 12; time += 1) {
        for (const person of people) for (const key of "123456") await person.page.keyboard.press(key);
        most = Math.max(most, await people[0].page.locator(".rising").count());
      }
      assert.ok(most > 0 && most <= 12, `${most} at once`);
      for (const person of people) assert.equal(await person.page.getByRole("alert").filter({ hasText: /./ }).count(), 0);
      await eventually("all of it is gone", async () => (await people[0].page.locator(".rising").count()) === 0);
    }));

  it("do not type into the chat, nor take what is typed there", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const [ada, bob] = [await enter("Ada"), await enter("Bob", "viewer", { context: { script: { run: WATCH } } })];
      await open(ada);
      await ada.control("Chat").click();
      const field = ada.page.getByRole("textbox", { name: "Message" });
      await field.click();
      await ada.page.keyboard.type("123");
      assert.equal(await field.inputValue(), "123");
      await ada.page.waitForTimeout(1000);
      assert.equal(await risen(bob), 0);
    }));

  it("take a number as soon as they are there", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const ada = await enter("Ada", "viewer");
      await ada.page.evaluate(PRESS_AT_ONCE, ".reacting");
      await open(ada);
      await ada.page.locator(".rising").waitFor();
    }));

  it("stand still where nothing shall move", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const ada = await enter("Ada", "viewer", { context: { reducedMotion: "reduce" } });
      await open(ada);
      await ada.page.keyboard.press("3");
      await ada.page.locator(".counted").waitFor();
      assert.equal(await ada.page.locator(".rising").count(), 0);
    }));
});
