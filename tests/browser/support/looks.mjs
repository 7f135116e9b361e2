// How a page is looked at: its size, pointer, colours and language changed while it stands there, and what is measured of it.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { eventually } from "./media.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

/** Both directions of writing, both schemes, both kinds of screen: every two of these meet in one of the four. */
export const LOOKS = [
  { name: "desktop", size: DESKTOP, touch: false, scheme: "light", language: "en" },
  { name: "right-to-left", size: DESKTOP, touch: false, scheme: "dark", language: "ar" },
  { name: "phone-right-to-left", size: PHONE, touch: true, scheme: "light", language: "ar" },
  { name: "phone", size: PHONE, touch: true, scheme: "dark", language: "en" },
];

/**
 * In which of them a view is looked at: in two that differ in size and in language, which two by its name. Every two sizes, schemes and
 * languages meet somewhere in the table.
 */
export const looksOf = ({ name }) => LOOKS.filter((_, at) => at % 2 === name.length % 2);

/** The smallest of phones. */
export const NARROW = { name: "narrow", size: { width: 320, height: 640 }, touch: true, scheme: "dark", language: "en" };

/** Has `person` look in this way from now on. */
export async function dress(person, { size, touch, scheme, language }) {
  const { page } = person;
  person.devtools ??= await page.context().newCDPSession(page);
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
  await page.setViewportSize(size);
  await person.devtools.send("Emulation.setTouchEmulationEnabled", { enabled: touch, maxTouchPoints: touch ? 5 : 1 });
  // As if it had been chosen in another tab.
  await page.evaluate((value) => {
    localStorage.setItem("proscenium.language", value);
    window.dispatchEvent(new StorageEvent("storage", { key: "proscenium.language", newValue: value }));
  }, language);
  await page.locator(`html[lang=${language}]`).waitFor();
  // What the page puts off is drawn after anything that a person does; and what hangs on something follows it.
  await page.evaluate(() => ["change", "resize"].forEach((what) => window.dispatchEvent(new Event(what))));
  // Two frames: the size is followed, and what follows from it.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

/** What axe-core finds against any of its rules that stand for something: WCAG to 2.2 AA and best practices. One sentence each. */
export async function violations({ page }) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    // Off unless asked for; that what it wants is there is also measured by hand, see `smallTargets`.
    const results = await window.axe.run(document, { resultTypes: ["violations"], rules: { "target-size": { enabled: true } } });
    return results.violations.map(({ id, nodes }) => ({ id, nodes: nodes.map((node) => ({ html: node.html, why: node.failureSummary })) }));
  });
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, why }) => `axe ${id}: ${html.slice(0, 160)} (${why.split("\n").slice(1).join(";").trim().slice(0, 200)})`));
}

/** Whatever can be pressed and is smaller than a fingertip, or than a pointer's tip. */
export async function smallTargets({ page }, { touch }) {
  const least = touch ? 44 : 24;
  return page.evaluate((pixels) => {
    const pressed = "a[href], button, input, select, textarea, summary, [role=button], [role=menuitem], [role=menuitemradio], [role=tab], [role=switch], [role=option]";
    /** What a press counts for: the control, its labels, and what it or a label is stretched over. */
    const boxes = (control) => {
      const labels = [...(control.labels ?? [])];
      const stretched = labels.filter((label) => getComputedStyle(label, "::after").position === "absolute").map((label) => label.offsetParent);
      const spread = getComputedStyle(control, "::after");
      const after = spread.position === "absolute" && spread.content !== "none" ? [{ width: parseFloat(spread.width), height: parseFloat(spread.height) }] : [];
      return [...[control, ...labels, ...stretched].map((element) => element.getBoundingClientRect()), ...after];
    };
    return [...document.querySelectorAll(pressed)]
      .filter((control) => control.checkVisibility({ visibilityProperty: true, opacityProperty: false }) && !control.disabled)
      // A link in a line of text is as high as the line (WCAG 2.5.8, "Inline").
      .filter((control) => !(control.tagName === "A" && getComputedStyle(control).display === "inline"))
      .map((control) => ({ control, best: boxes(control).sort((a, b) => Math.min(b.width, b.height) - Math.min(a.width, a.height))[0] }))
      .filter(({ best }) => Math.min(best.width, best.height) < pixels - 0.1)
      .map(({ control, best }) => `target of ${best.width.toFixed(1)} by ${best.height.toFixed(1)} px: ${control.outerHTML.slice(0, 120)}`);
  }, least);
}

/** What of the page is wider than the screen. */
export async function tooWide({ page }) {
  return page.evaluate(() => {
    const beyond = document.documentElement.scrollWidth - window.innerWidth;
    const scrolled = beyond > 0 ? [`scrolls sideways by ${beyond} px`] : [];
    /** Cut off by something that is itself in the window. */
    const hidden = (element) => {
      for (let box = element.parentElement; box && box !== document.body; box = box.parentElement) {
        const { left, right } = box.getBoundingClientRect();
        if (getComputedStyle(box).overflowX !== "visible" && left >= -1 && right <= window.innerWidth + 1) return true;
      }
      return false;
    };
    // What is folded up has the size that it had on another screen.
    const wide = [...document.querySelectorAll("#page *")].filter((element) => element.checkVisibility()).filter((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      return width > 0 && (left < -1 || right > window.innerWidth + 1) && !hidden(element);
    });
    // Panels and lists scroll up and down, not sideways.
    const sideways = [...document.querySelectorAll("#page *")].filter(
      (element) => /auto|scroll/.test(getComputedStyle(element).overflowX) && element.scrollWidth > element.clientWidth + 1,
    );
    const named = (element) => `${element.tagName.toLowerCase()}.${element.getAttribute("class") ?? ""}`;
    return [...scrolled, ...wide.map((element) => `wider than the screen: ${named(element)}`), ...sideways.map((element) => `scrolls sideways: ${named(element)}`)];
  });
}

/** A picture of the page as it stands, as WebP. */
export async function picture(person) {
  await person.page.mouse.move(0, 0);
  // The time of day would make every picture another one.
  await person.page.evaluate(() => document.styleSheets[0].insertRule("time { visibility: hidden }"));
  const { data } = await person.devtools.send("Page.captureScreenshot", { format: "webp", quality: 70 });
  return Buffer.from(data, "base64");
}

/** Until nothing moves any more. */
export const settled = ({ page }) =>
  eventually("nothing moves", () => page.evaluate(() => document.getAnimations().every((one) => one.playState !== "running" || one.effect.getTiming().iterations === Infinity)));
