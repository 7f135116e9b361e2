// Names, titles and messages that want to be more than text: markup, turns of the writing direction, characters that nobody sees, and far too
// much of everything. They come out as text, alone, and inside the screen.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Extra } from "../support/extras.mjs";
import { tooWide } from "../support/looks.mjs";
import { eventually } from "../support/media.mjs";
import { scene } from "../support/shared.mjs";

const NARROW = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };
const MARKUP = '<script>window.hurt=1</script><img src=x onerror="window.hurt=1">';
const TURNED = "\u202Egnp.exe\u2066 (you";
const UNSEEN = "Ze\u200Bro\u200D\uFEFF width";
const ARABIC = "محمد <b>12</b>";
const LONG = "W".repeat(100);
const NAMES = [MARKUP, TURNED, UNSEEN, ARABIC, LONG];
const TITLE = `${MARKUP} ${TURNED} ${"X".repeat(90)}`;
const TEN_KILOBYTES = "y".repeat(10_000);
const LONGEST_MESSAGE = "z".repeat(2000);

/**
 * Runs in the page: the texts in which one of `names` stands beside other words without an element of its own that keeps its direction to
 * itself (`unicode-bidi`), and whatever came out as more than text.
 */
function notText(names) {
  const found = [...document.querySelectorAll("#page script, #page img, #page b")].map((element) => `an element: ${element.outerHTML}`);
  if (window.hurt) found.push("a script was run");
  const alone = (text, name) => {
    for (let box = text.parentElement; box; box = box.parentElement) {
      const { display, unicodeBidi } = getComputedStyle(box);
      // A block, or what is laid out as one, is a paragraph of its own for the writing direction.
      if (display !== "inline") return box.textContent.trim() === name.trim();
      if (/isolate|plaintext/.test(unicodeBidi)) return true;
    }
    return false;
  };
  const walk = document.createTreeWalker(document.querySelector("#page"), NodeFilter.SHOW_TEXT);
  let seen = 0;
  for (let text = walk.nextNode(); text; text = walk.nextNode()) {
    const name = names.find((one) => text.data.includes(one));
    if (!name) continue;
    seen += 1;
    if (!alone(text, name)) found.push(`turns what stands around it: ${text.parentElement.outerHTML.slice(0, 200)}`);
  }
  if (seen === 0) found.push("none of the names is there");
  return found;
}

const assertText = async (person, where) => {
  assert.deepEqual(await person.page.evaluate(notText, [TITLE, ...NAMES]), [], where);
  assert.deepEqual(await tooWide(person), [], where);
};

describe("hostile texts", () => {
  it("come out as text on the stage, in the list, on cards, in toasts and in the chat, on the narrowest of screens", (test) =>
    scene(test, { access: "request", capacity: 20 }, async ({ server, room, enter }) => {
      await server.api("PATCH", `/api/v1/rooms/${room}`, { title: TITLE });
      const host = await enter("Mo", "host", { context: NARROW });
      const ada = await enter("Ada", "viewer", { context: NARROW });
      const there = (person, text) => person.page.getByText(text, { exact: false }).first().waitFor();
      const speakers = await Promise.all(NAMES.map((name) => Extra.come(server, room, name, "speaker")));
      const viewers = await Promise.all(NAMES.map((name) => Extra.come(server, room, name)));
      for (const speaker of speakers) await speaker.do({ do: "join_stage", sources: { mic: true, camera: false } });
      await host.tile(LONG).waitFor();
      await assertText(host, "on stage");

      // A card for each of them, one after the other: a phone has room for one.
      for (const viewer of viewers) {
        await viewer.do({ do: "request_stage" });
        await there(host, "asks to join the stage");
        await assertText(host, `the card of ${viewer.name}`);
        await server.api("POST", `/api/v1/rooms/${room}/participants/${viewer.id}/stage`, { do: "decline" });
        await host.page.getByText("asks to join the stage").waitFor({ state: "hidden" });
      }

      const list = await host.openParticipants();
      await list.getByText(LONG).first().waitFor();
      await assertText(host, "in the list");
      await host.page.keyboard.press("Escape");

      // The host invites somebody who declines, and is told so.
      const declined = viewers[NAMES.indexOf(LONG)];
      await host.openParticipants();
      await host.button(`Actions for ${LONG}`).last().click();
      await host.page.getByRole("menuitem", { name: "Invite to stage" }).click();
      await eventually("the invitation", () => declined.invitation);
      await declined.do({ do: "decline_invitation", invitation: declined.invitation });
      await there(host, "declined the invitation");
      await assertText(host, "a toast");
      await host.page.keyboard.press("Escape");

      // One of them invites Ada, who reads by whom.
      const moderator = await Extra.come(server, room, TURNED, "moderator");
      await moderator.do({ do: "invite", participant: await ada.id() });
      await ada.invitation.waitFor();
      await assertText(ada, "invited");
      await ada.invitation.getByRole("button", { name: "Decline the invitation" }).click();

      for (const viewer of viewers) assert.equal((await viewer.do({ do: "say", text: `${viewer.name}` })).type, "done");
      assert.equal((await viewers[0].do({ do: "say", text: LONGEST_MESSAGE })).type, "done");
      const tooLong = await viewers[1].do({ do: "say", text: TEN_KILOBYTES });
      assert.equal(tooLong.refusal.code, "text_too_long");
      await ada.control("Chat").click();
      await ada.page.getByText(LONGEST_MESSAGE).waitFor();
      await assertText(ada, "in the chat");
      for (const extra of [...speakers, ...viewers, moderator]) extra.vanish();
    }));

  it("are refused where they are far too long, in words", async (test) =>
    scene(test, { access: "open" }, async ({ server, room }) => {
      for (const [path, body] of [
        [`/api/v1/rooms/${room}/tokens`, { name: TEN_KILOBYTES, role: "viewer" }],
        ["/api/v1/rooms", { title: TEN_KILOBYTES, stage: { access: "open" } }],
      ]) {
        const { status, json } = await server.api("POST", path, body);
        assert.equal(status, 422, path);
        assert.match(json.error.message, /characters/, path);
      }
    }));

  it("no inline script or style is allowed by the page's policy", (test) =>
    scene(test, { access: "open" }, async ({ server, enter }) => {
      const policy = (await fetch(server.url)).headers.get("content-security-policy");
      assert.doesNotMatch(policy, /'unsafe-(?:inline|eval)'/);
      const ada = await enter("Ada");
      const ran = await ada.page.evaluate(async () => {
        const violated = new Promise((resolve) => document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => resolve(effectiveDirective)));
        const script = Object.assign(document.createElement("script"), { textContent: "window.hurt = 1" });
        document.body.append(script);
        script.remove();
        return [await violated, window.hurt ?? null];
      });
      assert.deepEqual(ran, ["script-src-elem", null]);
      // That one was meant.
      ada.errors.length = 0;
    }));
});
