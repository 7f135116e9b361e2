import { describe, expect, it } from "vitest";
import { isGood, placeOf } from "../src/model/guest";

const NOW = 1_700_000_000_000;

function place(claims: unknown): string {
  const bytes = new TextEncoder().encode(JSON.stringify(claims));
  const part = btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `/r/a#token=x.${part}.y`;
}

describe("a guest's way into the room", () => {
  it("is the same on whatever name the page itself is", () => {
    expect(placeOf("https://stage.example.edu/r/a#token=x.y.z")).toBe("/r/a#token=x.y.z");
    expect(placeOf("/r/a#token=x.y.z")).toBe("/r/a#token=x.y.z");
  });

  it("is remembered as long as its token is good", () => {
    expect(isGood(place({ name: "Ünal?>", exp: NOW / 1000 + 3600 }), NOW)).toBe(true);
    expect(isGood(place({ exp: NOW / 1000 + 30 }), NOW)).toBe(false);
    expect(isGood(place({}), NOW)).toBe(false);
  });

  it("is not taken from what is no token", () => {
    for (const bad of ["", "/r/a", "/r/a#token=x", "/r/a#token=x.%%.z", "/r/a#token=x.bm8.z"]) expect(isGood(bad, NOW)).toBe(false);
  });
});
