// Between a click in a learning platform and the room: every step of a launch, in the platform's frame and in a browser that keeps nothing there.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { launchChromium, open } from "../support/browser.mjs";
import { launchOf } from "../support/launch.mjs";
import { dress, LOOKS, NARROW, settled, smallTargets, tooWide, violations } from "../support/looks.mjs";
import { eventually } from "../support/media.mjs";
import { frameOf, KEEPS_NOTHING, letFrame, startPlatform } from "../support/platform.mjs";
import { shared } from "../support/shared.mjs";

/** What a person has to wait for a platform that keeps nothing, and some more for a busy machine. */
const LATE_MS = 3_000;

describe("a launch", () => {
  let browser;
  let platform;
  before(async () => {
    browser = await launchChromium(...KEEPS_NOTHING);
    platform = await startPlatform();
    await letFrame(platform, shared.server);
  });
  after(async () => {
    await browser?.close();
    await platform?.stop();
  });

  /** A person in a course, and what is launched there. */
  async function inCourse(step, body, { context = {}, answers = {}, setUp = () => undefined } = {}) {
    const outer = await open("about:blank", context, { own: browser });
    try {
      const launch = Object.assign(await launchOf(shared.server, outer.context, platform), { answers, step: { ...step } });
      if (step.storage) launch.step.storage = { origin: platform.origin, ...step.storage };
      await outer.page.addInitScript(setUp);
      await outer.page.goto(platform.page(launch.url, "camera; microphone"));
      await body({ outer, page: outer.page, frame: frameOf(outer).page, launch });
      assert.deepEqual(outer.errors.map(String), []);
    } finally {
      await outer.leave();
    }
  }

  const store = (target) => ({ step: "store", key: "k", value: "v", storage: { target }, then: `${platform.origin}/?auth`, here: "/lti/here?state=s", window: "/lti/window?key=k" });

  for (const target of ["_parent", "forwarding"]) {
    it(`keeps its word at the platform and goes on there: ${target}`, () =>
      inCourse(store(target), async ({ page, frame }) => {
        await frame.getByRole("heading", { name: "Course" }).waitFor();
        const keeper = target === "_parent" ? page.mainFrame() : page.frame(target);
        assert.equal(await keeper.evaluate(() => window.kept.get("k")), "v");
      }));
  }

  it("offers a window before the platform's word is spent, where nothing would come back, and goes on where a cookie does", async () => {
    const silent = () => Object.defineProperty(window, "keeps", { get: () => false, set: () => undefined });
    for (const [target, setUp] of [["_parent", silent], ["none_of_this_name", () => undefined]]) {
      const began = Date.now();
      await inCourse(store(target), ({ frame }) => frame.getByRole("link", { name: "Open in new window" }).waitFor(), { setUp });
      if (target === "_parent") assert.ok(Date.now() - began >= LATE_MS);
      const cookie = async ({ frame }) => frame.getByRole("heading", { name: "Course" }).waitFor();
      await inCourse(store(target), cookie, { setUp, answers: { "/lti/here": { json: { kept: true } } } });
    }
  });

  it("shows what the platform kept, and is in the room", async () => {
    const room = await shared.server.room({ access: "open" });
    const { url } = await shared.server.invitation(room, "Ada");
    // Kept by the step before, in another load of the same course.
    const setUp = () => window.addEventListener("DOMContentLoaded", () => window.kept?.set("k", "v"));
    const step = { step: "prove", key: "k", storage: { target: "_parent" }, window: "/lti/window?k" };
    const answers = { "/lti/prove": { json: { next: `${url.replace(shared.server.url, "")}&lang=de` } } };
    await inCourse(step, async ({ outer, frame, launch }) => {
      await frame.locator("html[lang=de]").waitFor();
      assert.deepEqual(launch.asked, [["/lti/prove", { key: "k", value: "v" }]]);
      await eventually("the room's address", () => outer.page.frames().some((one) => one.url().includes(`/r/${room}`)));
    }, { answers, setUp });
    await shared.server.api("DELETE", `/api/v1/rooms/${room}`);
  });

  it("has a window of its own as the last resort", () =>
    inCourse({ step: "prove", key: "k", storage: null, window: "/lti/window?key=k", lang: "en" }, async ({ outer, frame, launch }) => {
      await frame.getByRole("heading", { name: "Open the room in a new window" }).waitFor();
      const [opened] = await Promise.all([outer.context.waitForEvent("page"), frame.getByRole("link", { name: "Open in new window" }).click()]);
      await opened.waitForURL(/lti\/window\?key=k$/);
      await frame.getByText("The room is open in another window").waitFor();
      assert.deepEqual(launch.asked, []);
    }));

  it("that is refused says what to do, and what it means to the administrator", () =>
    inCourse({ step: "refused", code: "unknown_state", detail: "used", platform: "https://sakai.example.edu", lang: "en" }, async ({ frame }) => {
      await frame.getByText("Go back to your course and click the link again.").waitFor();
      assert.equal(await frame.getByText("unknown_state").isVisible(), false);
      await frame.getByText("For your administrator").click();
      await frame.getByText("unknown_state").waitFor();
      await frame.getByText("https://sakai.example.edu").waitFor();
    }));

  const CHOICE = { step: "choose", key: "k", title: "Optics", access: "request", gradable: true, lang: "en" };

  it("adds a room to a course: what is wrong is said, nothing typed is lost, and the platform gets the answer", () =>
    inCourse(CHOICE, async ({ frame, launch }) => {
      const title = frame.getByRole("textbox", { name: "Title" });
      await title.fill("  ");
      await frame.getByRole("button", { name: "Add the room" }).click();
      await frame.getByText("Give the room a title.").waitFor();
      assert.deepEqual(launch.asked, []);
      await title.fill("Optics II");
      await frame.getByRole("radiogroup", { name: "Stage access" }).getByRole("radio", { name: "Invite only" }).check();
      await frame.getByRole("radiogroup", { name: "Gradebook" }).getByRole("radio", { name: "Minutes on stage" }).check();
      launch.answers["/lti/choose"] = { status: 409, json: { error: { code: "too_many_rooms", message: "100" } } };
      await frame.getByRole("button", { name: "Add the room" }).click();
      await frame.getByText("There is no space for another room on this server.").waitFor();
      assert.equal(await title.inputValue(), "Optics II");
      launch.answers["/lti/choose"] = { json: { return_url: `${platform.origin}/back`, jwt: "signed" } };
      await frame.getByRole("button", { name: "Add the room" }).click();
      await frame.getByRole("heading", { name: "Back in the course" }).waitFor();
      assert.deepEqual(launch.asked.at(-1), ["/lti/choose", { key: "k", title: "Optics II", access: "invite", grade: "stage" }]);
      assert.deepEqual(platform.posted.at(-1), { JWT: "signed" });
    }));

  it("adds none when one changes one's mind", () =>
    inCourse({ ...CHOICE, gradable: false }, async ({ frame, launch }) => {
      await frame.getByRole("button", { name: "Cancel" }).waitFor();
      assert.equal(await frame.getByRole("radiogroup", { name: "Gradebook" }).count(), 0);
      launch.answers["/lti/choose"] = { json: { return_url: `${platform.origin}/back`, jwt: "none" } };
      await frame.getByRole("button", { name: "Cancel" }).click();
      await frame.getByRole("heading", { name: "Back in the course" }).waitFor();
      assert.deepEqual(launch.asked, [["/lti/choose", { key: "k", cancel: true }]]);
    }));

  it("registers a platform, which is asked to close the page", () =>
    inCourse({ step: "registered", name: "Sakai", active: true, lang: "en" }, async ({ page, frame }) => {
      await frame.getByText("Teachers can add rooms now.").waitFor();
      await frame.getByRole("button", { name: "Close" }).click();
      await eventually("the platform heard it", () => page.evaluate(() => window.heard.includes("org.imsglobal.lti.close")));
      await frame.getByText("You can close this window now.").waitFor();
    }));

  const STEPS = {
    refused: { step: "refused", code: "unknown_platform", detail: "client_id 3c8d6f1e-9a77-4f0c-8a52-without-any-end", platform: "https://sakai.example.edu" },
    elsewhere: { step: "prove", key: "k", storage: null, window: "/lti/window" },
    choose: CHOICE,
    registered: { step: "registered", name: "Sakai of the university", active: true },
  };
  for (const look of [...LOOKS, NARROW]) {
    it(`everybody can use it: ${look.name}`, async () => {
      const person = await open("about:blank");
      const found = [];
      try {
        const launch = await launchOf(shared.server, person.context, platform);
        for (const [name, step] of Object.entries(STEPS)) {
          launch.step = { ...step, lang: look.language };
          await person.page.goto(launch.url);
          await person.page.locator("h1").waitFor();
          await dress(person, look);
          for (const details of await person.page.locator("details").all()) await details.evaluate((element) => (element.open = true));
          await settled(person);
          for (const problem of [...(await violations(person)), ...(await smallTargets(person, look)), ...(await tooWide(person))]) found.push(`${name}: ${problem}`);
        }
        found.push(...person.errors.map(String));
        assert.deepEqual(found, []);
      } finally {
        await person.leave();
      }
    });
  }
});
