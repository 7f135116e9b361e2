// Devices and notifications: what is really heard, seen and applied, not what a page says of itself.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertHears, assertSees, eventually, pause } from "../support/media.mjs";
import { crowd } from "../support/crowd.mjs";
import { scene } from "../support/shared.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/**
 * Runs in the page before its own scripts: hears everything that WebAudio sends to a speaker, and keeps what it opened. `loudest` is the
 * highest sample since it was last read, `sinks` where it went.
 */
function listen() {
  // A third of a second, so that a busy machine that looks late still hears the beginning of a tone.
  const HELD = 16384;
  const heard = { loudest: 0, tones: 0, sinks: [], opened: [], analysers: new Map() };
  window.heard = heard;
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...more) {
    const context = this.context;
    if (to === context.destination || to instanceof MediaStreamAudioDestinationNode) {
      if (!heard.analysers.has(context)) heard.analysers.set(context, new AnalyserNode(context, { fftSize: HELD }));
      connect.call(this, heard.analysers.get(context));
      heard.sinks.push(context.sinkId ?? "");
    }
    return connect.call(this, to, ...more);
  };
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) {
    heard.tones++;
    return start.apply(this, when);
  };
  const samples = new Float32Array(HELD);
  setInterval(() => {
    for (const [context, analyser] of heard.analysers) {
      if (context.state !== "running") continue;
      analyser.getFloatTimeDomainData(samples);
      for (const sample of samples) heard.loudest = Math.max(heard.loudest, Math.abs(sample));
    }
  }, 20);
  const devices = navigator.mediaDevices;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (wanted) => {
    const stream = await open(wanted);
    heard.opened.push(...stream.getTracks());
    return stream;
  };
}

const LISTENING = { script: { run: listen } };

/** The loudest sample since the last call. */
const loudest = (person) =>
  person.page.evaluate(() => {
    const { loudest } = window.heard;
    window.heard.loudest = 0;
    return loudest;
  });

const tones = (person) => person.page.evaluate(() => window.heard.tones);

/** The settings of the tracks of this kind that run now. */
const running = (person, kind) =>
  person.page.evaluate((kind) => window.heard.opened.filter((track) => track.kind === kind && track.readyState === "live").map((track) => track.getSettings()), kind);

async function settings(person) {
  await person.control("Settings").click();
  const dialog = person.dialog("Settings");
  await dialog.waitFor();
  return dialog;
}

/** Ends what runs of this kind as an unplugged device does, which the browser's list does not have any more. */
const unplug = (person, kind) =>
  person.page.evaluate((kind) => {
    const lost = window.heard.opened.filter((track) => track.kind === kind && track.readyState === "live");
    const gone = new Set(lost.map((track) => track.getSettings().deviceId));
    const { mediaDevices } = navigator;
    const list = mediaDevices.enumerateDevices.bind(mediaDevices);
    mediaDevices.enumerateDevices = async () => (await list()).filter((device) => !gone.has(device.deviceId));
    const open = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (wanted) => {
      const left = (await mediaDevices.enumerateDevices()).filter((device) => device.kind === `${kind}input`);
      if (left.length === 0) throw new DOMException("nothing left", "NotFoundError");
      const named = wanted[kind]?.deviceId?.exact;
      if (named !== undefined && gone.has(named)) throw new DOMException("it is gone", "OverconstrainedError");
      return open({ ...wanted, [kind]: { ...wanted[kind], deviceId: { exact: left[0].deviceId } } });
    };
    for (const track of lost) {
      track.stop();
      track.dispatchEvent(new Event("ended"));
    }
    mediaDevices.dispatchEvent(new Event("devicechange"));
    return lost.length;
  }, kind);

