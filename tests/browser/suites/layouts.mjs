// The stage view: who is large, what one chooses for oneself, full screen, and what 25 people cost a page.

import { spawn } from "node:child_process";
import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { crowd } from "../support/crowd.mjs";
import { scene } from "../support/shared.mjs";
import { assertSees, eventually, pause } from "../support/media.mjs";

const LOAD = process.env.PROSCENIUM_LOAD_BINARY ?? fileURLToPath(new URL("../../../target/debug/proscenium-load", import.meta.url));
const LAPTOP = { viewport: { width: 1280, height: 720 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const UP = { do: "join_stage", sources: { mic: false, camera: false } };
/** Seats for everybody of these tests. */
const STAGE = { access: "open", capacity: 25 };
const WATCHED_MS = 5000;
/** Of a second of the page's main thread, in time it really ran: some 0.02 here, however busy the machine. */
const MOST_BUSY = 0.15;

/** Names of people on stage. */
const guests = (count) => Array.from({ length: count }, (_, index) => `Guest ${index}`);

/** Where the tiles are going to stand, by name, with what else is of interest. */
const tiles = (person) =>
  person.stage.locator(".tile").evaluateAll((all) =>
    Object.fromEntries(
      all.map((tile) => {
        const of = (name) => Number.parseFloat(tile.style.getPropertyValue(name));
        const at = { x: of("--x"), y: of("--y"), width: of("--width"), height: of("--height") };
        return [tile.getAttribute("aria-label"), { ...at, large: tile.classList.contains("large") }];
      }),
    ),
  );

const largeOnes = async (person) => Object.entries(await tiles(person)).filter(([, { large }]) => large).map(([name]) => name);

const isLarge = (person, ...names) => eventually(`${names} large`, async () => String(await largeOnes(person)) === String(names));

async function choose(person, what) {
  await person.button("Layout").click();
  await person.page.getByRole("menuitemradio", { name: what, exact: true }).click();
}

/** As if the server had said that these speak, and who is the active speaker. */
const hear = (person, speaking, active) =>
  person.page.evaluate(
    (message) => window.watched.sockets.at(-1).dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) })),
    { type: "speaking", speaking, active },
  );

async function ids(person) {
  const people = await person.server.participants(person.room);
  return Object.fromEntries(people.map(({ name, id }) => [name, id]));
}

