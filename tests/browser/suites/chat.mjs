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
      await (await openChat(mo)).getByRole("button", { name: "Delete the message of Ada" }).first().click();
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
});
