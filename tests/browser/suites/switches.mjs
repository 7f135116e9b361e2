// What a room has, as moderators set it: what is off is gone for everybody, and there again with all that was in it.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { scene } from "../support/shared.mjs";
import { eventually } from "../support/media.mjs";
import { openTalk } from "../support/talk.mjs";

async function set(moderator, feature, on) {
  const group = moderator.page.getByRole("group", { name: "What this room has" });
  if (!(await group.isVisible())) await moderator.control("Settings").click();
  const box = group.getByRole("checkbox", { name: feature, exact: true });
  if ((await box.isChecked()) !== on) await box.click();
  // The room says what is on, a moment after the click.
  await eventually(`${feature} is set`, async () => (await box.isChecked()) === on);
}

const gone = (person, control) => eventually(`${control} is gone for ${person.name}`, async () => (await person.control(control).count()) === 0);

describe("what a room has", () => {
  it("is gone from everybody's toolbar when it is off, and back when it is on", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const [mo, ada] = [await enter("Mo", "moderator"), await enter("Ada")];
      for (const [feature, control] of [["Raised hands", "Raise hand"], ["Reactions", "React"]]) {
        await ada.control(control).waitFor();
        await set(mo, feature, false);
        for (const person of [mo, ada]) await gone(person, control);
        const late = await enter("Eve");
        assert.equal(await late.control(control).count(), 0);
        await late.leave();
        await set(mo, feature, true);
        for (const person of [mo, ada]) await person.control(control).waitFor();
      }
    }));

  it("lowers the hands that are up", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const [mo, ada] = [await enter("Mo", "moderator"), await enter("Ada")];
      await ada.control("Raise hand").click();
      await ada.control("Lower hand").waitFor();
      await set(mo, "Raised hands", false);
      await gone(ada, "Lower hand");
      await set(mo, "Raised hands", true);
      await ada.control("Raise hand").waitFor();
    }));

  it("closes the chat where it stands open, says so, and keeps what was written", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const [mo, ada] = [await enter("Mo", "moderator"), await enter("Ada")];
      await ada.control("Chat").click();
      const chat = ada.page.getByRole("region", { name: "Chat" });
      await chat.getByRole("textbox", { name: "Message" }).fill("Hello");
      await ada.page.keyboard.press("Enter");
      await chat.getByText("Hello").waitFor();
      await set(mo, "Chat", false);
      await chat.waitFor({ state: "hidden" });
      await ada.told("The chat was turned off");
      await set(mo, "Chat", true);
      await (await openTalk(ada, "Chat")).getByText("Hello").waitFor();
    }));

  it("is set by moderators only", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const eve = await enter("Eve", "speaker");
      await eve.control("Settings").click();
      await eve.page.getByRole("dialog", { name: "Settings" }).waitFor();
      assert.equal(await eve.page.getByRole("group", { name: "What this room has" }).count(), 0);
    }));
});
