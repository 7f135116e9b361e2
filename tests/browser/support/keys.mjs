// A person with a keyboard and nothing else. After every key, the focus has to be somewhere, and in sight.

import assert from "node:assert/strict";
import { eventually } from "./media.mjs";

/** More than there is to walk through anywhere. */
const MOST_TABS = 80;

export class Keyboard {
  /** `person`'s, from now on. */
  static async of(person) {
    await person.page.evaluate(watchFocus);
    return Object.assign(new Keyboard(), { person, page: person.page });
  }

  /** Presses a key, and sees where the focus is then. */
  async press(key) {
    await this.page.keyboard.press(key);
    await this.seen(`after ${key}`);
  }

  /** Walks with Tab, or another key, to the control with this name. */
  async to(name, key = "Tab") {
    for (let presses = 0; presses < MOST_TABS; presses++) {
      if ((await this.name()) === name) return;
      await this.press(key);
    }
    assert.fail(`"${name}" cannot be reached by ${key}`);
  }

  async choose(name, key = "Enter") {
    await this.to(name);
    await this.press(key);
  }

  /** An entry of the menu of somebody in the list. */
  async act(name, action) {
    await this.choose(`Actions for ${name}`);
    await eventually("the menu has the focus", () => this.page.evaluate(() => document.activeElement?.getAttribute("role") === "menuitem"));
    await this.to(action, "ArrowDown");
    await this.press("Enter");
  }

  /** The accessible name of what has the focus, as far as this page's controls have one. */
  name() {
    return this.page.evaluate(() => {
      const focused = document.activeElement;
      if (!focused || focused === document.body) return "";
      return (focused.getAttribute("aria-label") ?? focused.labels?.[0]?.textContent ?? focused.textContent ?? "").trim();
    });
  }

  /** Asserts that the focus was never lost so far, and that nothing covers what has it. */
  async seen(when) {
    const { lost, covered } = await this.page.evaluate(async () => {
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      const { lost } = window.focusWatch;
      return { lost, covered: window.focusWatch.covered() };
    });
    assert.deepEqual(lost, [], `${this.person.name}, ${when}: the focus was lost`);
    assert.equal(covered, null, `${this.person.name}, ${when}`);
  }
}

/** Runs in the page: notes, frame by frame, when nothing has the focus any more although something had. Tab alone may lead out of the page. */
function watchFocus() {
  const lost = [];
  const describe = (element) => element.outerHTML.slice(0, 140);
  const covered = () => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return null;
    const { left, right, top, bottom, width, height } = focused.getBoundingClientRect();
    if (width === 0 || height === 0) return `the focus is on nothing to be seen: ${describe(focused)}`;
    // What is larger than the window is seen in the part of it that is there.
    const x = (Math.max(left, 0) + Math.min(right, innerWidth)) / 2;
    const y = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
    const hit = document.elementFromPoint(x, y);
    const label = focused.labels?.[0];
    // A group or a region that has the focus is covered by what is in it, and a list by its rows.
    if (hit && (focused.contains(hit) || hit === label || label?.contains(hit))) return null;
    return `${describe(focused)} is covered by ${hit ? describe(hit) : "the edge of the window"}`;
  };
  window.focusWatch = { lost, covered };
  let before = null;
  let tabbed = false;
  document.addEventListener("keydown", ({ key }) => (tabbed = key === "Tab"), true);
  const look = () => {
    const now = document.activeElement;
    const nothing = !now || now === document.body;
    if (nothing && before && !tabbed) lost.push(describe(before));
    before = nothing ? null : now;
    requestAnimationFrame(look);
  };
  look();
}