/** Counts how often each tile function of the page's own script ran since the last look. */
async function tilesDrawn(person) {
  const client = await person.context.newCDPSession(person.page);
  await client.send("Profiler.enable");
  await client.send("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  const address = await person.page.evaluate(() => document.querySelector("script[type=module]").src);
  const place = (await (await fetch(address)).text()).indexOf('"data-participant"');
  assert.ok(place > 0, "the page's script has a place where tiles are drawn");
  return async () => {
    const { result } = await client.send("Profiler.takePreciseCoverage");
    const ranges = result.filter(({ url }) => url === address).flatMap(({ functions }) => functions.map(({ ranges }) => ranges[0]));
    const around = ranges.filter(({ startOffset, endOffset }) => startOffset <= place && place < endOffset);
    const inmost = around.sort((a, b) => a.endOffset - a.startOffset - (b.endOffset - b.startOffset))[0];
    // A function around it that is longer than a view is the whole script: the tiles did not run.
    return inmost && inmost.endOffset - inmost.startOffset < 4000 ? inmost.count : 0;
  };
}

describe("layouts", () => {
  it("automatic is a grid; the speaker is large where one wants that, and the browser remembers it", (test) =>
    scene(test, STAGE, async ({ enter }) => {
      const mod = await enter("Mo", "moderator");
      await crowd(mod, guests(5), UP);
      const ada = await enter("Ada", "viewer", { context: LAPTOP });
      const id = await ids(ada);
      await eventually("five tiles", async () => Object.keys(await tiles(ada)).length === 5);
      await hear(ada, [id["Guest 3"]], id["Guest 3"]);
      assert.deepEqual(await largeOnes(ada), []);
      await choose(ada, "Speaker");
      await isLarge(ada, "Guest 3");
      const before = await tiles(ada);
      await hear(ada, [id["Guest 4"]], id["Guest 4"]);
      await isLarge(ada, "Guest 4");
      const after = await tiles(ada);
      const moved = Object.keys(after).filter((name) => JSON.stringify(after[name]) !== JSON.stringify(before[name]));
      assert.deepEqual(moved.sort(), ["Guest 3", "Guest 4"], "those two change places");
      await hear(ada, []);
      await pause(200);
      assert.deepEqual(await largeOnes(ada), ["Guest 4"], "a silence changes nothing");
      await ada.page.reload();
      await ada.inRoom();
      await eventually("somebody is large again", async () => (await largeOnes(ada)).length === 1);
      await choose(ada, "Grid");
      await isLarge(ada);
      assert.equal(new Set(Object.values(await tiles(ada)).map(({ width, height }) => `${width} ${height}`)).size, 1);
      await mod.control("Leave room").waitFor();
    }));

  it("one's own main tile, by keyboard, on one's own page alone", (test) =>
    scene(test, STAGE, async ({ enter }) => {
      const mod = await enter("Mo", "moderator");
      await crowd(mod, guests(4), UP);
      const ada = await enter("Ada");
      await eventually("four tiles", async () => Object.keys(await tiles(ada)).length === 4);
      const focused = () => ada.page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
      for (let presses = 0; presses < 20 && (await focused()) !== "Show large"; presses++) await ada.page.keyboard.press("Tab");
      assert.equal(await focused(), "Show large");
      await ada.page.keyboard.press("ArrowRight");
      const chosen = await ada.page.evaluate(() => document.activeElement.closest("[role=group]").getAttribute("aria-label"));
      await ada.page.keyboard.press("Enter");
      await isLarge(ada, chosen);
      assert.equal(await focused(), "Show as before");
      const id = await ids(ada);
      const other = Object.keys(id).find((name) => name.startsWith("Guest") && name !== chosen);
      await hear(ada, [id[other]], id[other]);
      await pause(200);
      assert.deepEqual(await largeOnes(ada), [chosen], "it stays, whoever speaks");
      assert.deepEqual(await largeOnes(mod), []);
      await ada.page.keyboard.press("Enter");
      await isLarge(ada);
      assert.equal(await focused(), "Show large");
    }));

  it("a shared screen is large and whole; cameras fill their tiles, or are whole if one wants", (test) =>
    scene(test, STAGE, async ({ enter }) => {
      const bob = await enter("Bob");
      const ada = await enter("Ada", "speaker");
      await ada.joinStage();
      await assertSees(bob, await ada.id());
      await ada.page.evaluate(() => {
        navigator.mediaDevices.getDisplayMedia = async () => {
          const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 800 });
          const brush = canvas.getContext("2d");
          setInterval(() => brush.fillRect(Math.random() * 1280, Math.random() * 800, 20, 20), 100);
          return canvas.captureStream(10);
        };
      });
      await ada.control("Share screen").click();
      await isLarge(bob, "Screen of Ada");
      const fits = () => bob.stage.locator("video").evaluateAll((all) => all.map((video) => getComputedStyle(video).objectFit));
      await eventually("screen and face", async () => String(await fits()) === "contain,cover");
      await choose(bob, "Show whole pictures");
      await eventually("both whole", async () => String(await fits()) === "contain,contain");
      await choose(bob, "Fill the tiles");
      await eventually("filled again", async () => String(await fits()) === "contain,cover");
      await choose(bob, "Grid");
      await isLarge(bob);
      await choose(bob, "Automatic");
      await isLarge(bob, "Screen of Ada");
      await ada.control("Stop sharing").click();
      await isLarge(bob);
    }));

  it("full screen takes the room along, and leaves again", (test) =>
    scene(test, STAGE, async ({ enter }) => {
      const mod = await enter("Mo", "moderator");
      await crowd(mod, guests(2), UP);
      const ada = await enter("Ada");
      const full = () => ada.page.evaluate(() => document.fullscreenElement?.tagName ?? null);
      await ada.button("Full screen").click();
      await ada.button("Leave full screen").waitFor();
      assert.equal(await full(), "MAIN");
      await mod.act("Ada", "Invite to stage");
      await ada.invitation.waitFor();
      await ada.invitation.getByRole("button", { name: "Decline the invitation" }).click();
      await ada.control("Leave room").waitFor();
      await ada.button("Leave full screen").click();
      await ada.button("Full screen").waitFor();
      assert.equal(await full(), null);
      await ada.button("Layout").focus();
      await ada.page.keyboard.press("f");
      await eventually("in full screen by key", async () => (await full()) === "MAIN");
      await ada.page.keyboard.press("f");
      await eventually("out of it by key", async () => (await full()) === null);
    }));

  it("what is large in a window of its own, where the browser has them", (test) =>
    scene(test, STAGE, async ({ enter }) => {
      const bob = await enter("Bob");
      const ada = await enter("Ada", "speaker");
      await ada.joinStage();
      await assertSees(bob, await ada.id());
      const button = bob.button("Picture in picture");
      if (!(await bob.page.evaluate(() => document.pictureInPictureEnabled))) return assert.equal(await button.count(), 0);
      const afloat = () => bob.page.evaluate(() => document.pictureInPictureElement?.closest("[role=group]")?.ariaLabel ?? null);
      await button.click();
      await eventually("Ada in a window", async () => (await afloat()) === "Ada");
      await eventually("it says so", async () => (await button.getAttribute("aria-pressed")) === "true");
      await button.click();
      await eventually("no window", async () => (await afloat()) === null);
    }));

  it("25 people on a phone: one large and in sight, the others below, nothing wider than the screen", (test) =>
    scene(test, STAGE, async ({ enter }) => {
      const mod = await enter("Mo", "moderator");
      await crowd(mod, guests(25), UP);
      const ada = await enter("Ada", "viewer", { context: PHONE });
      const id = await ids(ada);
      await eventually("25 tiles", async () => Object.keys(await tiles(ada)).length === 25);
      await hear(ada, [id["Guest 7"]], id["Guest 7"]);
      await isLarge(ada, "Guest 7");
      const [wide, screen] = await ada.page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
      assert.ok(wide <= screen, `${wide} px wide on a screen of ${screen}`);
      const tooSmall = (all) => all.filter((one) => one.offsetWidth < 44 || one.offsetHeight < 44).length;
      assert.equal(await ada.stage.getByRole("button").evaluateAll(tooSmall), 0, "buttons that a finger misses");
      await pause(400);
      const large = ada.tile("Guest 7");
      const before = await large.boundingBox();
      await ada.stage.locator(".boards").evaluate((boards) => boards.scrollTo(0, boards.scrollHeight));
      await pause(200);
      const after = await large.boundingBox();
      assert.ok(Math.abs(after.y - before.y) < 1, `it moved from ${before.y} to ${after.y}`);
    }));

  it("a word of the server draws the tiles that it is about, and no others", (test) =>
    scene(test, STAGE, async ({ enter }) => {
      const mod = await enter("Mo", "moderator");
      await crowd(mod, guests(20), UP);
      const ada = await enter("Ada", "viewer", { context: LAPTOP });
      const id = await ids(ada);
      await eventually("20 tiles", async () => Object.keys(await tiles(ada)).length === 20);
      const drawn = await tilesDrawn(ada);
      await ada.page.reload();
      await ada.inRoom();
      await eventually("20 tiles again", async () => Object.keys(await tiles(ada)).length === 20);
      await pause(500);
      assert.ok((await drawn()) >= 20, "the first time all of them are drawn");
      await hear(ada, [id["Guest 1"], id["Guest 2"]], id["Guest 1"]);
      await pause(100);
      const speaking = await drawn();
      await hear(ada, [id["Guest 2"]], id["Guest 1"]);
      await pause(100);
      const silent = await drawn();
      await mod.control("Chat").click();
      await mod.page.getByRole("textbox", { name: "Message" }).fill("Good morning");
      await mod.page.keyboard.press("Enter");
      await mod.control("Raise hand").click();
      await enter("Bob");
      await pause(300);
      const others = await drawn();
      console.log(`    drawn of 20 tiles: ${speaking} for two who speak, ${silent} for one who stops, ${others} for chat, a hand and a newcomer`);
      assert.deepEqual([speaking, silent, others], [2, 1, 0]);
    }));

  it("25 people with pictures and sound leave the page's main thread at rest", (test) =>
    scene(test, STAGE, async ({ server, room, enter }) => {
      const words = ["webinar", "--server", server.url, "--api-key", "dev-secret", "--room", room];
      const load = spawn(LOAD, [...words, "--publishers", "25", "--viewers", "1", "--seconds", "60"], { stdio: "ignore" });
      const ended = new Promise((resolve) => load.once("exit", resolve));
      try {
        const onStage = async () => (await server.participants(room)).filter(({ stage }) => stage === "on_stage").length;
        await eventually("25 on stage", async () => (await onStage()) === 25, 30_000);
        const bob = await enter("Bob", "viewer", { context: LAPTOP });
        await eventually("25 tiles", async () => Object.keys(await tiles(bob)).length === 25);
        const pictures = () => bob.stage.locator("video").evaluateAll((all) => all.filter((video) => video.videoWidth > 0).length);
        await eventually("pictures of those in sight", async () => (await pictures()) >= 12, 30_000);
        const client = await bob.context.newCDPSession(bob.page);
        await client.send("Performance.enable", { timeDomain: "threadTicks" });
        const busy = async () => (await client.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration").value;
        const [from, before] = [performance.now(), await busy()];
        await pause(WATCHED_MS);
        const share = ((await busy()) - before) / ((performance.now() - from) / 1000);
        console.log(`    25 on stage, ${await pictures()} pictures: the main thread runs ${(share * 1000).toFixed(0)} ms of a second`);
        assert.ok(share < MOST_BUSY, `${share} of the main thread`);
      } finally {
        load.kill("SIGINT");
        await ended;
      }
    }));
});
