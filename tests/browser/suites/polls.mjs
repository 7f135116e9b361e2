// Polls and quizzes: written by keyboard, answered by everybody, seen by whom they are for.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { scene } from "../support/shared.mjs";
import { eventually } from "../support/media.mjs";
import { focused, openTalk, overflow, waiting } from "../support/talk.mjs";

const PHONE = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };

const polls = (person) => openTalk(person, "Polls");
const button = async (person, name) => (await polls(person)).getByRole("button", { name, exact: true });
const press = async (person, name) => (await button(person, name)).click();

/** Writes a poll with one question of two choices; `options` are checked, and what is right is marked in a quiz. */
async function write(person, title, { options = [], right, seconds } = {}) {
  await press(person, "New poll");
  const panel = await polls(person);
  await panel.getByRole("textbox", { name: "Title" }).fill(title);
  for (const option of options) await panel.getByRole("checkbox", { name: option, exact: true }).check();
  if (seconds) await panel.getByRole("textbox", { name: "Seconds to answer" }).fill(String(seconds));
  await panel.getByRole("textbox", { name: "Question", exact: true }).fill("What do you drink?");
  await panel.getByRole("textbox", { name: "Choice 1" }).fill("Tea");
  await panel.getByRole("textbox", { name: "Choice 2" }).fill("Coffee");
  if (right) await panel.getByRole("radio", { name: `Choice ${right} is right` }).check();
  await press(person, "Save poll");
  await (await button(person, title)).waitFor();
}

async function answer(person, choice) {
  await (await polls(person)).getByRole("radio", { name: choice }).check();
  await press(person, "Send answers");
  await (await polls(person)).getByText("You have answered.").waitFor();
}

/** A line of the results, as in "Tea 50% (1)". */
async function sees(person, line, text) {
  const found = (await polls(person)).getByRole("listitem").filter({ hasText: new RegExp(`^${line}`) }).locator(".share");
  await eventually(`${person.name} sees ${line} ${text}`, async () => (await found.count()) === 1 && (await found.innerText()) === text);
}

const seesNoResults = async (person) => assert.equal(await (await polls(person)).locator(".share").count(), 0, `${person.name} sees no results`);

