// Questions: asked, voted for, answered live and in writing; the same for everybody, late joiners too.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { scene } from "../support/shared.mjs";
import { eventually } from "../support/media.mjs";
import { focused, openTalk, overflow, waiting } from "../support/talk.mjs";

const HOSTILE = '<img src=x onerror="window.hurt=1"> Why?';

async function ask(person, text) {
  const panel = await openTalk(person, "Questions");
  await panel.getByRole("textbox", { name: "Your question" }).fill(text);
  await panel.getByRole("button", { name: "Ask", exact: true }).click();
}

const list = async (person, name) => (await openTalk(person, "Questions")).getByRole("list", { name });

/** The questions of one list, as somebody sees them. */
async function shown(person, name = /Open questions/) {
  return (await list(person, name)).locator(".asked > .text").allInnerTexts();
}

const shows = (person, texts, name) =>
  eventually(`${person.name} sees ${JSON.stringify(texts)}`, async () => JSON.stringify(await shown(person, name)) === JSON.stringify(texts));

const item = async (person, text) => (await openTalk(person, "Questions")).getByRole("listitem").filter({ hasText: text });

async function vote(person, text) {
  await (await item(person, text)).getByRole("button", { name: /vote for the question/ }).click();
}

/** Nothing of the list is pointed at or has the focus. */
async function lookElsewhere(person) {
  await person.page.mouse.move(300, 300);
  await (await openTalk(person, "Questions")).getByRole("textbox", { name: "Your question" }).focus();
}

describe("questions", () => {
  it("reach everybody by votes, in an order that waits for whoever reads", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const [ada, bob, eve] = [await enter("Ada"), await enter("Bob"), await enter("Eve")];
      await ask(ada, "First?");
      await ask(ada, HOSTILE);
      await eventually("two wait for Bob", async () => (await waiting(bob)) === 2);
      await shows(bob, ["First?", HOSTILE]);
      await eventually("none wait for Bob", async () => (await waiting(bob)) === 0);
      assert.equal(await bob.page.evaluate(() => window.hurt), undefined);

      await vote(bob, HOSTILE);
      const voted = (await item(bob, HOSTILE)).getByRole("button", { name: /^1 vote: vote/ });
      await eventually("the vote counts", async () => (await voted.getAttribute("aria-pressed")) === "true");
      // Bob's pointer and focus are still in the list; Eve's are not.
      await shows(eve, [HOSTILE, "First?"]);
      await shows(bob, ["First?", HOSTILE]);
      await (await openTalk(bob, "Questions")).getByRole("button", { name: "Sort by votes" }).click();
      await shows(bob, [HOSTILE, "First?"]);

      await vote(eve, "First?");
      await vote(ada, "First?");
      await lookElsewhere(bob);
      await shows(bob, ["First?", HOSTILE]);
      await vote(bob, HOSTILE);
      await eventually("the vote is taken back", async () => (await (await item(bob, HOSTILE)).getByRole("button", { name: /^0 votes: vote/ }).count()) === 1);
    }));

  it("are answered live and in writing by those of the stage, and taken out by their author and by moderators", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const [mo, sue, ada, bob] = [await enter("Mo", "moderator"), await enter("Sue", "speaker"), await enter("Ada"), await enter("Bob")];
      for (const text of ["One?", "Two?", "Three?", "Four?"]) await ask(ada, text);
      await shows(sue, ["One?", "Two?", "Three?", "Four?"]);
      assert.equal(await (await openTalk(bob, "Questions")).getByRole("button", { name: /Answer|Take out/ }).count(), 0);

      await bob.control("Chat").click();
      await (await item(sue, "Two?")).getByRole("button", { name: "Answer live" }).click();
      const card = bob.page.getByRole("region", { name: "Being answered" });
      await card.getByText("Two?").waitFor();
      await (await item(sue, "Three?")).getByRole("button", { name: "Answer live" }).click();
      await card.getByText("Three?").waitFor();
      await shows(ada, ["Three?"], "Being answered");
      await shows(ada, ["Two?"], "Answered questions");
      await card.getByRole("button", { name: "Hide the question" }).click();
      await card.waitFor({ state: "hidden" });

      // Nothing moves under the pointer any more.
      await shows(sue, ["Three?"], "Being answered");
      await shows(sue, ["Two?"], "Answered questions");
      await (await item(sue, "One?")).getByRole("button", { name: "Answer in writing" }).click();
      const answer = (await openTalk(sue, "Questions")).getByRole("textbox", { name: "Answer to the question of Ada" });
      await eventually("one can write at once", () => answer.evaluate((field) => field === document.activeElement));
      await answer.fill("Because.");
      // What was typed outlives the panel.
      await sue.page.keyboard.press("Escape");
      assert.equal(await (await openTalk(sue, "Questions")).getByRole("textbox", { name: "Answer to the question of Ada" }).inputValue(), "Because.");
      await sue.button("Send answer").click();
      const late = await enter("Late");
      for (const person of [ada, late]) {
        await (await item(person, "One?")).getByText("Answer of Sue").waitFor();
        await (await item(person, "One?")).getByText("Because.").waitFor();
      }

      await (await item(ada, "Four?")).getByRole("button", { name: "Take out the question of Ada" }).click();
      await (await item(mo, "Three?")).getByRole("button", { name: "Take out the question of Ada" }).click();
      await eventually("both are gone", async () => (await (await openTalk(bob, "Questions")).getByText(/Three\?|Four\?/).count()) === 0);
    }));

  it("the tabs by keyboard, on a phone as narrow as they come", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const ada = await enter("Ada", "viewer", { context: { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true } });
      await ask(ada, `${"x".repeat(200)} and a long question that has to be broken somewhere`);
      await eventually("it is there", async () => (await shown(ada)).length === 1);
      assert.ok((await overflow(ada)) <= 0, "nothing is wider than the phone");
      await ada.page.getByRole("tab", { name: "Questions" }).focus();
      for (const [key, name] of [["ArrowRight", "Polls"], ["ArrowRight", "Chat"], ["End", "Polls"], ["ArrowLeft", "Questions"]]) {
        await ada.page.keyboard.press(key);
        await ada.page.getByRole("region", { name, exact: true }).waitFor();
        await eventually(`the focus is on ${name}`, async () => (await focused(ada)) === name);
      }
      await ada.page.keyboard.press("Escape");
      await eventually("the focus is back in the toolbar", async () => (await focused(ada)) === "Chat");
      await ada.page.keyboard.press("Enter");
      await ada.page.getByRole("region", { name: "Questions" }).waitFor();
    }));
});
