// The timer: set by moderators, seen by everybody alike, said at its moments and below zero.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { scene } from "../support/shared.mjs";
import { eventually } from "../support/media.mjs";

const shown = (person) => person.page.locator(".top").getByRole("timer").or(person.page.locator(".top .timer bdi")).first();
/** What the clock says, in seconds. */
async function seconds(person) {
  const [, sign, minutes, rest] = /^(−?)(\d+):(\d\d)$/.exec(await shown(person).innerText());
  return (sign ? -1 : 1) * (Number(minutes) * 60 + Number(rest));
}
async function setting(moderator) {
  const dialog = moderator.page.getByRole("dialog", { name: "Timer" });
  if (!(await dialog.isVisible())) await moderator.page.getByRole("button", { name: /^Timer/ }).click();
  await dialog.waitFor();
  return dialog;
}

describe("the timer", () => {
  it("is started, made longer, stopped for a while and taken away by a moderator, and everybody sees the same", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const [mo, ada] = [await enter("Mo", "moderator"), await enter("Ada")];
      assert.equal(await ada.page.getByRole("button", { name: /^Timer/ }).count(), 0);
      await (await setting(mo)).getByRole("button", { name: "5 minutes", exact: true }).click();
      for (const person of [mo, ada]) await shown(person).waitFor();
      const late = await enter("Eve");
      await shown(late).waitFor();
      assert.ok(Math.abs((await seconds(ada)) - (await seconds(late))) <= 1);
      assert.ok((await seconds(ada)) > 240);
      await (await setting(mo)).getByRole("button", { name: "Add a minute" }).click();
      await eventually("there is a minute more", async () => (await seconds(ada)) > 300);
      await (await setting(mo)).getByRole("button", { name: "Pause" }).click();
      await ada.page.locator(".timer.stands").waitFor();
      const stands = await seconds(ada);
      await ada.page.waitForTimeout(1500);
      assert.equal(await seconds(ada), stands);
      await (await setting(mo)).getByRole("button", { name: "Go on" }).click();
      await eventually("it runs", async () => (await seconds(ada)) < stands);
      await (await setting(mo)).getByRole("button", { name: "Stop" }).click();
      await shown(ada).waitFor({ state: "hidden" });
      await mo.page.keyboard.press("Escape");
      await mo.page.getByRole("button", { name: "Timer" }).and(mo.page.locator(":focus")).waitFor();
    }));

  it("takes minutes of one's own, by keyboard, warns near the end, and counts on below zero", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const [mo, ada] = [await enter("Mo", "moderator"), await enter("Ada")];
      await (await setting(mo)).getByRole("spinbutton", { name: "Minutes" }).fill("3");
      await mo.page.keyboard.press("Enter");
      await shown(ada).waitFor();
      const start = Date.now();
      const said = ada.page.locator(".top [role=status]");
      // Her clock goes on by leaps, and her connection lives as it did.
      for (const [time, words, tone] of [[92_000, "Half of the time is over", "calm"], [125_000, "One minute left", "soon"], [185_000, "The time is over", "past"]]) {
        await ada.page.clock.setSystemTime(start + time);
        await said.filter({ hasText: words }).waitFor({ state: "attached" });
        await ada.page.locator(`.timer.${tone}`).waitFor();
      }
      assert.ok((await seconds(ada)) < 0);
    }));
});
