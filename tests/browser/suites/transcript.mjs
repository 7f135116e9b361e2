// The three ways up as a screen reader has them, kept in docs/accessibility.

import { describe, it } from "node:test";
import { scene } from "../support/shared.mjs";
import { Transcript } from "../support/transcript.mjs";

const LEAD = "What Ada, a viewer, and Mo, a moderator, have of it with a screen reader.";

/** A way up: Ada and Mo in a room of this access, and what is told of it. */
const way = (test, access, name, title, body) =>
  scene(test, { access }, async ({ enter }) => {
    const mo = await enter("Mo", "moderator");
    const ada = await enter("Ada");
    const transcript = new Transcript(title, LEAD);
    for (const person of [mo, ada]) await transcript.follow(person);
    await body({ mo, ada, transcript });
    await transcript.close(name);
  });

const enter = async (person, control) => {
  await control.focus();
  await person.page.keyboard.press("Enter");
};

const goLive = (ada) => async () => {
  await enter(ada, ada.devices.getByRole("button", { name: "Join stage" }));
  await ada.control("Mute microphone").waitFor();
};

/** From the list, by keyboard. */
const act = (mo, action) => async () => {
  const list = mo.page.getByRole("region", { name: "Participants" });
  if (!(await list.isVisible())) await enter(mo, mo.control("Participants"));
  await enter(mo, mo.button("Actions for Ada"));
  await mo.page.getByRole("menuitem", { name: action }).focus();
  await mo.page.keyboard.press("Enter");
};

describe("a screen reader's transcript", () => {
  it("open", (test) =>
    way(test, "open", "open", "Everyone on stage", async ({ mo, ada, transcript }) => {
      await transcript.step("Ada is in the room", () => undefined, [ada, [], true]);
      await transcript.step("Ada chooses “Join stage”", async () => {
        await enter(ada, ada.control("Join stage"));
        await ada.devices.locator("video").waitFor();
      }, [ada, [], true]);
      await transcript.step("Ada confirms", goLive(ada), [ada, ["You are on stage"], true], [mo, []]);
      await transcript.step("Mo mutes Ada", act(mo, "Mute microphone"), [ada, ["Your microphone was muted by a moderator"]], [mo, [], true]);
      await transcript.step("Mo removes Ada from the stage", act(mo, "Remove from stage"), [ada, ["You are now a viewer"], true], [mo, [], true]);
    }));

  it("request", (test) =>
    way(test, "request", "request", "Join by request", async ({ mo, ada, transcript }) => {
      await transcript.step("Ada asks", async () => {
        await enter(ada, ada.control("Ask to join stage"));
        await ada.control("Cancel request").waitFor();
      }, [ada, [], true], [mo, ["Ada asks to join the stage"], true]);
      await transcript.step("Mo brings Ada to the stage", async () => {
        await enter(mo, mo.button("Bring to stage"));
        await ada.devices.locator("video").waitFor();
      }, [ada, [], true], [mo, []]);
      await transcript.step("Ada confirms", goLive(ada), [ada, ["You are on stage"], true], [mo, []]);
      await transcript.step("Mo removes Ada from the stage", act(mo, "Remove from stage"), [ada, ["You are now a viewer"]]);
      await transcript.step("Ada asks again", async () => {
        await enter(ada, ada.control("Ask to join stage"));
        await ada.control("Cancel request").waitFor();
      }, [mo, ["Ada asks to join the stage"], true]);
      await transcript.step("Mo declines", act(mo, "Decline request"), [ada, ["Your request to join the stage was declined"], true], [mo, []]);
    }));

  it("invitation", (test) =>
    way(test, "invite", "invitation", "Invite only", async ({ mo, ada, transcript }) => {
      await transcript.step("Ada is in the room", () => undefined, [ada, [], true]);
      await transcript.step("Mo invites Ada", async () => {
        await act(mo, "Invite to stage")();
        await ada.invitation.waitFor();
      }, [ada, [], true], [mo, [], true]);
      await transcript.step("Ada declines", () => enter(ada, ada.invitation.getByRole("button", { name: "Decline the invitation" })), [ada, []], [mo, ["Ada declined the invitation"]]);
      await transcript.step("Mo invites Ada again, and she joins", async () => {
        await act(mo, "Invite to stage")();
        await enter(ada, ada.invitation.getByRole("button", { name: "Join the stage" }));
        await ada.devices.locator("video").waitFor();
      }, [ada, [], true]);
      await transcript.step("Ada confirms", goLive(ada), [ada, ["You are on stage"], true], [mo, [], true]);
    }));
});