describe("devices", () => {
  it("a test sound really sounds, through the chosen speaker", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const ada = await enter("Ada", "viewer", { context: LISTENING });
      const dialog = await settings(ada);
      const button = dialog.getByRole("button", { name: "Play a test sound" });
      assert.equal(await loudest(ada), 0);
      await button.click();
      await eventually("it sounds", async () => (await loudest(ada)) > 0.05);
      await eventually("it is over", async () => (await button.getAttribute("aria-disabled")) === "false");
      const speaker = dialog.getByRole("combobox", { name: "Speaker" });
      const others = await speaker.locator("option").evaluateAll((options) => options.map((option) => option.value).filter((value) => !["", "default"].includes(value)));
      assert.ok(others.length > 0, "there is a speaker to choose");
      await speaker.selectOption(others[0]);
      await button.click();
      await eventually("it goes there", async () => (await ada.page.evaluate(() => window.heard.sinks)).at(-1) === others[0]);
      await loudest(ada);
      await eventually("it sounds there", async () => (await loudest(ada)) > 0.05);
    }));

  it("the microphone's level: shown while it is tried, and closed again", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const ada = await enter("Ada", "viewer", { context: LISTENING });
      const dialog = await settings(ada);
      const meter = dialog.getByRole("meter", { name: "Microphone level" });
      assert.equal(await meter.count(), 0);
      assert.deepEqual(await running(ada, "audio"), []);
      await dialog.getByRole("button", { name: "Test the microphone" }).click();
      const levels = new Set();
      await eventually("the level moves", async () => levels.add(await meter.getAttribute("aria-valuenow")).size > 3);
      await dialog.getByRole("button", { name: "Stop the test" }).click();
      await eventually("it is closed", async () => (await running(ada, "audio")).length === 0);
      await dialog.getByRole("button", { name: "Test the microphone" }).click();
      await eventually("it is open", async () => (await running(ada, "audio")).length === 1);
      await ada.page.keyboard.press("Escape");
      await eventually("it is closed with the settings", async () => (await running(ada, "audio")).length === 0);
    }));

  it("noise is let in by the track itself, heard on stage, and the choices outlive the page", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const bob = await enter("Bob");
      const ada = await enter("Ada", "viewer", { context: LISTENING });
      await ada.joinStage();
      await assertHears(bob);
      const [before] = await running(ada, "audio");
      assert.deepEqual([before.noiseSuppression, before.echoCancellation], [true, true]);
      const dialog = await settings(ada);
      await dialog.getByRole("meter", { name: "Microphone level" }).waitFor();
      await dialog.getByRole("switch", { name: "Reduce background noise" }).uncheck();
      // For a moment there is none: it is opened anew.
      await eventually("the track lets noise in", async () => (await running(ada, "audio"))[0]?.noiseSuppression === false);
      const tracks = await running(ada, "audio");
      assert.deepEqual(tracks.map(({ noiseSuppression, echoCancellation }) => [noiseSuppression, echoCancellation]), [[false, true]]);
      await assertHears(bob);
      await dialog.getByRole("checkbox", { name: "Sounds" }).uncheck();
      await ada.page.reload();
      await ada.inRoom();
      await eventually("the microphone is back as it was chosen", async () => (await running(ada, "audio"))[0]?.noiseSuppression === false);
      const again = await settings(ada);
      assert.equal(await again.getByRole("switch", { name: "Reduce background noise" }).isChecked(), false);
      assert.equal(await again.getByRole("checkbox", { name: "Sounds" }).isChecked(), false);
    }));

  it("an unplugged camera and microphone: the next one takes over and says so, and nothing is left when none is", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const bob = await enter("Bob");
      const ada = await enter("Ada", "viewer", { context: LISTENING });
      await ada.joinStage();
      await assertSees(bob, await ada.id());
      const [first] = await running(ada, "audio");
      assert.equal(await unplug(ada, "audio"), 1);
      await ada.told(/The microphone was unplugged\. Now using .*Fake.*\./);
      const [second] = await running(ada, "audio");
      assert.notEqual(second.deviceId, first.deviceId);
      await assertHears(bob);
      const cameras = await ada.page.evaluate(async () => (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "videoinput").length);
      for (let left = cameras - 1; left > 0; left--) {
        await unplug(ada, "video");
        await ada.told(/The camera was unplugged\. Now using .*\./);
        await assertSees(bob, await ada.id());
      }
      await unplug(ada, "video");
      await ada.told("The camera stopped. Was it unplugged?");
      await ada.control("Turn on camera").waitFor();
    }));

  it("a blurred background is not loaded before it is wanted; on stage what others see is blurred", { timeout: 90_000 }, (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const bob = await enter("Bob");
      const ada = await enter("Ada", "viewer", { context: LISTENING });
      const asked = [];
      ada.page.on("request", (request) => asked.push(request.url()));
      await ada.joinStage();
      await assertSees(bob, await ada.id());
      const dialog = await settings(ada);
      assert.ok(!asked.some((url) => /blur|tflite/.test(url)), "nothing of it is loaded");
      const plain = await detail(bob, await ada.id());
      await dialog.getByRole("switch", { name: "Blur my background" }).check();
      await eventually("the model is loaded", () => asked.some((url) => url.endsWith(".tflite")));
      await eventually("edges are gone from the picture", async () => (await detail(bob, await ada.id())) < plain / 2);
      assert.ok(asked.every((url) => url.startsWith(ada.server.url) || url.startsWith("blob:")), "all of it comes from this server");
      await dialog.getByRole("switch", { name: "Blur my background" }).uncheck();
      await eventually("they are back", async () => (await detail(bob, await ada.id())) > plain / 1.5);
    }));
});

/** How much neighbouring pixels differ in what `viewer` sees of somebody. */
const detail = (viewer, id) =>
  viewer.page.evaluate((id) => {
    const video = document.querySelector(`[data-participant="${id}"] video`);
    if (!video || video.videoWidth === 0) return Infinity;
    const canvas = Object.assign(document.createElement("canvas"), { width: video.videoWidth, height: video.videoHeight });
    const brush = canvas.getContext("2d");
    brush.drawImage(video, 0, 0);
    const { data } = brush.getImageData(0, 0, canvas.width, canvas.height);
    let sum = 0;
    for (let at = 4; at < data.length; at += 4) sum += Math.abs(data[at + 1] - data[at - 3]) ** 2;
    return sum / (data.length / 4);
  }, id);

