// The pictures of docs/sakai.md: taken by the suite that brings about what is on them, when PROSCENIUM_BLESS is set.

import { mkdir, writeFile } from "node:fs/promises";
import { settled } from "./looks.mjs";

const PICTURES = new URL("../../../docs/images/lti/", import.meta.url).pathname;

/** A picture of the whole window, or of what is in it at `locator`. */
export async function pictureFor(person, name, locator) {
  const { page } = person;
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.mouse.move(0, 0);
  // Within the frame too.
  for (const frame of page.frames()) await settled({ page: frame });
  const devtools = await page.context().newCDPSession(page);
  const clip = locator && { ...(await boxOf(page, locator)), scale: 1 };
  const { data } = await devtools.send("Page.captureScreenshot", { format: "webp", quality: 75, ...(clip && { clip, captureBeyondViewport: true }) });
  await mkdir(PICTURES, { recursive: true });
  await writeFile(`${PICTURES}${name}.webp`, Buffer.from(data, "base64"));
}

const MARGIN = 12;

/** With some room around it, on the page as a whole. */
async function boxOf(page, locator) {
  const { x, y, width, height } = await locator.boundingBox();
  const top = await page.evaluate(() => window.scrollY);
  return { x: Math.max(0, x - MARGIN), y: Math.max(0, y + top - MARGIN), width: width + 2 * MARGIN, height: height + 2 * MARGIN };
}
