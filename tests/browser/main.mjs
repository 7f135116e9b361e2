// Every promise that only real browsers can show. One server and one browser serve all suites but those that need their own.

import { after, before } from "node:test";
import { closeBrowser } from "./support/browser.mjs";
import { shared } from "./support/shared.mjs";
import { startServer } from "./support/server.mjs";

before(async () => {
  shared.server = await startServer();
});

after(async () => {
  await closeBrowser();
  await shared.server?.discard();
});

await import("./suites/wire.mjs");
await import("./suites/networks.mjs");
await import("./suites/ways_up.mjs");
await import("./suites/refusals.mjs");
await import("./suites/controls.mjs");
await import("./suites/hands.mjs");
await import("./suites/chat.mjs");
await import("./suites/questions.mjs");
await import("./suites/polls.mjs");
await import("./suites/reactions.mjs");
await import("./suites/waiting.mjs");
await import("./suites/attendance.mjs");
await import("./suites/guests.mjs");
await import("./suites/sign_in.mjs");
await import("./suites/switches.mjs");
await import("./suites/timer.mjs");
await import("./suites/spotlight.mjs");
await import("./suites/asking.mjs");
await import("./suites/gate.mjs");
await import("./suites/picture.mjs");
await import("./suites/quality.mjs");
await import("./suites/scalable.mjs");
await import("./suites/load.mjs");
await import("./suites/connections.mjs");
await import("./suites/paths.mjs");
await import("./suites/page.mjs");
await import("./suites/layouts.mjs");
await import("./suites/devices.mjs");
await import("./suites/language.mjs");
await import("./suites/launch.mjs");
await import("./suites/framed.mjs");
await import("./suites/lti.mjs");
await import("./suites/setup.mjs");
await import("./suites/views.mjs");
await import("./suites/keyboard.mjs");
await import("./suites/first_load.mjs");
await import("./suites/crowd_page.mjs");
await import("./suites/hostile.mjs");
await import("./suites/transcript.mjs");
await import("./suites/workers.mjs");
await import("./suites/firefox.mjs");
await import("./suites/independent.mjs");
await import("./suites/whip.mjs");
