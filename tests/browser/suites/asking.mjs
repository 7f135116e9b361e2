// A question with a request: it may follow the request, moderators read it where they decide, and it is gone with the request.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { scene } from "../support/shared.mjs";
import { eventually } from "../support/media.mjs";

const HOSTILE = "<b>Why</b> two? <img src=x onerror=window.hurt=1>";

async function add(person, text, button = "Add a question") {
  await person.control(button).click();
  const dialog = person.dialog(button);
  await dialog.getByRole("textbox", { name: "What would you like to ask or say?" }).fill(text);
  await person.page.keyboard.press("Enter");
  await dialog.waitFor({ state: "hidden" });
}

describe("a question with a request", () => {
  it("follows it, is changed and taken back, and moderators read it as text", (test) =>
    scene(test, { access: "request" }, async ({ enter }) => {
      const [mo, ada] = [await enter("Mo", "moderator"), await enter("Ada")];
      await ada.control("Ask to join stage").click();
      await mo.page.getByText("Ada asks to join the stage").waitFor();
      await add(ada, HOSTILE);
      await mo.page.locator(".card .asked").filter({ hasText: HOSTILE }).waitFor();
      const row = (await mo.openParticipants()).getByRole("list", { name: "Asking to join" }).getByRole("listitem");
      await row.getByText(HOSTILE).waitFor();
      assert.equal(await mo.page.evaluate(() => window.hurt), undefined);
      await add(ada, "Why two?", "Change your question");
      await row.getByText("Why two?", { exact: true }).waitFor();
      await ada.control("Change your question").click();
      await ada.button("Take it back").click();
      await ada.control("Add a question").and(ada.page.locator(":focus")).waitFor();
      await eventually("it is gone", async () => (await row.locator(".asked").count()) === 0);
      assert.equal(await row.count(), 1);
    }));

  it("goes with the request, and a phone has room for it", (test) =>
    scene(test, { access: "request" }, async ({ enter }) => {
      const [mo, ada] = [await enter("Mo", "moderator"), await enter("Ada", "viewer", { context: { viewport: { width: 320, height: 640 } } })];
      await ada.control("Ask to join stage").click();
      await add(ada, "Why two?");
      const wide = await ada.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(wide <= 0);
      await mo.page.getByText("Why two?").waitFor();
      await ada.control("Cancel request").click();
      await ada.control("Ask to join stage").click();
      await ada.control("Add a question").waitFor();
      await mo.page.getByText("Ada asks to join the stage").waitFor();
      assert.equal(await mo.page.getByText("Why two?").count(), 0);
    }));
});
