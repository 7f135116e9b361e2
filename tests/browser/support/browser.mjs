// One Chromium for all tests; a person is a page in a context of its own.

import { chromium } from "playwright-core";
import { watchMedia } from "./media.mjs";
import { leadOver } from "./udp_wire.mjs";

const EXECUTABLE = process.env.PROSCENIUM_CHROMIUM ?? "/usr/bin/chromium";
/** How long a promise of the page may take. Generous: two cores decode several pictures at once here. */
export const PATIENCE_MS = 20_000;

let browser;

/** A promise from the first call on: two who come at once get the same one. */
export function chromiumBrowser() {
  browser ??= launchChromium();
  return browser;
}

/** A Chromium of one's own, with more words on its command line. */
export async function launchChromium(...words) {
  return chromium.launch({
    executablePath: EXECUTABLE,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--use-fake-device-for-media-stream",
      "--autoplay-policy=no-user-gesture-required",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // The page's own address, not a name that only mDNS would resolve.
      "--disable-features=WebRtcHideLocalIpsWithMdns",
      ...words,
    ],
  });
}

export async function closeBrowser() {
  await (await browser)?.close();
  browser = undefined;
}

/** Opens a person's page, in the Chromium of all or in `own`; with a `wire`, its media go over that. */
export async function open(url, options = {}, { own, wire } = {}) {
  const { viewport = { width: 1280, height: 800 }, permissions = ["camera", "microphone"], script, ...rest } = options;
  const context = await (own ?? (await chromiumBrowser())).newContext({ viewport, permissions, ...rest });
  context.setDefaultTimeout(PATIENCE_MS);
  if (wire) await leadOver(context, wire);
  await context.addInitScript(watchMedia);
  if (script) await context.addInitScript(script.run, script.with);
  const page = await context.newPage();
  const person = new Person(page, context);
  await page.goto(url);
  return person;
}

/** Opens the page of a new person of a room; with `waits` the room may not have them at once. */
export async function join(server, room, name, role = "viewer", options = {}) {
  const { url, token } = await server.invitation(room, name, role, options.token);
  const person = await open(options.through ? url.replace(server.url, options.through) : url, options.context, options);
  Object.assign(person, { name, room, server, url, token, controls: options.toolbar });
  if (!options.waits) await person.inRoom();
  return person;
}

/** What somebody can do and see on the page, by role and name. */
export class Person {
  constructor(page, context) {
    Object.assign(this, { page, context, errors: [] });
    page.on("pageerror", (error) => this.errors.push(error));
    // What the page's own policy keeps out, it should never have asked for.
    page.on("console", (message) => {
      if (message.type() === "error" && /Content Security Policy/i.test(message.text())) this.errors.push(new Error(message.text()));
    });
  }

  async inRoom() {
    await this.toolbar.waitFor();
  }

  get toolbar() {
    return this.page.getByRole("toolbar", { name: this.controls ?? "Controls" });
  }

  get stage() {
    return this.page.getByRole("region", { name: "Stage" });
  }

  button(name) {
    return this.page.getByRole("button", { name, exact: true });
  }

  control(name) {
    return this.toolbar.getByRole("button", { name, exact: true });
  }

  dialog(name) {
    return this.page.getByRole("dialog", { name, exact: true });
  }

  get devices() {
    return this.dialog("Get ready to join the stage");
  }

  get invitation() {
    return this.dialog("You are invited to join the stage");
  }

  tile(name) {
    return this.stage.getByRole("group", { name, exact: true });
  }

  /** The text told in a status or an alert. */
  async told(text) {
    await this.page.locator("[role=status], [role=alert], output").filter({ hasText: text }).first().waitFor();
  }

  /** Sets devices and goes live. */
  async goLive() {
    await this.devices.waitFor();
    await this.devices.getByRole("button", { name: "Join stage", exact: true }).click();
    await this.devices.waitFor({ state: "hidden" });
    await this.control(/microphone/).waitFor();
  }

  /** The whole way up in an open room. */
  async joinStage() {
    await this.control("Join stage").click();
    await this.goLive();
  }

  async openParticipants() {
    const region = this.page.getByRole("region", { name: "Participants" });
    if (!(await region.isVisible())) await this.control("Participants").click();
    await region.waitFor();
    return region;
  }

  /** A moderator's action on a person, from the participants list. */
  async act(name, action) {
    const region = await this.openParticipants();
    await region.getByRole("button", { name: `Actions for ${name}`, exact: true }).click();
    await this.page.getByRole("menuitem", { name: action, exact: true }).click();
  }

  async setAccess(name) {
    await this.control("Settings").click();
    await this.page.getByRole("radiogroup", { name: "Stage access" }).getByRole("radio", { name, exact: true }).check();
    await this.page.keyboard.press("Escape");
  }

  /** The person's id in the room, from the server. */
  async id() {
    this.participant ??= (await this.server.participants(this.room)).find((one) => one.name === this.name)?.id;
    return this.participant;
  }

  async state() {
    return (await this.server.participants(this.room)).find((one) => one.name === this.name);
  }

  async leave() {
    await this.context.close();
  }
}
