// Each refusal on the way up: told in words to the one it concerns, and nobody gets a frame.

import { describe, it } from "node:test";
import { scene, shared } from "../support/shared.mjs";
import { startServer } from "../support/server.mjs";
import { assertHearsNothing, assertSees, assertSeesNothing, eventually } from "../support/media.mjs";

const invited = (person) => eventually("invited", async () => (await person.state())?.stage === "invited");
const off = (person) => eventually("off stage", async () => (await person.state())?.stage === "off");

describe("refusals on the way up", () => {
  it("declined: the requester is told, and may ask again after a moment", (test) =>
    scene(test, { access: "request" }, async ({ enter }) => {
      const mod = await enter("Mo", "moderator");
      const ada = await enter("Ada");
      await ada.control("Ask to join stage").click();
      await mod.page.getByText("Ada asks to join the stage").first().waitFor();
      await mod.button("Decline").first().click();
      await ada.told("Your request to join the stage was declined");
      await assertSeesNothing(mod, await ada.id());
      await eventually("asked again after the cool-down", async () => {
        const ask = ada.control("Ask to join stage");
        if (await ask.isEnabled().catch(() => false)) await ask.click({ timeout: 1000 }).catch(() => undefined);
        return (await ada.state()).stage === "requested";
      });
    }));

  it("cancelled: the request is gone at the moderator's, too", (test) =>
    scene(test, { access: "request" }, async ({ enter }) => {
      const mod = await enter("Mo", "moderator");
      const ada = await enter("Ada");
      await ada.control("Ask to join stage").click();
      await mod.page.getByText("Ada asks to join the stage").first().waitFor();
      await ada.control("Cancel request").click();
      await ada.control("Ask to join stage").waitFor();
      await mod.button("Bring to stage").first().waitFor({ state: "hidden" });
      await off(ada);
    }));

  it("declined by the invited: nobody sees them", (test) =>
    scene(test, { access: "invite" }, async ({ enter }) => {
      const mod = await enter("Mo", "moderator");
      const ada = await enter("Ada");
      await mod.act("Ada", "Invite to stage");
      await ada.invitation.getByRole("button", { name: "Decline the invitation", exact: true }).click();
      await off(ada);
      await assertSeesNothing(mod, await ada.id());
    }));

  it("revoked: an invitation taken back closes the dialog, and no frame gets out", (test) =>
    scene(test, { access: "invite" }, async ({ server, room, enter }) => {
      const mod = await enter("Mo", "moderator");
      const ada = await enter("Ada");
      await mod.act("Ada", "Invite to stage");
      await ada.invitation.waitFor();
      const id = await ada.id();
      const revoked = await server.api("POST", `/api/v1/rooms/${room}/participants/${id}/stage`, { do: "revoke" });
      if (revoked.status >= 300) throw new Error(JSON.stringify(revoked));
      await ada.invitation.waitFor({ state: "hidden" });
      await off(ada);
      await assertSeesNothing(mod, id);
    }));

  it("expired: an invitation nobody answers ends by itself", async (test) => {
    const server = await startServer({ config: "[stage]\ninvitation_seconds = 2" });
    const usual = shared.server;
    shared.server = server;
    try {
      await scene(test, { access: "invite" }, async ({ enter }) => {
        const mod = await enter("Mo", "moderator");
        const ada = await enter("Ada");
        await mod.act("Ada", "Invite to stage");
        await ada.invitation.waitFor();
        await ada.invitation.waitFor({ state: "hidden" });
        await off(ada);
        await assertSeesNothing(mod, await ada.id());
      });
    } finally {
      shared.server = usual;
      await server.discard();
    }
  });

  it("stage full: the last seat is taken, reserved seats count", (test) =>
    scene(test, { access: "open", capacity: 1 }, async ({ server, room, enter }) => {
      const mod = await enter("Mo", "moderator");
      const ada = await enter("Ada");
      const bob = await enter("Bob");
      await mod.act("Ada", "Invite to stage");
      await invited(ada);
      await bob.control("Join stage").click();
      await bob.devices.getByRole("button", { name: "Join stage", exact: true }).click();
      await bob.page.getByText(/stage is full/i).first().waitFor();
      await assertHearsNothing(mod);
      await ada.invitation.getByRole("button", { name: "Join the stage", exact: true }).click();
      await ada.goLive();
      await assertSees(mod, await ada.id());
      const onStage = (await server.participants(room)).filter((one) => one.stage === "on_stage");
      if (onStage.length !== 1) throw new Error(`${onStage.length} on a stage of one seat`);
    }));
});
