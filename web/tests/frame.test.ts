import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isFramed, isKeptFrom, wasKeptFrom } from "../src/rtc/frame";
import { preferred } from "../src/texts/languages";

const around = {};
const refused = new DOMException("", "NotAllowedError");

/** A page in a frame or by itself, with a browser that tells which features it may use, or that does not tell. */
function page({ framed, may }: { framed: boolean; may?: readonly string[] }) {
  const window: Record<string, unknown> = {};
  window["parent"] = framed ? around : window;
  vi.stubGlobal("window", window);
  vi.stubGlobal("document", may === undefined ? {} : { featurePolicy: { allowsFeature: (feature: string) => may.includes(feature) } });
}

afterEach(() => vi.unstubAllGlobals());

describe("the page around the room", () => {
  it("keeps it from what its frame does not allow, as far as the browser tells", () => {
    page({ framed: true, may: ["camera"] });
    expect([isFramed(), isKeptFrom("camera"), isKeptFrom("display-capture")]).toEqual([true, false, true]);
    page({ framed: true });
    expect(isKeptFrom("display-capture")).toBe(false);
  });

  it("keeps a page of its own from nothing", () => {
    page({ framed: false, may: [] });
    expect([isFramed(), isKeptFrom("camera"), wasKeptFrom("camera", refused, 1)]).toEqual([false, false, false]);
  });

  it("is told by how soon the browser says no, where nothing else tells", () => {
    page({ framed: true });
    expect(wasKeptFrom("display-capture", refused, 12)).toBe(true);
    expect(wasKeptFrom("display-capture", refused, 2_000)).toBe(false);
    expect(wasKeptFrom("display-capture", new DOMException("", "NotFoundError"), 12)).toBe(false);
    page({ framed: true, may: ["display-capture"] });
    expect(wasKeptFrom("display-capture", refused, 12)).toBe(false);
  });
});

describe("a screen", () => {
  const getDisplayMedia = vi.fn(() => Promise.reject(refused));
  beforeEach(() => {
    getDisplayMedia.mockClear();
    vi.stubGlobal("navigator", { mediaDevices: { getDisplayMedia } });
  });
  const share = async () => (await import("../src/rtc/screen")).shareScreen(() => undefined);

  it("is not asked for where the frame keeps the room from it", async () => {
    page({ framed: true, may: [] });
    expect(await share()).toBe("framed");
    expect(getDisplayMedia).not.toHaveBeenCalled();
  });

  it("is refused by the frame, or by the person", async () => {
    page({ framed: true });
    expect(await share()).toBe("framed");
    page({ framed: false });
    expect(await share()).toBeNull();
  });
});

describe("where nothing can be stored", () => {
  beforeEach(() => {
    vi.resetModules();
    vi.stubGlobal("HTMLMediaElement", class {});
    const forbidden = { get: () => { throw new DOMException("", "SecurityError"); }, configurable: true };
    Object.defineProperty(globalThis, "localStorage", forbidden);
    vi.stubGlobal("window", Object.defineProperty({}, "localStorage", forbidden));
    vi.stubGlobal("navigator", { languages: ["fr-CA"] });
  });
  afterEach(() => Reflect.deleteProperty(globalThis, "localStorage"));

  it("what is chosen holds for the page", async () => {
    const { chooseDevice, chosenDevices, blurring } = await import("../src/rtc/devices");
    const { layoutChoice } = await import("../src/view/choices");
    chooseDevice("camera", "one");
    blurring.value = true;
    layoutChoice.value = "grid";
    expect([chosenDevices.value, blurring.value, layoutChoice.value]).toEqual([{ camera: "one" }, true, "grid"]);
  });

  it("the platform's language goes before the browser's", () => {
    expect([preferred(), preferred("pt-BR"), preferred("tlh")]).toEqual(["fr", "pt", "fr"]);
  });
});

it("a person's own choice of a language goes before the platform's", () => {
  vi.stubGlobal("window", { localStorage: { getItem: () => "ar" } });
  vi.stubGlobal("navigator", { languages: ["fr"] });
  expect(preferred("de")).toBe("ar");
});
