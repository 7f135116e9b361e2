// The chat: what is written reaches everybody, late joiners too, and is never anything but text.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { scene } from "../support/shared.mjs";
import { eventually } from "../support/media.mjs";

const HOSTILE = '<img src=x onerror="window.hurt=1"><script>window.hurt=1</script> \u202Etxt.exe';

async function openChat(person) {
  const region = person.page.getByRole("region", { name: "Chat" });
  if (!(await region.isVisible())) await person.control("Chat").click();
  return region;
}

async function write(person, text) {
  const chat = await openChat(person);
  await chat.getByRole("textbox", { name: "Message" }).fill(text);
  await chat.getByRole("textbox", { name: "Message" }).press("Enter");
}

/** The texts in somebody's log. */
async function read(person) {
  const chat = await openChat(person);
  return chat.getByRole("log", { name: "Messages" }).locator(".text").allInnerTexts();
}

const reads = (person, texts) => eventually(`${person.name} reads`, async () => JSON.stringify(await read(person)) === JSON.stringify(texts));

const readers = (person) => person.page.getByRole("combobox", { name: "Who reads it" });

describe("the chat", () => {
  it("reaches everybody and late joiners, counts what is unread, and moderators take out", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const [mo, ada, bob] = [await enter("Mo", "moderator"), await enter("Ada"), await enter("Bob")];
      await write(ada, "Hello");
      await write(ada, "Is there a recording?");
      await eventually("two are unread", async () => (await bob.control("Chat").getAttribute("data-count")) === "2");
      await reads(bob, ["Hello", "Is there a recording?"]);
      await eventually("nothing is unread", async () => (await bob.control("Chat").getAttribute("data-count")) === null);
      await (await openChat(bob)).getByRole("button", { name: "Send" }).waitFor();
      assert.equal(await (await openChat(bob)).getByRole("button", { name: "Delete the message of Ada" }).count(), 0);
      const late = await enter("Eve");
      await reads(late, ["Hello", "Is there a recording?"]);
      const first = (await openChat(mo)).locator(".message").first();
      await first.hover();
      await first.getByRole("button", { name: "Delete the message of Ada" }).click();
      for (const person of [mo, ada, bob, late]) await reads(person, ["Is there a recording?"]);
      await (await openChat(mo)).getByRole("button", { name: "Clear the chat" }).click();
      for (const person of [ada, late]) await reads(person, []);
    }));

  it("whatever is written comes out as text, and addresses can be followed", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const [ada, bob] = [await enter("Ada"), await enter("Bob")];
      await write(ada, HOSTILE);
      await write(ada, "see https://example.edu/a?b=c.");
      await write(ada, "x".repeat(2000));
      await eventually("all is there", async () => (await read(bob)).length === 3);
      const [hostile] = await read(bob);
      assert.equal(hostile, HOSTILE.replace("\u202E", ""));
      assert.equal(await bob.page.evaluate(() => window.hurt), undefined);
      const link = (await openChat(bob)).getByRole("link");
      assert.deepEqual([await link.getAttribute("href"), await link.getAttribute("rel")], ["https://example.edu/a?b=c", "noopener noreferrer nofollow"]);
      const wide = await bob.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(wide <= 0, "a long word is broken");
    }));

  it("goes to one person or backstage where one says so, and to nobody else", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const [mo, eve, ada, bob] = [await enter("Mo", "moderator"), await enter("Eve", "speaker"), await enter("Ada"), await enter("Bob")];
      await mo.act("Ada", "Write privately");
      await mo.page.getByRole("textbox", { name: "Message" }).and(mo.page.locator(":focus")).waitFor();
      await mo.page.keyboard.type("You are next");
      await mo.page.keyboard.press("Enter");
      await reads(ada, ["You are next"]);
      await (await openChat(ada)).getByText("Privately to you").waitFor();
      await (await openChat(ada)).getByRole("button", { name: "Reply to Mo" }).click();
      await write(ada, "I am ready");
      await reads(mo, ["You are next", "I am ready"]);
      await (await openChat(mo)).getByText("Privately to Ada").waitFor();
      await openChat(eve);
      await readers(eve).selectOption({ label: "Backstage: Speakers and moderators" });
      await write(eve, "Two minutes more");
      await reads(mo, ["You are next", "I am ready", "Two minutes more"]);
      await (await openChat(mo)).getByText("Backstage", { exact: true }).waitFor();
      await openChat(bob);
      await readers(bob).waitFor();
      assert.deepEqual(await readers(bob).locator("option").allInnerTexts(), ["Everybody", "Mo"]);
      await (await bob.openParticipants()).getByRole("button", { name: "Write to Mo privately" }).click();
      await write(bob, "For Mo only");
      await reads(mo, ["You are next", "I am ready", "Two minutes more", "For Mo only"]);
      await readers(bob).selectOption({ label: "Everybody" });
      await write(bob, "Hello all");
      await reads(bob, ["For Mo only", "Hello all"]);
      await reads(ada, ["You are next", "I am ready", "Hello all"]);
      await reads(eve, ["Two minutes more", "Hello all"]);
    }));

  it("never reaches others when the one it is for has left", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const [mo, ada] = [await enter("Mo", "moderator"), await enter("Ada")];
      await mo.act("Ada", "Write privately");
      await mo.page.getByRole("textbox", { name: "Message" }).fill("For Ada only");
      await ada.control("Leave room").click();
      await mo.page.getByText("Ada cannot read this now. Choose who does.").waitFor();
      await mo.page.keyboard.press("Enter");
      const bob = await enter("Bob");
      await reads(bob, []);
      assert.equal(await mo.page.getByRole("textbox", { name: "Message" }).inputValue(), "For Ada only");
    }));

  it("is answered, liked and pinned, by keyboard and late joiners included", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const [mo, ada] = [await enter("Mo", "moderator"), await enter("Ada")];
      await write(ada, "Is there a recording?");
      await reads(mo, ["Is there a recording?"]);
      const log = (await openChat(mo)).getByRole("log", { name: "Messages" });
      await log.focus();
      await mo.page.keyboard.press("ArrowUp");
      for (const key of ["Tab", "Enter"]) await mo.page.keyboard.press(key);
      const like = log.getByRole("button", { name: "Like the message of Ada: 1 like" });
      await like.and(mo.page.locator("[aria-pressed=true]:focus")).waitFor();
      await (await openChat(ada)).getByRole("button", { name: "Like the message of Ada: 1 like" }).and(ada.page.locator("[aria-pressed=false]")).waitFor();
      await log.getByRole("button", { name: "Reply to Ada" }).click();
      await mo.page.keyboard.type("Yes, tomorrow");
      await mo.page.keyboard.press("Enter");
      await reads(ada, ["Is there a recording?", "Yes, tomorrow"]);
      await (await openChat(ada)).getByRole("button", { name: "Ada Is there a recording?" }).click();
      await ada.page.locator("[data-message]:focus").filter({ hasText: "Is there a recording?" }).waitFor();
      await reads(mo, ["Is there a recording?", "Yes, tomorrow"]);
      await log.locator(".message").last().hover();
      await log.getByRole("button", { name: "Pin the message of Mo" }).click();
      const late = await enter("Eve");
      await (await openChat(late)).getByRole("complementary", { name: "Pinned message" }).getByText("Yes, tomorrow").waitFor();
      await (await openChat(mo)).getByRole("complementary").getByRole("button", { name: "Unpin" }).click();
      await (await openChat(late)).getByRole("complementary").waitFor({ state: "hidden" });
    }));

  it("is taken from somebody and given back, and stays theirs to read", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const [mo, ada] = [await enter("Mo", "moderator"), await enter("Ada")];
      await openChat(ada);
      await mo.act("Ada", "Take writing and reacting from Ada");
      await ada.page.getByText("A moderator has taken writing and reacting from you. You can go on reading.").waitFor();
      assert.equal(await ada.page.getByRole("textbox", { name: "Message" }).count(), 0);
      await write(mo, "Please wait");
      await reads(ada, ["Please wait"]);
      await mo.act("Ada", "Give writing and reacting back to Ada");
      await write(ada, "Thank you");
      await reads(mo, ["Please wait", "Thank you"]);
    }));

  it("says where one left off", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const [ada, bob] = [await enter("Ada"), await enter("Bob")];
      await write(ada, "One");
      await reads(bob, ["One"]);
      await bob.control("Chat").click();
      await write(ada, "Two");
      await eventually("one is unread", async () => (await bob.control("Chat").getAttribute("data-count")) === "1");
      const items = (await openChat(bob)).getByRole("log").getByRole("listitem");
      assert.deepEqual((await items.allInnerTexts()).map((text) => text.includes("New")), [false, true, false]);
    }));
});
