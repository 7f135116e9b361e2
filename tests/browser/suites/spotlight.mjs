// The spotlight: somebody on stage is put before everybody, and is marked; it ends with their time on stage.

import { describe, it } from "node:test";
import { scene } from "../support/shared.mjs";

const mark = (viewer, name) => viewer.tile(name).getByRole("img", { name: "Put before everybody" });

describe("the spotlight", () => {
  it("is seen by everybody, late joiners too, and goes from one to the other", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const [mo, ada, bob] = [await enter("Mo", "moderator"), await enter("Ada"), await enter("Bob")];
      for (const person of [ada, bob]) await person.joinStage();
      // Their rows are where they will stay.
      const onStage = (await mo.openParticipants()).getByRole("list", { name: "On stage" });
      for (const name of ["Ada", "Bob"]) await onStage.getByText(name, { exact: true }).waitFor();
      await mo.act("Ada", "Put before everybody");
      for (const person of [mo, ada, bob]) await mark(person, "Ada").waitFor();
      const eve = await enter("Eve");
      await mark(eve, "Ada").waitFor();
      await mo.act("Bob", "Put before everybody");
      await mark(eve, "Bob").waitFor();
      await mark(eve, "Ada").waitFor({ state: "hidden" });
      await mo.act("Bob", "No longer before everybody");
      await mark(eve, "Bob").waitFor({ state: "hidden" });
      await mo.act("Ada", "Put before everybody");
      await mark(eve, "Ada").waitFor();
      await mo.act("Ada", "Remove from stage");
      await ada.told("You are now a viewer");
      await mark(eve, "Ada").waitFor({ state: "hidden" });
    }));
});
