// Firefox of the distribution, driven over WebDriver BiDi.

import puppeteer from "puppeteer-core";
import { Person } from "./browser.mjs";
import { watchMedia } from "./media.mjs";

const EXECUTABLE = process.env.PROSCENIUM_FIREFOX ?? "/usr/bin/firefox-esr";

export async function launchFirefox() {
  return puppeteer.launch({
    browser: "firefox",
    executablePath: EXECUTABLE,
    headless: true,
    extraPrefsFirefox: {
      "media.navigator.streams.fake": true,
      "media.navigator.permission.disabled": true,
      "media.autoplay.default": 0,
      "media.peerconnection.ice.obfuscate_host_addresses": false,
    },
  });
}

/** A person whose page runs in Firefox; by the same names, with this driver's own calls. */
export async function joinInFirefox(firefox, server, room, name, role = "viewer") {
  const { url } = await server.invitation(room, name, role);
  const page = await firefox.newPage();
  await page.setViewport({ width: 1280, height: 800 });
  await page.evaluateOnNewDocument(watchMedia);
  await page.goto(url);
  const person = {
    page,
    name,
    room,
    server,
    id: Person.prototype.id,
    state: Person.prototype.state,
    click: async (label) => {
      const button = await page.waitForSelector(`aria/${label}[role="button"]`, { visible: true, timeout: 20_000 });
      await button.click();
    },
    there: (label, role = "button") => page.waitForSelector(`aria/${label}[role="${role}"]`, { visible: true, timeout: 20_000 }),
  };
  await person.there("Leave room");
  return person;
}
