// From a learning platform: LTI 1.3 with somebody else's platform, in a frame of another site, in a browser that keeps nothing for such a page.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { launchChromium, open, Person } from "../support/browser.mjs";
import { deskOf } from "../support/desk.mjs";
import { CLIENT, openSite, startLtiPlatform, STUDENT, TEACHER } from "../support/lti.mjs";
import { pictureFor } from "../support/lti_pictures.mjs";
import { assertHears, assertSees, eventually } from "../support/media.mjs";
import { KEEPS_NOTHING } from "../support/platform.mjs";
import { PORTRAITS, standForPortrait } from "../support/portrait.mjs";
import { picture, shared } from "../support/shared.mjs";

const STORED = { storage: "1" };

describe("from a learning platform", () => {
  let browser;
  let platform;
  let opened = [];
  before(async () => {
    browser = await launchChromium(...KEEPS_NOTHING);
    platform = await startLtiPlatform(shared.server);
    const { status, json } = await shared.server.api("PUT", "/api/v1/lti/platforms", platform.registration);
    assert.equal(status, 200, JSON.stringify(json));
  });
  after(async () => {
    await browser?.close();
    platform?.stop();
  });

  /** Somebody clicks a link in their site. */
  async function click(name, user, link, browsers) {
    const person = await openSite(platform, user, { ...STORED, ...link }, browser, browsers);
    opened.push(person);
    return Object.assign(person, { name, room: link.room, server: shared.server });
  }

  async function scene(room, body) {
    opened = [];
    try {
      await body();
      for (const person of opened) assert.deepEqual(person.errors.map(String), []);
    } catch (error) {
      await Promise.all(opened.map((person, index) => picture({ name: person.name, page: person.outer.page }, `lti ${room}`, index)));
      throw error;
    } finally {
      await Promise.all(opened.map((person) => person.outer.leave().catch(() => undefined)));
      await shared.server.api("DELETE", `/api/v1/rooms/${room}`);
    }
  }

  /** Whether this is written down of somebody's launch; grades and names are written down as well. */
  const isWritten = async (name, code) =>
    (await shared.server.api("GET", "/api/v1/lti")).json.launches.some((one) => one.name === name && one.code === code);

  it("a teacher opens the stage, a student asks and comes up, and what they did there arrives in the gradebook", () =>
    scene("biology", async () => {
      const link = { room: "biology", stage_access: "request", grade: "stage", title: "Cells" };
      const mo = await click("Mo Teacher", TEACHER, link);
      await mo.inRoom();
      assert.equal((await mo.state()).role, "host");
      const room = (await shared.server.api("GET", "/api/v1/rooms/biology")).json;
      assert.deepEqual([room.title, room.stage.access], ["Cells", "request"]);
      assert.ok((await platform.told()).logins.some(({ login_hint }) => login_hint === TEACHER), "the hint came back as it was");
      const ada = await click("Ada Student", STUDENT, link, { cookies: false });
      await ada.inRoom();
      assert.equal((await ada.state()).role, "viewer");
      await mo.joinStage();
      await assertSees(ada, await mo.id());
      await ada.control("Ask to join stage").click();
      await mo.page.getByRole("button", { name: "Bring to stage" }).first().click();
      await ada.goLive();
      await assertSees(mo, await ada.id());
      await assertHears(mo);
      await mo.act("Ada Student", "Remove from stage");
      await ada.told("You are now a viewer");
      await ada.control("Leave room").click();
      await eventually("the minutes arrive", async () => (await platform.told()).scores.length > 0, 40_000);
      const { scores, line_items } = await platform.told();
      assert.equal(scores[0].userId, STUDENT);
      assert.ok(scores[0].scoreGiven > 0 && scores[0].scoreGiven < 5, `${scores[0].scoreGiven} minutes on stage`);
      assert.deepEqual([line_items.length, line_items[0].resourceId, line_items[0].tag], [1, "biology", "proscenium-stage-minutes"]);
      assert.ok(scores.every(({ userId }) => userId === STUDENT), "teachers have no grades");
    }));

  it("who is expected and not here is known by names and roles", () =>
    scene("expected", async () => {
      const mo = await click("Mo Teacher", TEACHER, { room: "expected" });
      await mo.inRoom();
      await (await mo.openParticipants()).getByRole("button", { name: "Attendance" }).click();
      const dialog = mo.dialog("Attendance");
      await dialog.getByText("3 of 4 are missing").waitFor();
      await dialog.getByRole("button", { name: "Close" }).click();
      const ada = await click("Ada Student", STUDENT, { room: "expected" });
      await ada.inRoom();
      await mo.page.getByRole("button", { name: "Attendance" }).click();
      await dialog.getByText("2 of 4 are missing").waitFor();
      await dialog.getByText("Bob Absent").waitFor();
    }));

  it("without a platform that keeps anything, the room opens in a window of its own", () =>
    scene("window", async () => {
      const ada = await click("Ada Student", STUDENT, { storage: "", room: "window" }, { cookies: false });
      const link = ada.page.getByRole("link", { name: "Open in new window" });
      await link.waitFor();
      // A platform may take its own word for a click once only.
      const logins = async () => (await platform.told()).logins.filter(({ lti_message_hint }) => lti_message_hint.includes("room=window")).length;
      assert.equal(await logins(), 0);
      const [page] = await Promise.all([ada.context.waitForEvent("page"), link.click()]);
      const own = Object.assign(new Person(page, ada.context), { name: "Ada Student", room: "window", server: shared.server });
      await own.inRoom();
      assert.equal((await own.state()).role, "viewer");
      assert.equal(await logins(), 1);
      await ada.page.getByText("The room is open in another window").waitFor();
    }));

  it("a room is made while its link is put into a site, and opened by it", () =>
    scene("none", async () => {
      const mo = await click("Mo Teacher", TEACHER, { message: "choose" }, { cookies: false });
      await mo.page.getByRole("textbox", { name: "Title" }).fill("Office hours");
      await mo.page.getByRole("radio", { name: "Invite only" }).check();
      await mo.page.getByRole("button", { name: "Add the room" }).click();
      await mo.page.getByRole("heading", { name: "Added to Biology 101" }).waitFor();
      const { items } = await platform.told();
      const [{ items: [item], message }] = items;
      assert.deepEqual([item.type, item.title], ["ltiResourceLink", "Office hours"]);
      assert.deepEqual(message["https://purl.imsglobal.org/spec/lti-dl/claim/data"], { csrf: "as it came" });
      const room = (await shared.server.api("GET", `/api/v1/rooms/${item.custom.room}`)).json;
      assert.deepEqual([room.title, room.stage.access], ["Office hours", "invite"]);
      const ada = await click("Ada Student", STUDENT, { room: item.custom.room });
      await ada.inRoom();
      await ada.page.getByText("Office hours").first().waitFor();
      await shared.server.api("DELETE", `/api/v1/rooms/${item.custom.room}`);
    }));

  it("a student adds no room, and is told so in the platform's language", () =>
    scene("none", async () => {
      const ada = await click("Ada Student", STUDENT, { message: "choose", locale: "de_DE" });
      await ada.frame.locator("html[lang=de]").waitFor();
      await eventually("it is written down", () => isWritten("Ada Student", "not_allowed"));
    }));

  // What is on them is looked at in other tests.
  const taken = { skip: !process.env.PROSCENIUM_BLESS && "PROSCENIUM_BLESS=1 takes them" };
  it("is set up for Sakai, and used in a course: the pictures of docs/sakai.md", taken, () =>
    scene("lecture", async () => {
      const [sakai, stage] = ["https://sakai.example.edu", "https://stage.example.edu"];
      const operator = await open("about:blank");
      opened.push(Object.assign(operator, { outer: operator }));
      const desk = await deskOf(shared.server, operator.context);
      await desk.know({ ...platform.registration, name: "Sakai of the university" });
      await desk.pretend([shared.server.url, stage], [platform.url, sakai], [CLIENT, "3c8d6f1e-9a77"]);
      const { page } = operator;
      await page.goto(desk.url);
      await page.getByLabel("API key").fill(desk.key);
      await page.keyboard.press("Enter");
      await pictureFor(operator, "addresses", page.getByRole("region", { name: "Our addresses" }));
      await page.getByRole("button", { name: "Add by hand" }).click();
      await page.getByRole("radio", { name: "Sakai" }).check();
      for (const [label, text] of [["Address of the platform", sakai], ["Client ID", "3c8d6f1e-9a77"], ["Deployment IDs", "1"], ["Name", "Sakai of the university"]]) await page.getByLabel(label, { exact: true }).fill(text);
      await pictureFor(operator, "form", page.getByRole("form"));
      await page.getByRole("button", { name: "Cancel" }).click();
      const card = page.getByRole("article", { name: "Sakai of the university" });
      // What is checked is where it is: only its card is called otherwise.
      await page.context().route(/platforms.check$/, async (route) => {
        const response = await route.fetch({ postData: JSON.stringify({ issuer: platform.url, client_id: CLIENT }) });
        await route.fulfill({ response, body: (await response.text()).replaceAll(platform.url, sakai) });
      });
      await card.getByRole("button", { name: "Check" }).click();
      await card.getByText("Token address: fine").waitFor();
      await pictureFor(operator, "platform", card);

      const choosing = await click("Mo Teacher", TEACHER, { message: "choose" });
      await choosing.page.getByRole("textbox", { name: "Title" }).fill("Lecture hall");
      await choosing.page.getByRole("radio", { name: "Attendance" }).check();
      await pictureFor(choosing.outer, "add-a-room");

      const mo = await click("Mo Teacher", TEACHER, { room: "lecture", grade: "attendance", title: "Lecture hall" }, { script: { run: standForPortrait, with: PORTRAITS[0] } });
      await mo.inRoom();
      const ta = await click("Ta Assistant", "assistant", { room: "lecture" });
      await ta.inRoom();
      await mo.joinStage();
      await assertSees(ta, await mo.id());
      await mo.page.getByText("You are on stage").waitFor({ state: "hidden" });
      await pictureFor(mo.outer, "room");
      await (await mo.openParticipants()).getByRole("button", { name: "Attendance" }).click();
      await mo.dialog("Attendance").getByText("2 of 4 are missing").waitFor();
      await mo.dialog("Attendance").getByRole("radio").last().scrollIntoViewIfNeeded();
      await pictureFor(mo.outer, "attendance");
      await page.getByText(/Assistant.* came into .*lecture/).waitFor();
      await pictureFor(operator, "launches", page.getByRole("region", { name: "Launches" }));
    }));

  it("the platform changes its key, and goes down: who is in a room notices nothing", () =>
    scene("keys", async () => {
      const mo = await click("Mo Teacher", TEACHER, { room: "keys" });
      await mo.inRoom();
      await platform.rotateKeys();
      const ada = await click("Ada Student", STUDENT, { room: "keys" });
      await ada.inRoom();
      await platform.goDown(true);
      await mo.joinStage();
      await assertSees(ada, await mo.id());
      // Its keys are known still, and a launch needs nothing else of it.
      const late = await click("Ta Assistant", "assistant", { room: "keys" });
      await late.inRoom();
      assert.equal((await late.state()).role, "moderator");
      await platform.rotateKeys();
      const refused = await click("Bob Absent", "absent", { room: "keys" });
      await eventually("it is refused, and why is written down", () => isWritten(undefined, "keys_unreachable"));
      await refused.page.getByRole("heading").first().waitFor();
      await assertSees(ada, await mo.id());
      await platform.goDown(false);
    }));
});