describe("notifications", () => {
  it("make a soft sound for what concerns one, none for one's own doings, and none where they are turned off", (test) =>
    scene(test, { access: "request" }, async ({ enter }) => {
      const mod = await enter("Mo", "moderator", { context: LISTENING });
      const quiet = await enter("Uma", "moderator", { context: LISTENING });
      const ada = await enter("Ada", "viewer", { context: LISTENING });
      await (await settings(quiet)).getByRole("checkbox", { name: "Sounds" }).uncheck();
      await ada.control("Ask to join stage").click();
      await ada.control("Cancel request").waitFor();
      await eventually("the moderator hears it", async () => (await loudest(mod)) > 0.01);
      assert.equal(await loudest(ada), 0, "who asks does not");
      await mod.button("Bring to stage").click();
      await ada.devices.waitFor();
      await eventually("the invited hears it", async () => (await loudest(ada)) > 0.01);
      await ada.goLive();
      await pause(1500);
      await loudest(mod);
      const before = await tones(mod);
      await ada.page.keyboard.press("Escape");
      await write(ada, "Hello");
      await eventually("a message is heard while the chat is closed", async () => (await loudest(mod)) > 0.005);
      assert.ok((await tones(mod)) > before);
      await mod.control("Chat").click();
      await pause(1500);
      const open = await tones(mod);
      await pause(3000);
      await write(ada, "Again");
      await mod.page.getByText("Again").waitFor();
      await pause(600);
      assert.equal(await tones(mod), open, "and not while it is open");
      assert.equal(await tones(quiet), 0);
    }));

  it("of many requests are one, with one way to bring all up and one to look; a sound, and few words for screen readers", (test) =>
    scene(test, { access: "request" }, async ({ enter }) => {
      const mod = await enter("Mo", "moderator", { context: LISTENING });
      const phone = await enter("Pia", "moderator", { context: { ...PHONE, ...LISTENING } });
      for (const person of [mod, phone]) {
        await person.page.locator(".requests").waitFor({ state: "attached" });
        await person.page.evaluate(() => {
          window.said = [];
          const live = [...document.querySelectorAll(".requests [role=status], .requests [aria-live]")];
          for (const region of live) new MutationObserver((changes) => changes.some(({ addedNodes, type }) => type === "characterData" || addedNodes.length > 0) && window.said.push(region.textContent)).observe(region, { childList: true, subtree: true, characterData: true });
        });
      }
      const names = Array.from({ length: 20 }, (_, index) => `Guest ${index}`);
      await crowd(mod, names, { do: "request_stage" });
      for (const person of [mod, phone]) {
        await person.page.getByText(/^Guest \d+ and 19 others ask to join the stage$/).waitFor();
        assert.equal(await person.button("Bring to stage").count(), 0);
        await eventually("it is said how many they are", () => person.page.evaluate(() => window.said.at(-1) === "20 people ask to join the stage"));
        const said = await person.page.evaluate(() => window.said);
        assert.ok(said.length <= 4, said.join("; "));
        assert.ok((await tones(person)) <= 3 * 4, `${await tones(person)} oscillators`);
      }
      await phone.button("Show them").click();
      const asking = phone.page.getByRole("list", { name: "Asking to join" }).getByRole("listitem");
      await eventually("the list has all of them", async () => (await asking.count()) === names.length);
      await mod.button("Bring all to stage").click();
      await eventually("all of them are invited", async () => (await mod.server.participants(mod.room)).filter(({ stage }) => stage === "invited").length === names.length);
      await mod.button("Bring all to stage").waitFor({ state: "hidden" });
    }));

  it("a single request keeps its own words and buttons on a phone; one's place in line is in the top line there", (test) =>
    scene(test, { access: "request" }, async ({ enter }) => {
      const mod = await enter("Mo", "moderator", { context: PHONE });
      const first = await enter("Ada", "viewer", { context: { ...PHONE, viewport: { width: 320, height: 640 } } });
      const second = await enter("Bob", "viewer", { context: PHONE });
      await first.control("Ask to join stage").click();
      await mod.page.getByText("Ada asks to join the stage").waitFor();
      await mod.button("Bring to stage").waitFor();
      await second.control("Ask to join stage").click();
      await first.page.getByText("Asked to join · Next in line").waitFor();
      await second.page.getByText("Asked to join · Number 2").waitFor();
      await mod.page.getByText("Ada and 1 other ask to join the stage").waitFor();
      for (const person of [mod, first, second]) {
        const [wide, screen] = await person.page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
        assert.ok(wide <= screen, `${person.name}'s page is ${wide} px wide on a screen of ${screen}`);
      }
      await first.control("Cancel request").click();
      await second.page.getByText("Asked to join · Next in line").waitFor();
    }));
});

async function write(person, text) {
  const region = person.page.getByRole("region", { name: "Chat" });
  if (!(await region.isVisible())) await person.control("Chat").click();
  await region.getByRole("textbox", { name: "Message" }).fill(text);
  await region.getByRole("button", { name: "Send" }).click();
}
