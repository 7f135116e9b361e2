// The three ways up, shown by what another participant decodes.

import { describe, it } from "node:test";
import { scene } from "../support/shared.mjs";
import { assertHears, assertHearsNothing, assertSees, eventually } from "../support/media.mjs";

describe("the three ways up", () => {
  it("open: a viewer joins the stage and is seen and heard", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const ada = await enter("Ada");
      const bob = await enter("Bob");
      await assertHearsNothing(bob);
      await ada.joinStage();
      await ada.told("You are on stage");
      await assertSees(bob, await ada.id());
      await assertHears(bob);
    }));

  it("request: a viewer asks, a moderator brings them up, and they confirm their devices first", (test) =>
    scene(test, { access: "request" }, async ({ enter }) => {
      const mod = await enter("Mo", "moderator");
      const ada = await enter("Ada");
      const bob = await enter("Bob");
      await ada.control("Ask to join stage").click();
      await ada.control("Cancel request").waitFor();
      await mod.page.getByText("Ada asks to join the stage").first().waitFor();
      await mod.button("Bring to stage").first().click();
      await ada.devices.waitFor();
      // Approval is an invitation, never instant air.
      await assertHearsNothing(bob);
      await ada.goLive();
      await assertSees(bob, await ada.id());
      await assertHears(bob);
    }));

  it("invite: a moderator invites, the viewer accepts", (test) =>
    scene(test, { access: "invite" }, async ({ enter }) => {
      const mod = await enter("Mo", "moderator");
      const ada = await enter("Ada");
      const bob = await enter("Bob");
      for (const name of ["Join stage", "Ask to join stage"]) {
        if (await ada.control(name).isVisible()) throw new Error(`"${name}" is there in an invite-only room`);
      }
      await mod.act("Ada", "Invite to stage");
      await ada.invitation.getByRole("button", { name: "Join the stage", exact: true }).click();
      await ada.goLive();
      await assertSees(bob, await ada.id());
      await assertHears(bob);
      await assertSees(mod, await ada.id());
    }));

  it("a moderator goes on and off stage freely; a viewer on stage has no way off", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const mod = await enter("Mo", "moderator");
      const ada = await enter("Ada");
      await mod.joinStage();
      await assertSees(ada, await mod.id());
      await mod.control("Leave stage").click();
      await mod.told("You are now a viewer");
      await assertHearsNothing(ada);
      await ada.joinStage();
      await assertSees(mod, await ada.id());
      const leave = await ada.page.getByRole("button", { name: /leave (the )?stage/i }).count();
      if (leave > 0) throw new Error("a viewer on stage is offered a way off");
    }));

  it("a moderator opens the stage to all: those who asked are invited", (test) =>
    scene(test, { access: "request" }, async ({ enter }) => {
      const mod = await enter("Mo", "moderator");
      const ada = await enter("Ada");
      await ada.control("Ask to join stage").click();
      await ada.control("Cancel request").waitFor();
      await mod.setAccess("Everyone on stage");
      await ada.goLive();
      await assertSees(mod, await ada.id());
      const bob = await enter("Bob");
      await bob.control("Join stage").waitFor();
      await eventually("the room is open for scripts too", async () => {
        const { json } = await bob.server.api("GET", `/api/v1/rooms/${bob.room}`);
        return json.stage?.access === "open";
      });
    }));
});
