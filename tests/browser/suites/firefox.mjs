// Firefox on one side, Chromium on the other.

import { after, before, describe, it } from "node:test";
import { joinInFirefox, launchFirefox } from "../support/firefox.mjs";
import { assertHears, assertSees } from "../support/media.mjs";
import { scene } from "../support/shared.mjs";

describe("Firefox", () => {
  let firefox;
  before(async () => {
    firefox = await launchFirefox();
  });
  after(() => firefox?.close());

  it("publishes, and Chromium sees and hears it", (test) =>
    scene(test, { access: "open" }, async ({ server, room, enter }) => {
      const bob = await enter("Bob");
      const fox = await joinInFirefox(firefox, server, room, "Fox");
      await fox.click("Join stage");
      const dialog = await fox.there("Get ready to join the stage", "dialog");
      const live = await dialog.waitForSelector('aria/Join stage[role="button"]', { visible: true });
      await live.click();
      await assertSees(bob, await fox.id(), 25_000);
      await assertHears(bob);
      await fox.page.close();
    }));

  it("watches, and sees and hears Chromium", (test) =>
    scene(test, { access: "open" }, async ({ server, room, enter }) => {
      const ada = await enter("Ada");
      const fox = await joinInFirefox(firefox, server, room, "Fox");
      await ada.joinStage();
      await assertSees(fox, await ada.id(), 25_000);
      await assertHears(fox);
      await fox.page.close();
    }));
});
