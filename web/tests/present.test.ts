import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { whenPresent } from "../src/rtc/present";

class Page extends EventTarget {
  visibilityState: DocumentVisibilityState = "hidden";

  becomes(state: DocumentVisibilityState): void {
    this.visibilityState = state;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

describe("waiting for somebody to look", () => {
  let page: Page;
  beforeEach(() => vi.stubGlobal("document", (page = new Page())));
  afterEach(() => vi.unstubAllGlobals());

  it("is over at once on a page in view", () => {
    page.visibilityState = "visible";
    const then = vi.fn();
    whenPresent(then);
    expect(then).toHaveBeenCalledOnce();
  });

  it("ends once when the page comes into view", () => {
    const then = vi.fn();
    whenPresent(then);
    page.becomes("hidden");
    expect(then).not.toHaveBeenCalled();
    page.becomes("visible");
    page.becomes("visible");
    expect(then).toHaveBeenCalledOnce();
  });

  it("ends with a touch, whatever the browser says of the page", () => {
    const then = vi.fn();
    whenPresent(then);
    page.dispatchEvent(new Event("pointerdown"));
    expect(then).toHaveBeenCalledOnce();
  });

  it("can be called off", () => {
    const then = vi.fn();
    whenPresent(then)();
    page.becomes("visible");
    expect(then).not.toHaveBeenCalled();
  });
});