describe("polls", () => {
  it("written by keyboard alone, told to everybody, answered and answered otherwise, with results for all", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const [mo, ada, bob] = [await enter("Mo", "moderator"), await enter("Ada"), await enter("Bob")];
      const { keyboard } = mo.page;
      await (await button(mo, "New poll")).press("Enter");
      await eventually("the title has the focus", async () => (await focused(mo)) === "Title");
      await keyboard.type("Breakfast");
      const tabTo = async (name) => {
        for (let presses = 0; presses < 30 && (await focused(mo)).trim() !== name; presses++) await keyboard.press("Tab");
        assert.equal((await focused(mo)).trim(), name);
      };
      await tabTo("Question");
      await keyboard.type("What do you drink?");
      await tabTo("Choice 1");
      for (const choice of ["Coffee", "Tea", "Nothing"]) {
        await keyboard.type(choice);
        if (choice !== "Nothing") await keyboard.press("Enter");
      }
      await tabTo("Remove choice 3");
      await keyboard.press("Enter");
      await eventually("the one before has the focus", async () => (await focused(mo)) === "Choice 2");
      await tabTo("Move choice 2 up");
      await keyboard.press("Enter");
      await eventually("the focus stays on what moved", async () => (await focused(mo)) === "Move choice 1 up");
      await tabTo("Save poll");
      await keyboard.press("Enter");
      await (await button(mo, "Start")).press("Enter");

      await ada.told("A poll is open: Breakfast");
      await eventually("one waits for Bob", async () => (await waiting(bob)) === 1);
      await ada.page.locator(".toast").getByRole("button", { name: "Open" }).click();
      await (await polls(ada)).getByText("You can change your answers").waitFor();
      await press(ada, "Send answers");
      await (await polls(ada)).getByText("Answer at least one question.").waitFor();
      await answer(ada, "Tea");
      await answer(bob, "Coffee");
      for (const person of [mo, ada, bob]) await sees(person, "Tea", "50% (1)");
      await press(ada, "Change your answers");
      assert.equal(await (await polls(ada)).getByRole("radio", { name: "Tea" }).isChecked(), true);
      await answer(ada, "Coffee");
      for (const person of [mo, ada, bob]) await sees(person, "Coffee", "100% (2)");

      await press(mo, "End");
      const late = await enter("Late");
      for (const person of [ada, late]) await (await polls(person)).getByText("Ended").waitFor();
      await sees(late, "Coffee", "100% (2)");
      assert.equal(await (await button(ada, "Change your answers")).count(), 0);
      assert.equal(await waiting(bob), 0);
    }));

  it("what is wrong is said beside the field, and what was typed outlives the panel", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const mo = await enter("Mo", "moderator", { context: PHONE });
      await press(mo, "New poll");
      const panel = await polls(mo);
      await panel.getByRole("textbox", { name: "Title" }).fill("Half a poll");
      await press(mo, "Save poll");
      const question = panel.getByRole("textbox", { name: "Question", exact: true });
      await eventually("what is wrong has the focus", () => question.evaluate((field) => field === document.activeElement));
      assert.equal(await question.getAttribute("aria-invalid"), "true");
      const words = await question.getAttribute("aria-describedby");
      assert.equal(await mo.page.locator(`[id="${words}"]`).innerText(), "Write the question.");
      assert.ok((await overflow(mo)) <= 0, "nothing is wider than the phone");
      await question.fill("Why?");
      await press(mo, "Close");
      await mo.control("Chat").click();
      assert.equal(await (await polls(mo)).getByRole("textbox", { name: "Title" }).inputValue(), "Half a poll");
      await press(mo, "Back to the polls");
      await press(mo, "Go on writing the poll");
      assert.equal(await (await polls(mo)).getByRole("textbox", { name: "Question", exact: true }).inputValue(), "Why?");
      await press(mo, "Discard");
      await press(mo, "Discard it");
      await (await button(mo, "New poll")).waitFor();
    }));

  it("anonymous: answered for good, and nobody's name in the file", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const [mo, ada] = [await enter("Mo", "moderator"), await enter("Ada Lovelace")];
      await write(mo, "Secret", { options: ["Anonymous"] });
      await press(mo, "Start");
      await (await polls(ada)).getByText("nobody learns who answered what").waitFor();
      await answer(ada, "Tea");
      assert.equal(await (await button(ada, "Change your answers")).count(), 0);
      await sees(mo, "Tea", "100% (1)");
      const [download] = await Promise.all([mo.page.waitForEvent("download"), press(mo, "Download as CSV")]);
      assert.equal(download.suggestedFilename(), "Secret.csv");
      const file = await readFile(await download.path(), "utf8");
      assert.match(file, /What do you drink\?/);
      assert.doesNotMatch(file, /Ada/);
    }));

  it("results that are held back are the moderators' until they show them", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const [mo, ada] = [await enter("Mo", "moderator"), await enter("Ada")];
      await write(mo, "Held", { options: ["Hold the results back"] });
      await press(mo, "Start");
      await answer(ada, "Tea");
      await sees(mo, "Tea", "100% (1)");
      await seesNoResults(ada);
      await press(mo, "End");
      await (await polls(ada)).getByText("The results are not shown.").waitFor();
      await seesNoResults(ada);
      await press(mo, "Show results");
      await sees(ada, "Tea", "100% (1)");
      await press(mo, "Hide results");
      await eventually("they are hidden again", async () => (await (await polls(ada)).locator(".share").count()) === 0);
      await press(mo, "Delete");
      await press(mo, "Delete it now");
      await (await polls(ada)).getByText("There are no polls yet.", { exact: false }).waitFor();
    }));

  it("a quiz ends by itself; then there are scores, right answers and a leader board", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const [mo, ada, bob] = [await enter("Mo", "moderator"), await enter("Ada"), await enter("Bob")];
      await write(mo, "Quiz time", { options: ["Quiz"], right: 2, seconds: 18 });
      await press(mo, "Start");
      await (await polls(ada)).getByText("you answer once").waitFor();
      await (await polls(ada)).getByRole("timer").getByText(/^0:[01]\d left$/).waitFor();
      await answer(ada, "Coffee");
      await answer(bob, "Tea");
      assert.equal(await (await polls(ada)).getByText("Right answer").count(), 0);
      await (await polls(ada)).getByText("1 of 1 right").waitFor();
      await (await polls(bob)).getByText("0 of 1 right").waitFor();
      for (const person of [ada, bob]) {
        await (await polls(person)).getByRole("listitem").filter({ hasText: /^Coffee/ }).getByText("Right answer").waitFor();
        const [best] = await (await polls(person)).getByRole("list", { name: "Leader board" }).getByRole("listitem").allInnerTexts();
        assert.match(best, /Ada/);
      }
    }));
});
