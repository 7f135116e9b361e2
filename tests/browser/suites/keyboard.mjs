// The three ways up, removal and mute by keyboard alone, for the viewer and the moderator: on a desktop, at 200 % zoom, on the narrowest of
// phones, and without motion. The focus is never lost, and never covered.

import { describe, it } from "node:test";
import { Extra } from "../support/extras.mjs";
import { Keyboard } from "../support/keys.mjs";
import { eventually } from "../support/media.mjs";
import { scene } from "../support/shared.mjs";

const WAYS_TO_LOOK = [
  { name: "on a desktop", context: { viewport: { width: 1280, height: 720 } } },
  // Half as many CSS pixels, twice as large.
  { name: "at 200 % zoom, without motion", context: { viewport: { width: 640, height: 360 }, deviceScaleFactor: 2, reducedMotion: "reduce" }, narrow: true },
  { name: "at a width of 320 px", context: { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true }, narrow: true },
];

/** A moderator and a viewer in a room of this access, each with a keyboard. */
const room = (test, context, access, body) =>
  scene(test, { access }, async ({ server, room, enter }) => {
    const mo = await enter("Mo", "moderator", { context });
    const ada = await enter("Ada", "viewer", { context });
    await body({ server, room, mo, ada, keys: { mo: await Keyboard.of(mo), ada: await Keyboard.of(ada) } });
  });

/** Through the device dialog, onto the stage. */
async function goLive(ada, keys) {
  await ada.devices.waitFor();
  await keys.seen("in the device dialog");
  await keys.choose("Join stage");
  await ada.devices.waitFor({ state: "hidden" });
  await ada.control("Mute microphone").waitFor();
  await keys.seen("on stage");
}

async function openList(mo, keys) {
  await keys.choose("Participants");
  await mo.page.getByRole("region", { name: "Participants" }).waitFor();
  await keys.seen("in the list");
}

/** Bob and Ada ask, and Mo declines Bob: on his card, or where there is no room for two from the list. */
async function declineBob(mo, keys, narrow) {
  if (!narrow) {
    await mo.page.getByText("Bob asks to join the stage").waitFor();
    await keys.choose("Decline");
    await mo.page.getByText("Bob asks to join the stage").waitFor({ state: "hidden" });
    return;
  }
  await mo.page.getByText("Bob and 1 other ask to join the stage").waitFor();
  await keys.choose("Show them");
  await mo.page.getByRole("list", { name: "Asking to join" }).getByText("Bob").waitFor();
  await keys.seen("in the list of those who ask");
  await keys.act("Bob", "Decline request");
  await mo.page.getByRole("list", { name: "Viewers" }).getByText("Bob").waitFor();
  await keys.seen("having declined from the list");
  await keys.press("Escape");
}

for (const { name, context, narrow } of WAYS_TO_LOOK) {
  describe(`by keyboard, ${name}`, () => {
    it("open: up, mute and unmute, muted, asked to unmute, removed", (test) =>
      room(test, context, "open", async ({ mo, ada, keys }) => {
        await keys.ada.choose("Join stage");
        await goLive(ada, keys.ada);
        await keys.ada.choose("Mute microphone");
        await ada.control("Unmute microphone").waitFor();
        await keys.ada.choose("Unmute microphone", "Space");
        await ada.control("Mute microphone").waitFor();
        await keys.ada.seen("unmuted");
        await openList(mo, keys.mo);
        await keys.mo.act("Ada", "Mute microphone");
        await ada.told("Your microphone was muted by a moderator");
        await keys.ada.seen("muted");
        await eventually("it is off in the list", () => mo.page.getByRole("list", { name: "On stage" }).getByRole("img", { name: "Microphone off" }).count());
        await keys.mo.act("Ada", "Ask to unmute");
        await ada.told("A moderator asks you to unmute");
        await keys.ada.choose("Unmute");
        await ada.control("Mute microphone").waitFor();
        await keys.ada.seen("unmuted when asked");
        await keys.mo.seen("before the removal");
        await keys.mo.act("Ada", "Remove from stage");
        await ada.told("You are now a viewer");
        await keys.ada.seen("removed");
        await mo.page.getByRole("list", { name: "Viewers" }).getByText("Ada").waitFor();
        await keys.mo.seen("after the removal");
        await keys.mo.press("Escape");
        await mo.page.getByRole("region", { name: "Participants" }).waitFor({ state: "hidden" });
        await keys.mo.seen("without the list");
      }));

    it("request: declined, withdrawn, approved from the card and from the list", (test) =>
      room(test, context, "request", async ({ server, room: id, mo, ada, keys }) => {
        const [bob, eve] = await Promise.all(["Bob", "Eve"].map((other) => Extra.come(server, id, other)));
        await keys.ada.choose("Ask to join stage");
        await ada.control("Cancel request").waitFor();
        await keys.ada.seen("having asked");
        await keys.ada.choose("Cancel request");
        await ada.control("Ask to join stage").waitFor();
        await keys.ada.seen("having withdrawn");
        await bob.do({ do: "request_stage" });
        await keys.ada.choose("Ask to join stage");
        await ada.control("Cancel request").waitFor();
        await declineBob(mo, keys.mo, narrow);
        await keys.mo.seen("having declined");
        await mo.page.getByText("Ada asks to join the stage").waitFor();
        await keys.mo.choose("Bring to stage");
        await mo.page.getByText("Ada asks to join the stage").waitFor({ state: "hidden" });
        await keys.mo.seen("having approved");
        await goLive(ada, keys.ada);
        await eve.do({ do: "request_stage" });
        await openList(mo, keys.mo);
        await mo.page.getByRole("list", { name: "Asking to join" }).getByText("Eve").waitFor();
        await keys.mo.act("Eve", "Bring to stage");
        await mo.page.getByText("Invited").waitFor();
        await keys.mo.seen("having approved from the list");
        await keys.mo.act("Ada", "Remove from stage");
        await ada.told("You are now a viewer");
        await keys.ada.seen("removed");
        await keys.mo.seen("after the removal");
        for (const extra of [bob, eve]) extra.vanish();
      }));

    it("invitation: put aside, declined, accepted", (test) =>
      room(test, context, "invite", async ({ mo, ada, keys }) => {
        await openList(mo, keys.mo);
        await keys.mo.act("Ada", "Invite to stage");
        await ada.invitation.waitFor();
        await keys.ada.seen("invited");
        await keys.ada.press("Escape");
        await keys.ada.choose("Join stage");
        await ada.devices.waitFor();
        await keys.ada.press("Escape");
        await mo.page.getByText("Ada declined the invitation").waitFor();
        await keys.ada.seen("having declined");
        await keys.mo.seen("declined");
        await keys.mo.act("Ada", "Invite to stage");
        await ada.invitation.waitFor();
        await keys.ada.choose("Decline the invitation");
        await ada.invitation.waitFor({ state: "hidden" });
        await keys.ada.seen("having declined at once");
        await mo.page.getByRole("list", { name: "Viewers" }).getByText("Invited").waitFor({ state: "hidden" });
        await keys.mo.act("Ada", "Invite to stage");
        await ada.invitation.waitFor();
        await keys.ada.choose("Join the stage");
        await goLive(ada, keys.ada);
        await mo.page.getByRole("list", { name: "On stage" }).getByText("Ada").waitFor();
        await keys.mo.seen("with Ada on stage");
      }));
  });
}
